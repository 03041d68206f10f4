"""A spec in; what a build of it would run, reuse and cost, without one model call, out."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from runtime.cli import plan_prompts as prompts
from runtime.cli.console import json_text, paint, plural, say, say_json, width
from runtime.cli.files import write
from runtime.cli.live import duration
from runtime.cli.options import Dataset, Json, Limit, Params, ProfileName, Seed, Spec
from runtime.cli.plan_reasons import why_dataset, why_step

if TYPE_CHECKING:
    from runtime.build.dry import Cell, Forecast
    from runtime.diff.model import Cause


REASONS = 48
"""Characters that a line of 80 has for what changed."""


def run(
    spec: str = Spec,
    against: str | None = typer.Option(None, "--against", metavar="REF", help="Compare with this version."),
    only: str | None = Dataset,
    param: list[str] = Params,
    seed: int | None = Seed,
    limit: int | None = Limit,
    profile: str | None = ProfileName,
    explain: bool = typer.Option(False, "--explain", help="Say why each step is run or reused."),
    output: str | None = typer.Option(None, "-o", "--output", metavar="FILE", help="Write the plan as JSON as well."),
    as_json: bool = Json,
) -> None:
    """Say what a build would run, before it does.

    Reused calls are exact. New ones are a range wherever a retry, a filter or a
    target hangs on an answer that nobody has given yet.

    Example: synth plan specs/python_qa.synth --against main
    """
    from runtime import bridge
    from runtime.build.build import Options
    from runtime.build.foresee import foresee
    from runtime.build.worst import over_budget
    from runtime.cli.compiled import compiled
    from runtime.cli.console import report

    with compiled(spec, param, seed, profile) as (analysis, session, context):
        branch = session.profile.branch or context.branch
        head = session.store.resolve(against) if against else session.store.head(branch)
        allowed = limit if limit is not None else session.profile.limit
        found = bridge.run(foresee(analysis, session, Options(branch, only=only, limit=allowed), head))
        report(over_budget(found, session.profile.budget, analysis), analysis.source)
        report([told for one in found for told in one.warnings], analysis.source)
    if output:
        write(output, json_text([_json(one) for one in found]))
    if as_json:
        say_json([_json(one) for one in found])
        return
    for one in found:
        _show(one, explain)
    say(_sum(found))


def _show(one: Forecast, explain: bool) -> None:
    _show_dataset(one)
    if explain:
        _because(why_dataset(one), "  ")
    if one.how != "run":
        return
    if one.inputs:
        names, rows = ", ".join(one.inputs), [*one.inputs.values()]
        counted = plural(rows[0], "row") if len(rows) == 1 else f"{' + '.join(f'{number:,}' for number in rows)} rows"
        say(f"  = {names:<26} {'reused':<10} {counted}")
    _show_decisions(one)
    if one.order:
        say(f"  = {'order':<26} {'run':<10} by {', then '.join(one.order)}")
    for cell in one.cells.values():
        _show_cell(cell)
        _because(prompts.lines(one, cell), "      ")
        if explain:
            _because(why_step(one, cell), "      ")
    if len(one.sharing) > 1 and (best := prompts.best(one)) is not None:
        say(paint(f"      all prompts: at best {best:.0%} of their tokens cached", "dim"))


def _show_decisions(one: Forecast) -> None:
    """`= decisions   apply   1 rejected, 2 edited, 1 stale`"""
    from runtime.cli.decisions import counted

    if one.decisions:
        say(f"  = {'decisions':<26} {'apply':<10} {counted(one.decisions)}")


def _because(reasons: list[str], indent: str) -> None:
    for reason in reasons:
        for line in textwrap.wrap(reason, width(), initial_indent=f"{indent}- ", subsequent_indent=f"{indent}  "):
            say(paint(line, "dim"))


def _show_dataset(one: Forecast) -> None:
    if one.how == "unchanged":
        say(f"{paint('=', 'dim')} {one.dataset:<28} nothing to do")
        return
    if one.how == "described":
        say(f"{paint('~', 'yellow')} {one.dataset:<28} only its words changed: no row, no call")
        return
    mark = paint("~", "yellow") if one.previous else paint("+", "green")
    if one.how == "depends":
        say(f"{mark} {one.dataset:<28} depends on {' and '.join(one.waits)}")
        return
    say(f"{mark} {one.dataset:<28} {_why(one)}")


def _why(one: Forecast) -> str:
    from runtime.diff.causes import causes

    if one.previous is None:
        of = plural(one.candidates, "candidate") if one.candidates is not None else "endless candidates"
        return f"new, {of}"
    return _few([_cause(cause) for cause in causes(one.previous, one.now)])


def _few(reasons: Sequence[str]) -> str:
    """As many as stand in the line; `--explain` lists them all."""
    few = [reasons[0]] if reasons else []
    for reason in reasons[1:]:
        if len(", ".join([*few, reason])) > REASONS:
            break
        few.append(reason)
    more = f" and {len(reasons) - len(few)} more" if len(few) < len(reasons) else ""
    return ", ".join(few) + more


def _cause(cause: Cause) -> str:
    if cause.kind == "merge":
        return cause.detail
    return f"{cause.kind} {cause.state}" if cause.name == cause.kind else f"{cause.kind} `{cause.name}` {cause.state}"


def _show_cell(cell: Cell) -> None:
    shown = {"judge": "{}(...)", "gold": "gold of {}"}.get(cell.kind, "{}")
    name, noun = shown.format(cell.name), "text" if cell.kind == "meaning" else "call"
    if cell.high == 0:
        say(f"  = {name:<26} {'reused':<10} {plural(cell.reused, noun)}")
        return
    mark = paint("~", "yellow") if cell.reused else paint("+", "green")
    reused = f", {cell.reused:,} reused" if cell.reused else ""
    some = noun if cell.low == cell.high == 1 else f"{noun}s"
    say(f"  {mark} {name:<26} {'run':<10} {_range(cell.low, cell.high)} {some}{reused}")


def _range(low: int, high: int) -> str:
    return f"{low:,}" if low == high else f"{low:,}–{high:,}"


def _sum(found: list[Forecast]) -> str:
    changed = [one for one in found if one.how == "run"]
    waiting = [one.dataset for one in found if one.how == "depends"]
    if not changed:
        words = any(one.how == "described" for one in found)
        return "Plan: nothing to do but to commit the new words." if words else "Plan: nothing to do."
    steps = sum(cell.high > 0 for one in changed for cell in one.cells.values())
    low, high, worst = (sum(getattr(one, name) for one in changed) for name in ("low", "high", "worst"))
    reused = sum(one.reused for one in changed)
    bound = f" (worst case {worst:,})" if worst > high else ""
    cost = _cost(changed)
    return (
        f"Plan: {plural(len(changed), 'dataset')} to change, {plural(steps, 'step')} to run, "
        f"{plural(reused, 'call')} reused,\n      {_range(low, high)} new{bound}.{cost}{_after(waiting)}"
    )


def _after(waiting: list[str]) -> str:
    """What no plan can know before the rows are there that it is made from."""
    if not waiting:
        return ""
    known = "what it takes is" if len(waiting) == 1 else "what they take is"
    return f"\n      Then {', '.join(waiting)}: {known} known when the rows before are there."


def _cost(changed: list[Forecast]) -> str:
    """` About 9k tokens, 1 min.` where the version before and this machine tell."""
    tokens = [one.expected_tokens for one in changed]
    if any(number is None for number in tokens):
        return ""
    seconds = [one.expected_seconds for one in changed]
    time = "" if None in seconds else f", {duration(sum(number or 0 for number in seconds))}"
    return f"\n      About {_short(sum(number or 0 for number in tokens))} tokens{time}."


def _short(number: float) -> str:
    """`9k`, `1.2M`."""
    if number < 1_000:
        return f"{number:.0f}"
    return f"{number / 1_000:.0f}k" if number < 1_000_000 else f"{number / 1_000_000:.1f}M"


def _json(one: Forecast) -> dict[str, object]:
    from runtime.diff.causes import causes

    return {
        "dataset": one.dataset,
        "how": one.how,
        "depends": list(one.waits),
        "candidates": one.candidates,
        "causes": [_cause(cause) for cause in causes(one.previous, one.now)] if one.now else [],
        "why": why_dataset(one),
        "inputs": one.inputs,
        "decisions": dict(Counter(found.state for found in one.decisions)),
        "calls": {"reused": one.reused, "low": one.low, "high": one.high, "worst": one.worst},
        "order": list(one.order),
        "cached": prompts.best(one),
        "tokens": one.expected_tokens,
        "seconds": one.expected_seconds,
        "steps": [
            {
                "step": cell.name,
                "kind": cell.kind,
                "reused": cell.reused,
                "low": cell.low,
                "high": cell.high,
                "worst": cell.worst,
                "why": why_step(one, cell),
                "prompts": [prompts.as_json(found) for found in prompts.of(one, cell)],
            }
            for cell in one.cells.values()
        ],
    }
