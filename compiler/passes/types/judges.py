"""A judge in; the type of its verdict out, and its body checked against the kind it says it is."""

from __future__ import annotations

from compiler.passes.types.checker import EARLY, Checker
from compiler.passes.types.declared import parameter_type
from compiler.passes.types.gold import check_gold
from compiler.passes.types.settings import JUDGE, settings
from compiler.passes.types.templates import template
from compiler.passes.types.written import denote
from compiler.types import ANY, BOOL, Type, Verdict
from dsl import tree

_KINDS = "a judge gives `bool` (yes or no), `points` (a sum), a scale such as `1..5`, or `score`"


def verdict_of(c: Checker, node: tree.Judge) -> Type:
    if isinstance(node.result, tree.Range):
        low, high = c.evaluate(node.result.low), c.evaluate(node.result.high) if node.result.high else None
        if isinstance(low, int) and isinstance(high, int) and low < high:
            return Verdict("scale", low, high)
        return c.report("E0420", "a scale goes from a lower to a higher number", node.result.span, help=_KINDS)
    if isinstance(node.result, tree.TypeName) and node.result.name == "points":
        values = [point.value for point in node.points]
        return Verdict("points", sum(v for v in values if v < 0), sum(v for v in values if v > 0))
    if isinstance(node.result, tree.TypeName) and node.result.name == "score":
        return Verdict("score")
    kind = denote(c, node.result)
    if kind == BOOL:
        return Verdict("bool")
    if kind != ANY:
        c.report("E0420", f"a judge does not give a `{kind}`", node.result.span, help=_KINDS)
    return ANY


def check_judge(c: Checker, node: tree.Judge) -> None:
    for param in node.params:
        kind = parameter_type(c, param)
        if param.default is not None:
            c.expect(param.default, kind, f"the default of `{param.name.text}`", EARLY)
    template(c, node.template)
    elsewhere = ("gold",)
    settings(c, node.settings, JUDGE, f"the judge `{node.name.text}`", constant=True, elsewhere=elsewhere)
    symbol = c.symbols.get(node)
    verdict = c.of(symbol) if symbol is not None else ANY
    if isinstance(verdict, Verdict):
        _check_points(c, node, verdict)
        _check_settings(c, node, verdict)


def _check_points(c: Checker, node: tree.Judge, verdict: Verdict) -> None:
    if verdict.kind in ("bool", "score"):
        if node.points:
            what = "a yes/no judge" if verdict.kind == "bool" else "a judge that gives a score"
            help_ = "write `-> points`, or take the lines out"
            c.report("E0419", f"{what} has no points", node.points[0].span, help=help_)
        return
    signed = verdict.kind == "points"
    for point in node.points:
        if point.signed is not signed:
            form = '`+1 "question"`' if signed else '`1 "description"`'
            c.report("E0419", f"a line of this judge is written {form}", point.span)
            return
    if signed and not node.points:
        c.report("E0419", "a `points` judge needs its points", node.name.span, help='add lines: `+1 "Does it …?"`')
    elif not signed:
        _check_scale(c, node, verdict)


def _check_scale(c: Checker, node: tree.Judge, verdict: Verdict) -> None:
    """Every step is described, once, and nothing else is."""
    given = [point.value for point in node.points]
    lacking = [str(step) for step in range(verdict.low, verdict.high + 1) if step not in given]
    if lacking:
        help_ = f'add `{lacking[0]} "…"`'
        c.report("E0419", f"the scale does not describe {', '.join(lacking)}", node.result.span, help=help_)
    for place, point in enumerate(node.points):
        if not verdict.low <= point.value <= verdict.high:
            c.report("E0419", f"{point.value} is not on the scale `{verdict}`", point.span)
        elif point.value in given[:place]:
            c.report("E0419", f"{point.value} is described twice", point.span)


def _check_settings(c: Checker, node: tree.Judge, verdict: Verdict) -> None:
    names = {setting.name.text: setting for setting in node.settings}
    check_gold(c, node, verdict, names)
    if "threshold" in names and verdict.kind != "bool":
        c.report("E0419", "only a yes/no judge has a threshold", names["threshold"].span, help="compare its number")
