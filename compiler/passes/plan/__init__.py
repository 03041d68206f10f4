"""A checked, fingerprinted model in; its datasets as plans, each after the ones it reads, out.

What this edition checks and cannot execute yet becomes a `Later` step, and one diagnostic for each such feature.
"""

from __future__ import annotations

from dataclasses import replace

from compiler import plan
from compiler.constant import Evaluator
from compiler.context import Context
from compiler.digest import Digester, pack
from compiler.model import Kind, Model
from compiler.passes.plan import layout
from compiler.passes.plan.parts import Parts, symbols_of
from compiler.passes.plan.prompts import prompt_plans
from compiler.passes.plan.steps import Steps
from dsl import tree
from dsl.source import Span


def run(model: Model, context: Context) -> Model:
    planner = _Planner(model, context)
    declarations = model.files[model.root].declarations if model.root in model.files else ()
    datasets = [node for node in declarations if isinstance(node, tree.Dataset)]
    plans = tuple(planner.dataset(node) for node in _in_order(datasets, model))
    for mix in (node for node in declarations if isinstance(node, tree.Mix)):
        planner.report("`mix`", mix.span)
    return replace(model, plan=plan.Plan(datasets=plans, params=model.params))


def _in_order(datasets: list[tree.Dataset], model: Model) -> list[tree.Dataset]:
    """Each dataset after those it reads, otherwise as they stand in the file."""
    ordered: dict[tree.Dataset, None] = {}
    pending: set[tree.Dataset] = set()

    def place(node: tree.Dataset) -> None:
        if node in ordered or node in pending:
            return
        pending.add(node)
        for needed in _read(node, model):
            if needed in datasets:
                place(needed)
        ordered[node] = None

    for dataset in datasets:
        place(dataset)
    return list(ordered)


def _read(dataset: tree.Dataset, model: Model) -> list[tree.Dataset]:
    """The datasets that this one reads, directly or as personas."""
    sources = symbols_of(dataset.body, model, Kind.PERSONAS, Kind.DATASET)
    nodes = [symbol.node for symbol in sources]
    behind = [model.symbols.get(node.source) for node in nodes if isinstance(node, tree.Personas)]
    return [node for node in (*nodes, *(symbol.node for symbol in behind if symbol)) if isinstance(node, tree.Dataset)]


class _Planner:
    def __init__(self, model: Model, context: Context) -> None:
        self.model, self.context = model, context
        self.evaluator = Evaluator(model.symbols, model.values, context.catalog)
        self.digester = Digester(model)
        self.reported: set[str] = set()

    def dataset(self, node: tree.Dataset) -> plan.DatasetPlan:
        parts = Parts(self.model, self.evaluator)
        settings = {statement.name.text: statement for statement in node.body if isinstance(statement, tree.Set)}
        seed, key = self._seed(settings), self._key(settings)
        steps = Steps(self.model, self.evaluator, node, self._base(node, seed, key)).build()
        self._report_later(node, steps, settings)
        layout.warn(node, self.model, self.context)
        prints = self.model.fingerprints[node]
        return plan.DatasetPlan(
            name=node.name.text,
            file=node.span.path,
            target=self._whole(settings.get("target")),
            seed=seed,
            key=key,
            steps=steps,
            inputs=parts.inputs(node.body),
            prompts=prompt_plans(node.body, self.model),
            judges=parts.judges(node.body),
            models=parts.models(node),
            tests=parts.tests(node),
            data=prints.data,
            description=prints.description,
        )

    def _base(self, node: tree.Dataset, seed: int, key: tuple[tree.Expr, ...] | None) -> bytes:
        """What every draw and call depends on besides what it reads: seed, dataset, and what makes up a key."""
        axes = [statement.name.text for statement in node.body if isinstance(statement, tree.Each)]
        parts = [self.digester.of(part) for part in key] if key is not None else [name.encode() for name in axes]
        return pack(node.name.text, str(seed), *parts)

    def _whole(self, node: tree.Set | None) -> int | None:
        value = self.evaluator.evaluate(node.value) if node is not None and node.per is None else None
        return value if isinstance(value, int) else None

    def _seed(self, settings: dict[str, tree.Set]) -> int:
        if self.context.seed is not None:
            return self.context.seed
        return self._whole(settings.get("seed")) or 0

    @staticmethod
    def _key(settings: dict[str, tree.Set]) -> tuple[tree.Expr, ...] | None:
        if "key" not in settings:
            return None
        value = settings["key"].value
        return value.items if isinstance(value, tree.ListExpr) else (value,)

    # --- what comes later ---

    def _report_later(self, node: tree.Dataset, steps: tuple[plan.Step, ...], settings: dict[str, tree.Set]) -> None:
        for step in steps:
            if isinstance(step, plan.Later):
                self.report(step.feature, step.span)
        for setting in settings.values():
            if setting.per is not None:
                self.report("`target … per`", setting.span)

    def report(self, feature: str, span: Span) -> None:
        """Once for each feature, at its first place."""
        if feature in self.reported:
            return
        self.reported.add(feature)
        self.context.report(
            "E0490",
            f"{feature}: checked today, executed in a later edition of synth",
            span,
            help="the rest of the spec can be built without this statement",
        )
