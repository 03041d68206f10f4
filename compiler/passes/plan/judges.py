"""A judge in; what the plan holds of it out: how it is asked, its points or scale, and the cases it is tested on."""

from __future__ import annotations

from compiler import plan
from compiler.constant import Evaluator
from compiler.model import Model
from compiler.passes.plan.asked import Bounds
from compiler.passes.plan.prompts import ends, parameters
from compiler.types import ANY, SAID, Optional, Record, RecordField, Type, Verdict
from dsl import tree

THRESHOLD = 0.5
ACCURACY = 1.0
"""Without a word on it, a judge is right in all its cases."""
EXPECTED = "expected"


def judge_plan(node: tree.Judge, model: Model, evaluator: Evaluator, times: Bounds) -> plan.JudgePlan:
    kind = model.types.get(node, ANY)
    verdict = kind if isinstance(kind, Verdict) else Verdict("bool")
    name, digest, params = node.name.text, model.fingerprints[node].data, parameters(node.params, model)
    return plan.JudgePlan(
        name=name,
        node=node,
        prompt=plan.PromptPlan(name=name, node=node, params=params, ends=ends(node.template), digest=digest),
        role=node.role.text,
        kind=verdict.kind,
        threshold=_number(node, "threshold", THRESHOLD, evaluator),
        points=tuple((point.text, point.value) for point in node.points),
        low=verdict.low,
        high=verdict.high,
        gold=_gold(node, verdict, params, evaluator),
        digest=digest,
        least=times.least,
        most=times.most,
    )


def _gold(
    node: tree.Judge, verdict: Verdict, params: tuple[tuple[str, Type], ...], evaluator: Evaluator
) -> plan.GoldPlan | None:
    """The cases are a source whose rows have the judge's parameters as columns, and `expected`."""
    setting = next((setting for setting in node.settings if setting.name.text == "gold"), None)
    if setting is None or not isinstance(setting.value, tree.Call) or not isinstance(setting.value.callee, tree.Ref):
        return None
    cases = plan.InputPlan(
        name=f"gold of {node.name.text}",
        kind=setting.value.callee.name,
        arguments={arg.name.text if arg.name else "path": evaluator.evaluate(arg.value) for arg in setting.value.args},
        record=gold_record(node, verdict, params),
        personas=False,
        key=None,
        digest="",
        span=setting.value.span,
    )
    return plan.GoldPlan(
        cases=cases,
        accuracy=_number(node, "accuracy", ACCURACY, evaluator),
        within=_number(node, "within", 0.0, evaluator),
        span=setting.span,
    )


def gold_record(node: tree.Judge, verdict: Verdict, params: tuple[tuple[str, Type], ...]) -> Record:
    """A case: a parameter with a default may be left out."""
    defaults = {param.name.text for param in node.params if param.default is not None}
    fields = [RecordField(name, Optional(kind) if name in defaults else kind) for name, kind in params]
    return Record("Case", (*fields, RecordField(EXPECTED, SAID[verdict.kind])))


def _number(node: tree.Judge, name: str, otherwise: float, evaluator: Evaluator) -> float:
    for setting in node.settings:
        if setting.name.text == name:
            value = evaluator.evaluate(setting.value)
            return float(value) if isinstance(value, int | float) else otherwise
    return otherwise
