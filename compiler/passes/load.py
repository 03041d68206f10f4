"""The path of a spec in; it and every file it imports, parsed, out. Imported files stand before their importers."""

from __future__ import annotations

from dataclasses import replace

from compiler.catalog import beside, library_files, parsed_once
from compiler.context import Context
from compiler.model import Model
from dsl import tree
from dsl.diagnostics import Related, SynthError, did_you_mean
from dsl.source import Source, Span

EDITIONS = (1,)


def run(model: Model, context: Context) -> Model:
    loader = _Loader(context)
    source = loader.read(model.root, None)
    if source is not None:
        loader.load(source)
    return replace(model, files=loader.files, sources=loader.sources)


class _Loader:
    def __init__(self, context: Context) -> None:
        self.context = context
        self.files: dict[str, tree.File] = {}
        self.sources: dict[str, Source] = {}
        self.stack: list[str] = []
        self.ways: list[tree.Import] = []

    def load(self, source: Source) -> None:
        parsed = (self.context.parse or parsed_once)(source)
        self.sources[source.path] = source
        self.context.diagnostics.extend(parsed.diagnostics)
        self.stack.append(source.path)
        self._check_edition(parsed.file, source)
        for declaration in parsed.file.declarations:
            if isinstance(declaration, tree.Import):
                self._follow(declaration, source.path)
        self.stack.pop()
        self.files[source.path] = parsed.file

    def read(self, path: str, node: tree.Import | None) -> Source | None:
        """The file at `path`; a message (at the import that asks for it) when it is not there or cannot be read."""
        try:
            source = self.context.catalog.read_source(path)
        except SynthError as error:
            placed = node.path_span if node is not None else None
            self.context.diagnostics.extend(replace(one, span=one.span or placed) for one in error.diagnostics)
            return None
        if source is None and node is not None:
            self._report_missing(node, path)
        elif source is None:
            self.context.report("E0203", f"there is no file `{path}`", None, help="check the path")
        return source

    def _follow(self, node: tree.Import, importer: str) -> None:
        path = beside(importer, node.path)
        if path in self.stack:
            self._report_cycle(node, path)
        elif path not in self.sources:
            source = self.read(path, node)
            if source is not None:
                self.ways.append(node)
                self.load(source)
                self.ways.pop()

    def _report_cycle(self, node: tree.Import, path: str) -> None:
        """At the import that leads into the cycle: who looks at any of its files sees it there."""
        first = self.stack.index(path)
        ring = " → ".join([*self.stack[first:], path])
        way = [*self.ways, node][first]
        self.context.report(
            "E0205",
            f"`{path}` imports itself",
            way.path_span,
            related=() if way is node else (Related(node.path_span, "here it comes back"),),
            notes=(f"the cycle: {ring}",),
            help="move what both files need into a third",
        )

    def _report_missing(self, node: tree.Import, path: str) -> None:
        in_library = path.startswith("std/")
        self.context.report(
            "E0203",
            f"there is no file `{path}`",
            node.path_span,
            label=did_you_mean(path, library_files()) if in_library else "",
            notes=(f"the library has: {', '.join(library_files())}",) if in_library else (),
            help=None if in_library else f"paths are relative to the folder of `{self.stack[-1]}`",
        )

    def _check_edition(self, file: tree.File, source: Source) -> None:
        if any(isinstance(d, tree.Edition) for d in file.declarations[:1]):
            edition = file.declarations[0]
            assert isinstance(edition, tree.Edition)
            if edition.number not in EDITIONS:
                self.context.report(
                    "E0213",
                    f"edition {edition.number} is not known",
                    edition.span,
                    help="write `edition 1`, or use a newer synth",
                )
            return
        if not _stands_in(file.broken, source):
            first = file.declarations[0].span if file.declarations else Span(source.path, 0, 0)
            place = Span(first.path, first.start, first.start + 1)
            self.context.report(
                "E0212",
                "the file does not begin with its edition",
                place,
                help="write `edition 1` as the first declaration",
            )


def _stands_in(broken: tuple[Span, ...], source: Source) -> bool:
    """Whether a statement that was cut out is the edition itself: its own message is enough."""
    return any(source.slice(span).lstrip().startswith("edition") for span in broken)
