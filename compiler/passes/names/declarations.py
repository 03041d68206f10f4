"""A file's declarations in; every name in them resolved, out."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from compiler.model import Kind, Symbol
from compiler.passes.names.body import columns_of
from compiler.passes.names.datasets import DatasetNames
from compiler.passes.names.resolver import Resolver
from compiler.passes.names.scope import Scope
from dsl import tree
from dsl.diagnostics import Related, did_you_mean

_SUFFIXES = frozenset({"jsonl", "json", "csv", "tsv", "parquet", "txt", "md", "markdown", "html", "pdf", "py"})
"""How the names of files end that a reader reads."""


class DeclarationNames:
    """Resolves all declarations of one file; `rows` keeps each dataset's names for its tests."""

    def __init__(self, resolver: Resolver) -> None:
        self.resolver = resolver
        self.rows: dict[Symbol, Scope] = {}
        self.roles: set[Symbol] = set()
        self.arguments: list[Symbol] = []
        self.owned: list[Symbol] = []
        self.handlers: dict[type[tree.Declaration], Callable[..., None]] = {
            tree.Enum: self._enum,
            tree.Record: self._record,
            tree.Input: self._source,
            tree.Personas: self._source,
            tree.Criteria: self._criteria,
            tree.Model: self._settings,
            tree.Prompt: self._prompt,
            tree.Judge: self._judge,
            tree.Dataset: self._dataset,
            tree.Mix: self._mix,
            tree.Test: self._test,
            tree.Import: lambda node: None,
        }

    def run(self, declarations: Iterable[tree.Declaration]) -> None:
        ordered = sorted(declarations, key=lambda declaration: isinstance(declaration, tree.Test))
        for declaration in ordered:
            handler = self.handlers.get(type(declaration))
            if handler:
                handler(declaration)
            else:
                self.resolver.expr(declaration, self.resolver.top)

    def _twice(self, name: tree.Name, taken: dict[str, tree.Name], what: str) -> bool:
        first = taken.setdefault(name.text, name)
        if first is name:
            return False
        self.resolver.context.report(
            "E0202",
            f"the {what} `{name.text}` is declared twice",
            name.span,
            related=(Related(first.span, "declared here first"),),
            help="rename one of them",
        )
        return True

    def _enum(self, node: tree.Enum) -> None:
        taken: dict[str, tree.Name] = {}
        for member in node.members:
            self._twice(member, taken, "member")

    def _record(self, node: tree.Record) -> None:
        """A constraint sees the record's own fields before anything else."""
        inner = self.resolver.top.inner()
        taken: dict[str, tree.Name] = {}
        for item in node.fields:
            if not self._twice(item.name, taken, "field"):
                inner.names[item.name.text] = Symbol(item.name.text, Kind.FIELD, self.resolver.path, item)
        for item in node.fields:
            self.resolver.expr(item.type, inner)
            if item.default is not None:
                self.resolver.expr(item.default, self.resolver.top)
            if item.constraint is not None:
                self.resolver.expr(item.constraint, inner)

    def _source(self, node: tree.Input | tree.Personas) -> None:
        """`jsonl(…)` is the declaration's own word; `key = id` names a column of the file."""
        if isinstance(node, tree.Input):
            self.resolver.expr(node.type, self.resolver.top)
        if isinstance(node.source, tree.Call) and isinstance(node.source.callee, tree.Ref):
            for arg in node.source.args:
                if not self._unquoted(node.source.callee.name, arg.value):
                    self.resolver.expr(arg.value, self.resolver.top)
        else:
            self.resolver.expr(node.source, self.resolver.top)
        for setting in node.settings:
            if setting.name.text != "key":
                self.resolver.expr(setting.value, self.resolver.top)

    def _unquoted(self, reader: str, value: tree.Expr) -> bool:
        """`jsonl(pages.jsonl)`: a path, and not a property of `pages`."""
        found = list(tree.walk(value))
        if not any(isinstance(node, tree.Attr) and node.name.text in _SUFFIXES for node in found):
            return False
        refs = (node for node in found if isinstance(node, tree.Ref))
        self.resolver.symbols.update((ref, Symbol(ref.name, Kind.UNKNOWN, self.resolver.path, None)) for ref in refs)
        help_ = f'a path is a text: `{reader}("…")`'
        self.resolver.context.report("E0601", "a path stands in quotes", value.span, help=help_)
        return True

    def _settings(self, node: tree.Model) -> None:
        for setting in node.settings:
            self.resolver.expr(setting.value, self.resolver.top)

    def _parameters(self, params: Iterable[tree.Parameter]) -> Scope:
        inner = self.resolver.top.inner()
        taken: dict[str, tree.Name] = {}
        for param in params:
            self.resolver.expr(param.type, self.resolver.top)
            if param.default is not None:
                self.resolver.expr(param.default, self.resolver.top)
            if not self._twice(param.name, taken, "parameter"):
                self.arguments.append(self.resolver.declare(param.name, Kind.ARGUMENT, param, inner))
        return inner

    def _criteria(self, node: tree.Criteria) -> None:
        inner = self._parameters(node.params)
        for criterion in node.criteria:
            for part in (criterion.weight, criterion.condition):
                if part is not None:
                    self.resolver.expr(part, inner)

    def _prompt(self, node: tree.Prompt) -> None:
        self.resolver.template(node.template, self._parameters(node.params))

    def _judge(self, node: tree.Judge) -> None:
        inner = self._parameters(node.params)
        self.resolver.template(node.template, inner)
        if isinstance(node.result, tree.TypeExpr) and not _is_own_word(node.result):
            self.resolver.expr(node.result, self.resolver.top)
        role = self.resolver.top.names.get(node.role.text)
        if role is not None and role.kind is Kind.MODEL:
            self.resolver.use(node.role, role)
        else:
            self.resolver.symbols[node.role] = Symbol(node.role.text, Kind.MODEL, self.resolver.path, None)
        for setting in node.settings:
            if setting.name.text != "gold":
                self.resolver.expr(setting.value, self.resolver.top)

    def _dataset(self, node: tree.Dataset) -> None:
        names = DatasetNames(self.resolver, node)
        self.rows[self.resolver.symbols[node]] = names.run()
        self.roles |= {found for found in names.owned if found.kind is Kind.DRAW and found.name in names.roles}
        self.owned += names.owned

    def _mix(self, node: tree.Mix) -> None:
        """A part's key is a name; one that nothing is called by is for the type checker to say."""
        for entry in node.shares.entries:
            part = self.resolver.top.names.get(entry.key)
            if part is not None:
                self.resolver.use(entry, part)
            self.resolver.expr(entry.value, self.resolver.top)

    # --- tests ---

    def _test(self, node: tree.Test) -> None:
        symbol = self._tested(node)
        row = self.rows.get(symbol) if symbol else None
        scope = row or self.resolver.top
        seen = scope.inner()
        seen.columns = columns_of(symbol.node) if symbol is not None else frozenset()
        for statement in node.body:
            if isinstance(statement, tree.Given | tree.Mock):
                self._replaced(statement, scope)
                self.resolver.expr(statement.value, self._seen_by(statement))
            elif isinstance(statement, tree.ExpectThat):
                self.resolver.expr(statement.condition, seen)
            elif isinstance(statement, tree.ExpectRow) and isinstance(statement.dropped_by, tree.Ref):
                self._replaced_ref(statement.dropped_by, scope)

    def _tested(self, node: tree.Test) -> Symbol | None:
        datasets = [found for found in self.resolver.top.names.values() if found.kind is Kind.DATASET]
        if node.dataset is None:
            if len(datasets) == 1:
                return datasets[0]
            self._report_no_dataset(node, datasets)
            return None
        symbol = self.resolver.top.names.get(node.dataset.text)
        if symbol is not None and symbol.kind in (Kind.DATASET, Kind.UNKNOWN):
            self.resolver.use(node.dataset, symbol)
            return symbol
        message = f"there is no dataset `{node.dataset.text}`"
        label = did_you_mean(node.dataset.text, [found.name for found in datasets])
        self.resolver.context.report("E0201", message, node.dataset.span, label=label)
        return None

    def _report_no_dataset(self, node: tree.Test, datasets: list[Symbol]) -> None:
        names = ", ".join(found.name for found in datasets)
        self.resolver.context.report(
            "E0429",
            "the test does not say which dataset it is of",
            node.title_span,
            notes=(f"datasets here: {names}",) if names else ("there is no dataset in this file",),
            help='write `test "…" of name { … }`',
        )

    def _seen_by(self, statement: tree.Given | tree.Mock) -> Scope:
        """What is given to a draw over roles may name any role, as the draw itself."""
        scope = self.resolver.top.inner()
        if self.resolver.symbols.get(statement.name) in self.roles:
            refs = (node for node in tree.walk(statement.value) if isinstance(node, tree.Ref))
            unknown = (ref.name for ref in refs if self.resolver.top.find(ref.name) is None)
            scope.names = {name: Symbol(name, Kind.MODEL, self.resolver.path, None) for name in unknown}
        return scope

    def _replaced(self, statement: tree.Given | tree.Mock, scope: Scope) -> None:
        """What `given` and `mock` name; whether it is of the right kind is for the type checker to say."""
        symbol = scope.find(statement.name.text)
        if symbol is None or symbol.kind is Kind.FUNCTION:
            self.resolver.probe(statement.name.text, scope)
            what = "given" if isinstance(statement, tree.Given) else "mock"
            self.resolver.symbols[statement.name] = Symbol(statement.name.text, Kind.UNKNOWN, self.resolver.path, None)
            label = did_you_mean(statement.name.text, scope.all())
            message = f"there is no `{statement.name.text}` to {_VERB[what]}"
            self.resolver.context.report("E0426", message, statement.name.span, label=label)
            return
        self.resolver.symbols[statement.name] = symbol

    def _replaced_ref(self, node: tree.Ref, scope: Scope) -> None:
        symbol = scope.find(node.name)
        if symbol is not None:
            self.resolver.symbols[node] = symbol
            return
        self.resolver.probe(node.name, scope)
        self.resolver.symbols[node] = Symbol(node.name, Kind.UNKNOWN, self.resolver.path, None)
        self.resolver.report_unknown(node.name, node, scope.all(), "name")


_VERB = {"given": "give a value to", "mock": "answer for"}


def _is_own_word(result: tree.TypeExpr) -> bool:
    """Whether the result is a judge's own word, and no type."""
    return isinstance(result, tree.TypeName) and result.name in ("points", "score")
