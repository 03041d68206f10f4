"""Diagnostics and the model they were found in; the same ones, with the edits that would mend them, out.

A "did you mean" gets the name that was meant; a name that a file of the library or of the project declares gets its
import; what nothing uses gets its removal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from compiler.exports import READ, WRITTEN_AS_TYPES, Exports
from compiler.importing import importing
from compiler.model import Model
from dsl import tree
from dsl.diagnostics import Diagnostic, Edit, Fix, Guess, Severity
from dsl.diagnostics.fixing import respelling, respelt
from dsl.source import Source, Span

_NO_NAME, _NO_TYPE, _UNUSED_IMPORT = "E0201", "E0207", "W0202"
_MISSPELT_ROLE = "W0206"
_UNUSED = (_UNUSED_IMPORT, "W0201", "W0204")
_MENDED = frozenset({_NO_NAME, _NO_TYPE, *_UNUSED})


def mended(diagnostics: Iterable[Diagnostic], model: Model) -> list[Diagnostic]:
    found = list(diagnostics)
    settled = not any(one.code == _MISSPELT_ROLE or one.severity is Severity.ERROR for one in found)
    return [_mended(one, model, settled) for one in found]


def _mended(diagnostic: Diagnostic, model: Model, settled: bool) -> Diagnostic:
    """`settled`: no name is misspelt, so that what nothing uses is not what somebody meant to use."""
    if diagnostic.fixes or diagnostic.span is None:
        return diagnostic
    found = respelt(diagnostic, model.sources.get)
    if diagnostic.code not in _MENDED:
        return found
    if diagnostic.code in _UNUSED:
        removal = _without if diagnostic.code == _UNUSED_IMPORT else _removal
        return replace(found, fixes=tuple(removal(diagnostic.span, model))) if settled else found
    return replace(found, fixes=(*_imports(diagnostic, diagnostic.span, model), *found.fixes))


# --- an import that is missing ---


def _imports(diagnostic: Diagnostic, span: Span, model: Model) -> Iterator[Fix]:
    """An import for each file that declares what the place names, or what it probably means."""
    source, file, guess = model.sources.get(span.path), model.files.get(span.path), diagnostic.label
    if source is None or file is None:
        return
    if isinstance(guess, Guess) and guess.origin:
        edit = respelling(diagnostic, model.sources.get)
        title = f'write `{guess.meant}`, imported from "{guess.origin}"'
        if edit is not None:
            yield Fix(title, (edit, importing(source, file, guess.origin, guess.meant)), safe=True)
        return
    name, kinds = source.slice(span), WRITTEN_AS_TYPES if diagnostic.code == _NO_TYPE else READ
    for path in Exports(model.files, span.path).declaring(name, kinds):
        yield Fix(f'import `{name}` from "{path}"', (importing(source, file, path, name),), safe=True)


# --- what is not used ---


def _without(span: Span, model: Model) -> Iterator[Fix]:
    source = model.sources[span.path]
    for node in model.files[span.path].declarations:
        if isinstance(node, tree.Import):
            places = [name.span for name in node.names]
            if span in places:
                title = f"remove `{source.slice(span)}` from the import"
                yield Fix(title, (Edit(_removed(node, places, places.index(span), source), ""),), safe=True)


def _removed(node: tree.Import, places: list[Span], index: int, source: Source) -> Span:
    """The name with the comma that goes with it; the whole line where it is the only name."""
    if len(places) == 1:
        end = source.text.find("\n", node.span.end)
        rest = source.text[node.span.end : end] if end >= 0 else " "
        return Span(node.span.path, node.span.start, end + 1 if not rest.strip() and end >= 0 else node.span.end)
    if index + 1 < len(places):
        return Span(node.span.path, places[index].start, places[index + 1].start)
    return Span(node.span.path, places[index - 1].end, places[index].end)


def _removal(span: Span, model: Model) -> Iterator[Fix]:
    """Not safe: what was written on purpose is gone, and with a gen its answers."""
    source = model.sources[span.path]
    for declaration in model.files[span.path].declarations:
        if declaration.span.start <= span.start < declaration.span.end:
            named = next((node for node in tree.walk(declaration) if _is_named(node, span)), None)
            lines = whole_lines(source, named.span) if named is not None else None
            if lines is not None:
                yield Fix(f"remove `{source.slice(span)}`", (Edit(lines, ""),), safe=False)


def _is_named(node: tree.Node, span: Span) -> bool:
    name = getattr(node, "name", None)
    of_body = isinstance(node, tree.Declaration | tree.Draw | tree.Let | tree.Gen | tree.Run)
    return of_body and isinstance(name, tree.Name) and name.span == span


def whole_lines(source: Source, span: Span) -> Span | None:
    """The lines of a declaration or statement with the comments above it; None where it shares them with another."""
    first = source.position(span.start).line
    start, stop = source.line_starts[first - 1], source.text.find("\n", span.end)
    end = len(source.text) if stop < 0 else stop + 1
    rest = source.text[span.end : end].strip()
    if source.text[start : span.start].strip() or (rest and not rest.startswith("#")):
        return None
    while first > 1 and source.line(first - 1).lstrip().startswith("#"):
        first -= 1
    return Span(source.path, source.line_starts[first - 1], end)
