"""One checked statement in; its step out. Loops, emits and what looks at the whole table have modules of their own."""

from __future__ import annotations

from compiler import plan
from compiler.digest import identity
from compiler.passes.plan.names import condition_names, reads
from compiler.passes.plan.prompts import arguments_of, prompt_name
from compiler.passes.plan.retries import reruns
from compiler.passes.plan.steps import Common, Steps, builds
from dsl import tree

ATTEMPTS = 3


@builds(tree.Each)
def axis(steps: Steps, node: tree.Each, common: Common) -> plan.Step:
    from_source = node.kind == "from" and isinstance(node.over, tree.Ref)
    source = node.over.name if from_source and isinstance(node.over, tree.Ref) else None
    values = None if from_source else node.over
    return plan.Axis(**common, name=node.name.text, source=source, values=values, type=steps.type_of(node))


@builds(tree.Draw)
def draw(steps: Steps, node: tree.Draw, common: Common) -> plan.Step:
    return plan.Draw(**common, name=node.name.text, distribution=node.distribution, type=steps.type_of(node))


@builds(tree.Let)
def let(steps: Steps, node: tree.Let, common: Common) -> plan.Step:
    return plan.Let(**common, name=node.name.text, value=node.value, type=steps.type_of(node))


@builds(tree.Gen)
def gen(steps: Steps, node: tree.Gen, common: Common) -> plan.Step:
    lifted = steps.model.lifted.get(node, ())
    return plan.Gen(
        **common,
        name=node.name.text,
        prompt=prompt_name(node, steps.model),
        arguments=arguments_of(node, steps.model),
        role=node.role.text,
        settings=tuple(s for s in node.settings if s.name.text not in ("attempts", "salt")),
        type=steps.type_of(node),
        answer=steps.type_of(node.type),
        times=node.times,
        fors=node.fors,
        condition=node.condition,
        attempts=_attempts(steps, node),
        salt=identity(node),
        lifted=tuple(condition for condition in lifted if isinstance(condition, tree.Expr)),
    )


def _attempts(steps: Steps, node: tree.Gen) -> int:
    for setting in node.settings:
        if setting.name.text == "attempts":
            value = steps.evaluator.evaluate(setting.value)
            return value if isinstance(value, int) else ATTEMPTS
    return ATTEMPTS


@builds(tree.Run)
def run(steps: Steps, node: tree.Run, common: Common) -> plan.Step:
    assert isinstance(node.tool, tree.Call) and isinstance(node.tool.callee, tree.Ref)
    return plan.Run(
        **common,
        name=node.name.text,
        tool=node.tool.callee.name,
        arguments=tuple(arg.value for arg in node.tool.args),
        settings=node.settings,
        type=steps.type_of(node),
        fors=node.fors,
        condition=node.condition,
    )


@builds(tree.Require)
def require(steps: Steps, node: tree.Require, common: Common) -> plan.Step:
    names = condition_names(node.condition, steps.model)
    times = (node.otherwise.times or 0) if node.otherwise else 0
    again = reruns(steps, node, reads(node.condition, steps.model))
    return plan.Require(**common, condition=node.condition, names=names, times=times, reruns=again)


@builds(tree.Filter)
def filter_(steps: Steps, node: tree.Filter, common: Common) -> plan.Step:
    return plan.Filter(**common, condition=node.condition, names=condition_names(node.condition, steps.model))


@builds(tree.Flag)
def flag(steps: Steps, node: tree.Flag, common: Common) -> plan.Step:
    return plan.Flag(**common, value=node.value, condition=node.condition)


@builds(tree.Audit)
def audit(steps: Steps, node: tree.Audit, common: Common) -> plan.Step:
    return plan.Audit(**common, condition=node.condition)
