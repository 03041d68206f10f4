"""A dataset in; the inputs, judges, models and tests it uses out, each as the plan holds it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from compiler import plan
from compiler.constant import UNKNOWN, Evaluator
from compiler.model import Kind, Model, Symbol
from compiler.passes.plan.prompts import ends, parameters
from compiler.types import ANY, Record, SourceOf, Verdict
from dsl import tree

THRESHOLD = 0.5
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


@dataclass(frozen=True)
class Parts:
    model: Model
    evaluator: Evaluator

    # --- inputs ---

    def inputs(self, body: Iterable[tree.Statement]) -> tuple[plan.InputPlan, ...]:
        symbols = symbols_of(body, self.model, Kind.INPUT, Kind.PERSONAS)
        return tuple(found for symbol in symbols if (found := self._input(symbol.node)) is not None)

    def _input(self, node: tree.Node | None) -> plan.InputPlan | None:
        if not isinstance(node, tree.Input | tree.Personas) or not isinstance(node.source, tree.Call):
            return None
        callee = node.source.callee
        assert isinstance(callee, tree.Ref)
        return plan.InputPlan(
            name=node.name.text,
            kind=callee.name,
            arguments=self._arguments(node.source),
            record=self._record(node),
            personas=isinstance(node, tree.Personas),
            key=self._key(node.settings),
            digest=self.model.fingerprints[node].data,
            span=node.span,
        )

    def _arguments(self, call: tree.Call) -> dict[str, object]:
        """The one argument of a reader is its path (or query)."""
        return {arg.name.text if arg.name else "path": self.evaluator.evaluate(arg.value) for arg in call.args}

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
        return tuple(self._judge(symbol.node) for symbol in symbols if isinstance(symbol.node, tree.Judge))

    def _judge(self, node: tree.Judge) -> plan.JudgePlan:
        kind = self.model.types.get(node, ANY)
        digest = self.model.fingerprints[node].data
        params = parameters(node.params, self.model)
        prompt = plan.PromptPlan(name=node.name.text, node=node, params=params, ends=ends(node.template), digest=digest)
        return plan.JudgePlan(
            name=node.name.text,
            node=node,
            prompt=prompt,
            role=node.role.text,
            kind=kind.kind if isinstance(kind, Verdict) else "bool",
            threshold=self.threshold(node),
            digest=digest,
        )

    def threshold(self, node: tree.Judge) -> float:
        for setting in node.settings:
            if setting.name.text == "threshold":
                value = self.evaluator.evaluate(setting.value)
                return float(value) if isinstance(value, int | float) else THRESHOLD
        return THRESHOLD

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
        """A role by its name; a draw over roles by those it draws from."""
        symbol = self.model.symbols.get(name)
        if symbol is None or not isinstance(symbol.node, tree.Draw):
            yield name.text
            return
        for part in tree.walk(symbol.node.distribution):
            drawn = self.model.symbols.get(part) if isinstance(part, tree.Ref) else None
            if drawn is not None and drawn.kind is Kind.MODEL:
                yield drawn.name

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
