"""All files in; for each the names that stand at its top, its own and the imported ones, out."""

from __future__ import annotations

from compiler.catalog import beside
from compiler.context import Context
from compiler.exports import KINDS, name_of
from compiler.model import Kind, Model, Symbol
from compiler.model import Scope as FileScope
from compiler.prelude import TYPES
from dsl import tree
from dsl.diagnostics import Related, did_you_mean, nearest
from dsl.recovery import UNNAMED


class TopLevel:
    """Builds the scopes file by file, imported before importer, as `Model.files` has them."""

    def __init__(self, model: Model, context: Context, symbols: dict[tree.Node, Symbol]) -> None:
        self.model = model
        self.context = context
        self.symbols = symbols
        self.own: dict[str, dict[str, Symbol]] = {}
        self.places: dict[str, dict[str, tree.Name]] = {}
        self.scopes: dict[str, FileScope] = {}

    def build(self) -> dict[str, FileScope]:
        for path, file in self.model.files.items():
            self.own[path] = {}
            self.places[path] = {}
            for declaration in file.declarations:
                self._declare(declaration, path)
        for path, file in self.model.files.items():
            names = dict(self.own[path])
            for declaration in file.declarations:
                if isinstance(declaration, tree.Import):
                    self._import(declaration, path, names)
            for name in sorted(file.lost - {UNNAMED}):
                names.setdefault(name, Symbol(name, Kind.UNKNOWN, path, None))
            self.scopes[path] = FileScope(names)
        return self.scopes

    def _declare(self, declaration: tree.Declaration, path: str) -> None:
        name = name_of(declaration)
        if name is None:
            return
        symbol = Symbol(name.text, KINDS[type(declaration)], path, declaration)
        self.symbols[name] = self.symbols[declaration] = symbol
        if self._is_free(name, path, self.own[path]):
            self.own[path][name.text] = symbol
            self.places[path][name.text] = name

    def _is_free(self, name: tree.Name, path: str, taken: dict[str, Symbol]) -> bool:
        if name.text in TYPES:
            self.context.report("E0202", f"`{name.text}` is built in", name.span, help="choose another name")
            return False
        if name.text not in taken:
            return True
        first = self.places[path][name.text]
        self.context.report(
            "E0202",
            f"`{name.text}` is declared twice",
            name.span,
            related=(Related(first.span, "declared here first"),),
            help="rename one of them",
        )
        return False

    def _import(self, node: tree.Import, path: str, names: dict[str, Symbol]) -> None:
        source = beside(path, node.path)
        exported = self.own.get(source)
        meant: list[str | None] = []
        for name in node.names:
            found = exported.get(name.text) if exported is not None else None
            if exported is not None and found is None and not self.model.files[source].lost & {name.text, UNNAMED}:
                self._report_not_exported(name, source, exported)
                meant.append(nearest(name.text, exported))
            symbol = found or Symbol(name.text, Kind.UNKNOWN, path, None)
            self.symbols[name] = symbol
            if names.get(name.text) is not symbol and self._is_free(name, path, names):
                names[name.text] = symbol
                self.places[path][name.text] = name
        for guess in filter(None, meant):
            names.setdefault(guess, Symbol(guess, Kind.UNKNOWN, path, None))

    def _report_not_exported(self, name: tree.Name, source: str, exported: dict[str, Symbol]) -> None:
        self.context.report(
            "E0204",
            f"`{source}` declares no `{name.text}`",
            name.span,
            label=did_you_mean(name.text, exported),
            notes=(f"it declares: {', '.join(exported)}",) if exported else (f"`{source}` declares nothing",),
        )
