"""A checked, fingerprinted model in; its datasets as plans, each after the ones it reads, out."""

from __future__ import annotations

from dataclasses import replace

from compiler import plan
from compiler.constant import Evaluator
from compiler.context import Context
from compiler.digest import Digester, pack
from compiler.model import Model
from compiler.passes.plan import emits, loops, statements, whole  # noqa: F401 - each registers its builders
from compiler.passes.plan.mixes import mix_plan
from compiler.passes.plan.order import Made, in_order
from compiler.passes.plan.parts import Parts
from compiler.passes.plan.prompts import prompt_plans
from compiler.passes.plan.steps import Steps
from compiler.prefix import late, order, segments
from dsl import tree
from dsl.diagnostics import Related


def run(model: Model, context: Context) -> Model:
    planner = _Planner(model, context)
    declarations = model.files[model.root].declarations if model.root in model.files else ()
    nodes = in_order([node for node in declarations if isinstance(node, tree.Dataset | tree.Mix)], model)
    datasets = tuple(planner.dataset(node) for node in nodes if isinstance(node, tree.Dataset))
    mixes = tuple(planner.mix(node) for node in nodes if isinstance(node, tree.Mix))
    planner.check_names(nodes)
    order = tuple(node.name.text for node in nodes)
    return replace(model, plan=plan.Plan(datasets=datasets, params=model.params, mixes=mixes, order=order))


class _Planner:
    def __init__(self, model: Model, context: Context) -> None:
        self.model, self.context = model, context
        self.evaluator = Evaluator(model.symbols, model.values, context.catalog)
        self.digester = Digester(model)

    def dataset(self, node: tree.Dataset) -> plan.DatasetPlan:
        parts = Parts(self.model, self.evaluator)
        settings = {statement.name.text: statement for statement in node.body if isinstance(statement, tree.Set)}
        seed, key = self._seed(settings), self._key(settings)
        steps = Steps(self.model, self.evaluator, self.digester, node, self._base(node, seed, key)).build()
        prints = self.model.fingerprints[node]
        made = plan.DatasetPlan(
            name=node.name.text,
            file=node.span.path,
            target=self._whole(settings.get("target")),
            per=whole.per(settings.get("target"), steps, self.model, self.evaluator),
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
        return self._with_prefixes(made)

    def _with_prefixes(self, made: plan.DatasetPlan) -> plan.DatasetPlan:
        found = segments.prefixes(made, self.model, self.evaluator)
        late.warn(found, self.context)
        return replace(made, prefixes=found, order=order.order(made, found, self.evaluator))

    def mix(self, node: tree.Mix) -> plan.MixPlan:
        return mix_plan(node, self.model, self.context, self.evaluator)

    def check_names(self, nodes: tuple[Made, ...]) -> None:
        """One commit holds them all by name: an imported dataset's own sources count too."""
        first: dict[str, Made] = {}
        for node in nodes:
            other = first.setdefault(node.name.text, node)
            if other is not node:
                self.context.report(
                    "E0202",
                    f"two datasets are called `{node.name.text}`",
                    node.name.span,
                    related=(Related(other.name.span, "the other one"),),
                    help="both would be built into one commit: rename one of them",
                )

    def _base(self, node: tree.Dataset, seed: int, key: tuple[tree.Expr, ...] | None) -> bytes:
        """What every draw and call depends on besides what it reads: seed, dataset, and what makes up a key."""
        axes = [statement.name.text for statement in node.body if isinstance(statement, tree.Each)]
        parts = [self.digester.of(part) for part in key] if key is not None else [name.encode() for name in axes]
        return pack(node.name.text, str(seed), *parts)

    def _whole(self, node: tree.Set | None) -> int | None:
        value = self.evaluator.evaluate(node.value) if node is not None else None
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
