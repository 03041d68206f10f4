"""A place in a file in; what a reader wants to know of it, out: a title as code, its type, its doc, facts."""

from __future__ import annotations

from dataclasses import dataclass, replace

from compiler.model import Model
from compiler.passes.plan.parts import DEFAULTS
from compiler.queries.declared import facts, title
from compiler.queries.index import Index
from compiler.queries.occurrences import Occurrence
from compiler.queries.place import here
from compiler.queries.subject import Subject
from compiler.queries.words import COMPARING, EMITS, FILTERS, KEYWORDS, MARKERS, READERS, SETTINGS, TOOLS, TYPES, Word
from compiler.types import Type
from dsl import tree
from dsl.lexer import Lexer
from dsl.source import Span


@dataclass(frozen=True, slots=True)
class Hover:
    """`title` is code of the language; `facts` are sentences; `place` is where it is declared."""

    span: Span
    title: str
    type: str | None = None
    doc: str | None = None
    facts: tuple[str, ...] = ()
    place: Span | None = None


def hover(index: Index, path: str, offset: int) -> Hover | None:
    """Of a name what it stands for, of a keyword what it does; None where there is neither."""
    found = index.at(path, offset)
    around = here(index, path, offset)
    if found is None and around is not None and isinstance(around.node, tree.TemplateMarker):
        return _of_marker(around.node)
    if found is None:
        return _keyword(index, path, offset)
    kind = around.type if around is not None else None
    found = _declared(index, found)
    return _of_node(index.model, found, kind) or _of_word(found, kind) or _plain(found, kind)


def _declared(index: Index, found: Occurrence) -> Occurrence:
    """With the node that declares it: a field that is reached through a type says where that is, not which."""
    place = found.subject.place
    if found.subject.node is not None or place is None:
        return found
    there = index.at(place.path, place.start)
    node = there.subject.node if there is not None else None
    return replace(found, subject=replace(found.subject, node=node))


def _of_marker(node: tree.TemplateMarker) -> Hover:
    word = MARKERS[node.kind]
    return Hover(node.span, word.form, None, word.doc)


def _of_node(model: Model, found: Occurrence, kind: Type | None) -> Hover | None:
    """What a declaration or a statement of some file declares."""
    subject = found.subject
    node = subject.node
    if node is None or subject.what in ("setting", "way to compare") or subject.name == "loop":
        return None
    text = title(model, node, subject.name, kind)
    return Hover(found.span, text, _str(kind), _doc(subject), facts(model, node), subject.place)


def _doc(subject: Subject) -> str | None:
    doc = getattr(subject.node, "doc", None)
    return doc.text if isinstance(doc, tree.Doc) else subject.doc


def _of_word(found: Occurrence, kind: Type | None) -> Hover | None:
    """Built-in functions by their signature, the language's own words by their form."""
    subject = found.subject
    entry = subject.entry
    if entry is not None and subject.what == "parameter":
        parameter = entry.signature.param(subject.name)
        return Hover(found.span, str(parameter), None, f"Of `{entry.title}`.")
    if entry is not None:
        return Hover(found.span, entry.title, _str(kind), entry.doc, (f"Example: `{entry.example}`",))
    word = _TABLES.get(subject.what, {}).get(subject.name)
    return Hover(found.span, word.form, _str(kind), word.doc) if word is not None else None


_TABLES: dict[str, dict[str, Word]] = {
    "setting": dict(SETTINGS),
    "type": dict(TYPES),
    "reader": dict(READERS),
    "kind of emit": dict(EMITS),
    "way to compare": dict(COMPARING),
    "filter": dict(FILTERS),
    "tool": dict(TOOLS),
}


def _plain(found: Occurrence, kind: Type | None) -> Hover:
    """A field, a property, an element: its name and its type."""
    subject = found.subject
    text = subject.name if kind is None or subject.what == "file" else f"{subject.name}: {kind}"
    prefix = f"{subject.what} " if subject.what in ("field", "column", "member", "model", "table") else ""
    defaults = ", ".join(f"{name} {value}" for name, value in DEFAULTS.items())
    facts_ = (f"No `model` declares it: {defaults}.",) if subject.what == "model" else ()
    bare = subject.what in ("model", "member")
    shown = f"{prefix}{subject.name}" if bare else f"{prefix}{text}"
    return Hover(found.span, shown, _str(kind), subject.doc, facts_, subject.place)


def _str(kind: Type | None) -> str | None:
    return str(kind) if kind is not None else None


# --- keywords ---


def _keyword(index: Index, path: str, offset: int) -> Hover | None:
    """A word that no name stands in: of the declaration, or of the line where that cannot be read."""
    source = index.model.sources.get(path)
    if source is None:
        return None
    declaration = index.declaration(path, offset)
    start = declaration.span.start if declaration is not None else source.text.rfind("\n", 0, offset) + 1
    line_end = source.text.find("\n", offset)
    end = declaration.span.end if declaration is not None else line_end if line_end >= 0 else len(source.text)
    for token in Lexer(source, start, end).tokens:
        if token.word and token.start <= offset <= token.end and token.text in KEYWORDS:
            word = KEYWORDS[token.text]
            return Hover(token.span, word.form, None, word.doc)
    return None
