"""A spec's path and a catalogue in; everything the compiler knows about it, and every mistake in it, out.

The one API that the command line, the language server, the notebook and the docs read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from compiler.catalog import Catalog, Columns
from compiler.consequences import own
from compiler.context import Context
from compiler.mending import mended
from compiler.model import Model
from compiler.passes import PASSES, Pass
from compiler.probe import Probe
from dsl import tree
from dsl.diagnostics import Diagnostic, Severity
from dsl.parser import Parsed
from dsl.source import Source, Span

if TYPE_CHECKING:
    from compiler.queries.completion.model import Completions, Names
    from compiler.queries.folds import Fold
    from compiler.queries.hints import Hint
    from compiler.queries.hover import Hover
    from compiler.queries.index import Index
    from compiler.queries.place import Here
    from compiler.queries.renaming import Renaming
    from compiler.queries.semantic import SemanticToken
    from compiler.queries.signature import SignatureHelp
    from compiler.queries.symbols import Outline

Stage = Literal["load", "names", "types", "desugar", "fingerprint", "plan", "lower"]
_CHECKS = ("load", "names", "types")
_TOO_DEEP = "declare what others need before them, and shorten chains of imports"


@dataclass(frozen=True, slots=True)
class Analysis:
    """`model` holds what was found out up to the first pass that could not run; `diagnostics` stand in file order."""

    model: Model
    diagnostics: tuple[Diagnostic, ...]
    catalog: Catalog | None = field(default=None, compare=False, repr=False)
    parse: Callable[[Source], Parsed] | None = field(default=None, compare=False, repr=False)
    context: Context | None = field(default=None, compare=False, repr=False)
    _index: list[Index] = field(default_factory=list, init=False, compare=False, repr=False)

    @property
    def ok(self) -> bool:
        """Whether the spec can be built: warnings do not count."""
        return not self.errors

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        return tuple(d for d in self.diagnostics if d.severity is Severity.ERROR)

    def source(self, path: str) -> Source | None:
        """What `dsl.diagnostics.render` quotes from."""
        return self.model.sources.get(path)

    # --- questions about a place: `offset` counts characters from the beginning of the file at `path` ---

    @property
    def index(self) -> Index:
        """Names by place and by what they stand for; what only checks never makes one."""
        from compiler.queries.index import Index

        if not self._index:
            self._index.append(Index(self.model))
        return self._index[0]

    def here(self, path: str, offset: int) -> Here | None:
        """The node, name and type at a place, and what they stand in."""
        from compiler.queries.place import here

        return here(self.index, path, offset)

    def definition(self, path: str, offset: int) -> Span | None:
        """Where what is named at a place is declared."""
        from compiler.queries.definition import definition

        return definition(self.index, path, offset)

    def references(self, path: str, offset: int, declaration: bool = True) -> tuple[Span, ...]:
        """All places that name the same thing, in the files of this analysis."""
        from compiler.queries.references import references

        return references(self.index, path, offset, declaration=declaration)

    def rename(self, path: str, offset: int, new: str) -> Renaming | Diagnostic:
        """The edits that rename what is named at a place, in the files of this analysis; or why that cannot be."""
        from compiler.queries.renaming import rename

        return rename((self,), path, offset, new)

    def hover(self, path: str, offset: int) -> Hover | None:
        """What a reader wants to know of a place."""
        from compiler.queries.hover import hover

        return hover(self.index, path, offset)

    def symbols(self, path: str) -> tuple[Outline, ...]:
        """The file's declarations and what stands in them, as a tree."""
        from compiler.queries.symbols import symbols

        return symbols(self.model, path)

    def semantic(self, path: str) -> tuple[SemanticToken, ...]:
        """The file's names by what they mean."""
        from compiler.queries.semantic import semantic

        return semantic(self.index, path, self.diagnostics)

    def completions(self, path: str, offset: int, names: Names | None = None) -> Completions:
        """What could follow at a place, the likeliest first. `names` tells of what stands outside of the specs."""
        from compiler.queries.completion import completions

        return completions(self, path, offset, names)

    def signature(self, path: str, offset: int) -> SignatureHelp | None:
        """What is called around a place, and which of its parameters is being given."""
        from compiler.queries.signature import signature

        return signature(self, path, offset)

    def hints(self, path: str, span: Span) -> tuple[Hint, ...]:
        """Types, names of arguments and numbers that the text does not say."""
        from compiler.queries.hints import hints

        return hints(self.model, path, span)

    def folds(self, path: str) -> tuple[Fold, ...]:
        """What can be folded away."""
        from compiler.queries.folds import folds

        source, file = self.model.sources.get(path), self.model.files.get(path)
        return folds(source, file) if source is not None and file is not None else ()

    def selections(self, path: str, offset: int) -> tuple[Span, ...]:
        """What a selection at a place grows by, the smallest first."""
        from compiler.queries.folds import selections

        source, file = self.model.sources.get(path), self.model.files.get(path)
        return selections(source, file, offset) if source is not None and file is not None else ()


def analyse(
    path: str,
    catalog: Catalog,
    params: Mapping[str, tree.Expr] | None = None,
    *,
    upto: Stage = "types",
    texts: Mapping[str, str] | None = None,
    seed: int | None = None,
    parse: Callable[[Source], Parsed] | None = None,
    probe: Probe | None = None,
) -> Analysis:
    """Check the spec at `path` (relative to the project), and compile it as far as `upto`.

    `texts` are files as an editor holds them, unsaved. The checking passes always run, so that one mistake does not
    hide another; the ones after them run on a spec without errors only. `parse` is another way to read a file,
    `probe` is told what is known at a place.
    """
    context = Context(Overlay(catalog, texts) if texts else catalog, params or {}, seed, parse=parse, probe=probe)
    return _through(PASSES, Model(path), context, upto)


def further(known: Analysis, upto: Stage) -> Analysis:
    """What `analyse` gives, from an analysis of the same texts upto `types`: only the passes behind those run."""
    if known.context is None or known.context.failed:
        return known
    context = replace(known.context, diagnostics=list(known.context.diagnostics))
    return _through(PASSES[len(_CHECKS) :], known.model, context, upto)


def _through(passes: Iterable[Pass], model: Model, context: Context, upto: Stage) -> Analysis:
    for name, run in passes:
        if name not in _CHECKS and context.failed:
            break
        try:
            model = run(model, context)
        except RecursionError:
            context.report("E0211", "the spec depends on itself too deep to be followed", None, help=_TOO_DEEP)
            break
        if name == upto:
            break
    found = _ordered(mended(own(context.diagnostics, model.files), model))
    return Analysis(model, found, context.catalog, context.parse, context)


def _ordered(diagnostics: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    """In file order, each once: two statements that share a mistake in a declaration both find it."""
    unique = {(d.code, d.span, d.message): d for d in diagnostics}
    return tuple(sorted(unique.values(), key=lambda d: d.sort_key))


@dataclass(frozen=True, slots=True)
class Overlay:
    """A catalogue seen through unsaved texts."""

    catalog: Catalog
    texts: Mapping[str, str]

    def read_source(self, path: str) -> Source | None:
        text = self.texts.get(path)
        return Source.unsaved(path, text) if text is not None else self.catalog.read_source(path)

    def read_text(self, path: str) -> str | None:
        return self.catalog.read_text(path)

    def columns(self, kind: str, args: Mapping[str, object], span: Span) -> Columns | Diagnostic | None:
        return self.catalog.columns(kind, args, span)
