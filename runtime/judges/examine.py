"""A dataset's judges, their cases and bound roles in; every case asked, and a report of each judge, out.

The calls go through the same completer as all others: the journal answers what was asked before.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import Any

from compiler import plan
from compiler.passes.plan.judges import EXPECTED
from dsl.diagnostics import Diagnostic, SynthError
from runtime.bridge import run_in_greenlet
from runtime.build.inputs import Inputs
from runtime.build.program import Loaded
from runtime.judges.report import Answered, Case, Report, report
from runtime.judges.words import told
from runtime.program.outcome import Unanswered
from runtime.program.row import Row
from runtime.program.stage import Bound, Stage
from runtime.program.values import Step, Verdict

SHOWN = 8
"""Missed cases that a message lists."""
OPPOSITES = (("first", "second"), ("left", "right"), ("one", "other"), ("one", "two"), ("this", "that"))


async def examine(loaded: Loaded, inputs: Inputs, roles: Mapping[str, Bound], only: str | None = None) -> list[Report]:
    """Every judge that has gold cases, in the order of the spec."""
    stage = Stage(loaded.plan.name, roles=roles)
    judges = [judge for judge in loaded.plan.judges if judge.gold is not None and only in (None, judge.name)]
    return [await _examine(judge, loaded, inputs, stage) for judge in judges]


async def _examine(judge: plan.JudgePlan, loaded: Loaded, inputs: Inputs, stage: Stage) -> Report:
    pair = alike(judge)
    cases = _cases(inputs, judge)
    answered = await asyncio.gather(*(_answer(judge, loaded, stage, case, pair) for case in cases))
    return report(judge, answered, pair)


def _cases(inputs: Inputs, judge: plan.JudgePlan) -> list[Case]:
    rows = inputs.gold[judge.name].rows()
    return [
        Case(number, {name: value for name, value in row.items() if name != EXPECTED}, row[EXPECTED])
        for number, (_, row) in enumerate(rows, 1)
    ]


async def _answer(
    judge: plan.JudgePlan, loaded: Loaded, stage: Stage, case: Case, pair: tuple[str, str] | None
) -> Answered:
    verdict = await _ask(judge, loaded, stage, case.arguments, case.number)
    said, strength = _said(verdict)
    assert judge.gold is not None
    right = said == case.expected if judge.kind == "bool" else abs(said - case.expected) <= judge.gold.within + 1e-9
    if pair is None:
        return Answered(case, said, right, strength)
    swapped = _swapped(case.arguments, pair)
    other, back = _said(await _ask(judge, loaded, stage, swapped, case.number))
    lean = (strength + back) / 2 - 0.5 if judge.kind == "bool" else None
    return Answered(case, said, right, strength, other, lean)


async def _ask(judge: plan.JudgePlan, loaded: Loaded, stage: Stage, arguments: Mapping[str, Any], number: int) -> Any:
    row = Row(stage, (judge.name, number), number, {})
    return await run_in_greenlet(loaded.gold[judge.name], row, arguments)


def _said(verdict: Any) -> tuple[float | bool, float]:
    """What a verdict says, and how strongly."""
    if isinstance(verdict, Verdict):
        return bool(verdict), verdict.p if verdict.p is not None else float(bool(verdict))
    if isinstance(verdict, Step):
        return int(verdict), verdict.mean if verdict.mean is not None else float(verdict)
    return (int(verdict) if isinstance(verdict, int) else float(verdict)), float(verdict)


def _swapped(arguments: Mapping[str, Any], pair: tuple[str, str]) -> dict[str, Any]:
    one, other = pair
    return {**arguments, one: arguments[other], other: arguments[one]}


def alike(judge: plan.JudgePlan) -> tuple[str, str] | None:
    """The two things that a judge compares: of one type, and called alike (`a` and `b`, `answer_1` and `answer_2`)."""
    params = judge.prompt.params
    for place, (one, kind) in enumerate(params):
        for other, same in params[place + 1 :]:
            if kind == same and _paired(one, other):
                return one, other
    return None


def _paired(one: str, other: str) -> bool:
    if (one, other) in OPPOSITES:
        return True
    left, right = (re.fullmatch(r"(.*?)_?([a-z]|\d+|first|second|left|right)", name) for name in (one, other))
    if left is None or right is None or left[1] != right[1]:
        return False
    ends = {left[2], right[2]}
    return ends in ({"a", "b"}, {"x", "y"}, {"1", "2"}, {"0", "1"}, {"first", "second"}, {"left", "right"})


async def calls(loaded: Loaded, inputs: Inputs, roles: Mapping[str, Bound]) -> dict[str, tuple[int, int]]:
    """For each judge with cases: how many calls the journal answers, and how many are new. `roles` ask nobody."""
    stage = Stage(loaded.plan.name, roles=roles)
    found: dict[str, tuple[int, int]] = {}
    for judge in loaded.plan.judges:
        if judge.gold is None:
            continue
        pair, each = alike(judge), max(1, len(judge.points)) if judge.kind == "points" else 1
        cases = _cases(inputs, judge)
        asked = [(case.number, case.arguments) for case in cases]
        asked += [(case.number, _swapped(case.arguments, pair)) for case in cases if pair is not None]
        known = [await _is_known(judge, loaded, stage, given, number) for number, given in asked]
        found[judge.name] = sum(known) * each, (len(known) - sum(known)) * each
    return found


async def _is_known(
    judge: plan.JudgePlan, loaded: Loaded, stage: Stage, arguments: Mapping[str, Any], number: int
) -> bool:
    try:
        await _ask(judge, loaded, stage, arguments, number)
    except Unanswered:
        return False
    return True


# --- the gate ---


def enforce(reports: Sequence[Report]) -> None:
    """E0920: nothing is judged by a judge that its own cases prove wrong."""
    failed = [_failed(found) for found in reports if not found.held]
    if failed:
        raise SynthError(*failed)


def _failed(found: Report) -> Diagnostic:
    if not found.cases:
        title = f"the judge `{found.judge}` has no gold case"
        return Diagnostic("E0920", title, found.span, help="a case is a row with the judge's parameters and `expected`")
    right = found.cases - len(found.missed)
    more = len(found.missed) - SHOWN
    return Diagnostic(
        "E0920",
        f"the judge `{found.judge}` is right in {right} of {found.cases} gold cases",
        found.span,
        label=f"{found.accuracy:.0%}, and must be {found.wanted:.0%}",
        notes=(*map(told, found.missed[:SHOWN]), *([f"and {more} more"] if more > 0 else [])),
        help="look at these cases, reword the question or move its `threshold`; `accuracy` says how many must be right",
    )
