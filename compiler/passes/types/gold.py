"""A judge's `gold` and what goes with it in; mistakes in its columns and settings reported."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.passes.types.checker import Checker
from compiler.passes.types.declared import parameter_type
from compiler.passes.types.sources import readable, source_columns
from compiler.types import SAID, Type, Verdict
from dsl import tree
from dsl.diagnostics import did_you_mean

EXPECTED = "expected"


def check_gold(c: Checker, node: tree.Judge, verdict: Verdict, names: Mapping[str, tree.Setting]) -> None:
    gold = names.get("gold")
    for name in ("accuracy", "within"):
        if name in names and gold is None:
            c.report(
                "E0419",
                f"`{name}` is about `gold` cases, and there are none",
                names[name].span,
                help='add `gold = jsonl("gold.jsonl")`',
            )
    if "within" in names and verdict.kind == "bool":
        c.report("E0419", "yes and no are right or wrong, and never near", names["within"].span)
    if gold is None:
        return
    if verdict.kind == "score" and "within" not in names:
        help_ = "add `within = 0.2`: how far from the case's `expected` a score may be"
        c.report("E0419", "a score is never equal to what is expected", gold.span, help=help_)
    columns = source_columns(c, gold.value)
    if columns:  # a file without a row has none, and a build says so
        _check_columns(c, node, verdict, gold, columns)


def _check_columns(
    c: Checker, node: tree.Judge, verdict: Verdict, gold: tree.Setting, columns: Mapping[str, Type]
) -> None:
    """Each parameter is a column, and so is what the judge should say. Other columns are the author's own notes."""
    wanted = {param.name.text: parameter_type(c, param) for param in node.params}
    optional = {param.name.text for param in node.params if param.default is not None}
    for name, kind in {**wanted, EXPECTED: SAID[verdict.kind]}.items():
        if name in columns:
            _check_column(c, node, gold, name, columns[name], kind)
        elif name not in optional:
            spare = [column for column in columns if column not in wanted]
            c.report(
                "E0602",
                f"the gold cases of `{node.name.text}` have no column `{name}`",
                gold.value.span,
                label=did_you_mean(name, spare),
                notes=(f"columns: {', '.join(columns)}",),
                help=_meaning(name, kind),
            )


def _meaning(name: str, kind: Type) -> str:
    if name == EXPECTED:
        return f"`expected` is what the judge should say: a `{kind}`"
    return "a case has a column for each parameter of the judge, and `expected`"


def _check_column(c: Checker, node: tree.Judge, gold: tree.Setting, name: str, given: Type, wanted: Type) -> None:
    callee = gold.value.callee if isinstance(gold.value, tree.Call) else None
    loose = isinstance(callee, tree.Ref) and callee.name == "csv"
    if not readable(given, wanted, loose):
        c.report(
            "E0603",
            f"the column `{name}` of the gold cases of `{node.name.text}` is `{given}`, not `{wanted}`",
            gold.value.span,
            help="change the file, or the judge's parameter",
        )
