"""A dataset in; the inputs, judges, models and tests it uses out, each as the plan holds it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from compiler import plan
from compiler.constant import UNKNOWN, Evaluator
from compiler.digest import pack
from compiler.model import Kind, Model, Symbol
from compiler.passes.plan.asked import Bounds, asked
from compiler.passes.plan.judges import judge_plan
from compiler.types import Record, SourceOf
from dsl import tree

DEFAULTS: dict[str, object] = {"temperature": 0.7, "max_tokens": 512}


def symbols_of(nodes: Iterable[tree.Node], model: Model, *kinds: Kind) -> tuple[Symbol, ...]:
    """The symbols of these kinds that the nodes mention, in order of first use."""
    found: dict[Symbol, None] = {}
    for node in nodes:
        for part in tree.walk(node):
            symbol = model.symbols.get(part) if isinstance(part, tree.Ref | tree.Name) else None
            if symbol is not None and symbol.kind in kinds:
                found[symbol] = None
    return tuple(found)


def _table(made: tree.Dataset | tree.Mix) -> str:
    """The unnamed emit's table, else the first one's."""
    emits = [part for part in made.body if isinstance(part, tree.Emit)] if isinstance(made, tree.Dataset) else []
    names = [emit.name.text if emit.name is not None else made.name.text for emit in emits]
    return names[0] if names and made.name.text not in names else made.name.text


@dataclass(frozen=True)
class Parts:
    model: Model
    evaluator: Evaluator

    # --- inputs ---

    def inputs(self, body: Iterable[tree.Statement]) -> tuple[plan.InputPlan, ...]:
        symbols = symbols_of(body, self.model, Kind.INPUT, Kind.PERSONAS, Kind.DATASET, Kind.MIX)
        return tuple(found for symbol in symbols if (found := self.source(symbol)) is not None)

    def source(self, symbol: Symbol) -> plan.InputPlan | None:
        """What gives the rows that a name stands for: a reader of files, or a dataset of this program."""
        node = symbol.node
        if isinstance(node, tree.Dataset | tree.Mix):
            return self._made(symbol, node, node)
        if not isinstance(node, tree.Input | tree.Personas):
            return None
        behind = self.model.symbols.get(node.source)
        if behind is not None and isinstance(behind.node, tree.Dataset | tree.Mix):
            return self._made(symbol, node, behind.node)
        return self._read(node, node.source) if isinstance(node.source, tree.Call) else None

    def _made(
        self, symbol: Symbol, node: tree.Input | tree.Personas | tree.Dataset | tree.Mix, made: tree.Dataset | tree.Mix
    ) -> plan.InputPlan:
        """How the rows were made is no part of the digest: a build compares the rows themselves."""
        declared = isinstance(node, tree.Input | tree.Personas)
        return plan.InputPlan(
            name=symbol.name,
            kind="dataset",
            arguments={},
            record=self._record(node) if isinstance(node, tree.Input) else None,
            personas=isinstance(node, tree.Personas),
            key=self._key(node.settings) if isinstance(node, tree.Input | tree.Personas) else None,
            digest=self.model.fingerprints[node].data if declared else pack("rows", symbol.name).hex(),
            span=node.span if declared else made.name.span,
            dataset=made.name.text,
            table=_table(made),
        )

    def _read(self, node: tree.Input | tree.Personas, call: tree.Call) -> plan.InputPlan:
        callee = call.callee
        assert isinstance(callee, tree.Ref)
        return plan.InputPlan(
            name=node.name.text,
            kind=callee.name,
            arguments=self._arguments(call) | self._further(node.settings),
            record=self._record(node),
            personas=isinstance(node, tree.Personas),
            key=self._key(node.settings),
            digest=self.model.fingerprints[node].data,
            span=node.span,
        )

    def _arguments(self, call: tree.Call) -> dict[str, object]:
        """The one argument of a reader is its path (or query)."""
        return {arg.name.text if arg.name else "path": self.evaluator.evaluate(arg.value) for arg in call.args}

    def _further(self, settings: tuple[tree.Setting, ...]) -> dict[str, object]:
        """What stands in a reader's braces besides its key, behind the path."""
        return {item.name.text: self.evaluator.evaluate(item.value) for item in settings if item.name.text != "key"}

    def _record(self, node: tree.Input | tree.Personas) -> Record | None:
        kind = self.model.types.get(node)
        row = kind.row if isinstance(kind, SourceOf) else None
        return row if isinstance(row, Record) and isinstance(node, tree.Input) else None

    @staticmethod
    def _key(settings: tuple[tree.Setting, ...]) -> str | None:
        """`key = id` names a column; `key = "id"` does too."""
        for setting in settings:
            if setting.name.text == "key":
                value = setting.value
                return value.name if isinstance(value, tree.Ref) else str(getattr(value, "value", "")) or None
        return None

    # --- judges ---

    def judges(self, body: Iterable[tree.Statement]) -> tuple[plan.JudgePlan, ...]:
        symbols = symbols_of(body, self.model, Kind.JUDGE)
        nodes = [symbol.node for symbol in symbols if isinstance(symbol.node, tree.Judge)]
        times = asked(body, self.model) if nodes else {}
        return tuple(judge_plan(node, self.model, self.evaluator, times.get(node, Bounds())) for node in nodes)

    # --- models ---

    def models(self, dataset: tree.Dataset) -> tuple[plan.ModelPlan, ...]:
        """Every role that the dataset's gens and judges ask, in order of first use."""
        roles = dict.fromkeys(self._roles(dataset))
        return tuple(plan.ModelPlan(role=role, settings=self._settings(dataset, role)) for role in roles)

    def _roles(self, dataset: tree.Dataset) -> Iterator[str]:
        for part in tree.walk(dataset):
            if isinstance(part, tree.Gen):
                yield from self._roles_of(part.role)
            symbol = self.model.symbols.get(part) if isinstance(part, tree.Ref) else None
            if symbol is not None and isinstance(symbol.node, tree.Judge):
                yield symbol.node.role.text

    def _roles_of(self, name: tree.Name) -> Iterator[str]:
        """A role by its name; one drawn, or of a list that was drawn, by all that it is drawn from."""
        symbol = self.model.symbols.get(name)
        drawn = symbol is not None and isinstance(symbol.node, tree.Draw | tree.ForClause)
        yield from self._drawn(symbol) if symbol is not None and drawn else (name.text,)

    def _drawn(self, symbol: Symbol) -> Iterator[str]:
        """The roles that a name may stand for."""
        match symbol.node:
            case tree.Draw(distribution=node) | tree.ForClause(iterable=node) | tree.Let(value=node):
                refs = (part for part in tree.walk(node) if isinstance(part, tree.Ref))
                for found in (self.model.symbols.get(ref) for ref in refs):
                    if found is not None:
                        yield from self._drawn(found)
            case _:
                if symbol.kind is Kind.MODEL:
                    yield symbol.name

    def _settings(self, dataset: tree.Dataset, role: str) -> dict[str, object]:
        scope = self.model.scopes.get(dataset.span.path)
        symbol = scope.names.get(role) if scope is not None else None
        declared = symbol.node.settings if symbol is not None and isinstance(symbol.node, tree.Model) else ()
        values = {setting.name.text: self.evaluator.evaluate(setting.value) for setting in declared}
        return DEFAULTS | {name: value for name, value in values.items() if value is not UNKNOWN}

    # --- tests ---

    def tests(self, dataset: tree.Dataset) -> tuple[plan.TestPlan, ...]:
        file = self.model.files[dataset.span.path]
        name = dataset.name.text
        tests = (node for node in file.declarations if isinstance(node, tree.Test))
        return tuple(
            plan.TestPlan(title=test.title, node=test, dataset=name)
            for test in tests
            if test.dataset is None or test.dataset.text == name
        )
