"""A spec in; what a build of it would run, reuse and cost, without one model call, out."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import typer

from runtime.cli import plan_prompts as prompts
from runtime.cli.console import json_text, paint, plural, say, say_json, width
from runtime.cli.files import write
from runtime.cli.options import Dataset, Json, Limit, Params, ProfileName, Seed, Spec
from runtime.cli.plan_held import foreseen
from runtime.cli.plan_reasons import differing, waited_for, why_dataset, why_step
from runtime.cli.plan_sum import ranged, short, summed

if TYPE_CHECKING:
    from runtime.build.dry import Cell, Forecast
    from runtime.diff.model import Cause


CELL = 76
"""Characters that a line of 80 has for a statement."""
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
    pilot: int | None = typer.Option(
        None, "--pilot", metavar="N", min=1, help="First try N candidates of each dataset."
    ),
    output: str | None = typer.Option(None, "-o", "--output", metavar="FILE", help="Write the plan as JSON as well."),
    as_json: bool = Json,
) -> None:
    """Say what a build would run, before it does.

    Reused calls are exact. New ones are a range wherever a retry, a filter or a
    target hangs on an answer that nobody has given yet. No model is asked, but
    with --pilot: it tries N candidates, spread over all, to see how many are
    kept and what they cost. Their answers are stored: a build uses them again.

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
        found = bridge.run(foresee(analysis, session, Options(branch, only=only, limit=allowed), head, pilot or 0))
        report(over_budget(found, session.profile.budget, analysis), analysis.source)
        report([told for one in found for told in one.warnings], analysis.source)
    if output:
        write(output, json_text(told(found)))
    if as_json:
        say_json(told(found))
        return
    for one in found:
        _show(one, explain)
    say(summed(found))


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
        _show_cell(one, cell)
        _because(prompts.lines(one, cell), "      ")
        if explain:
            _because(why_step(one, cell), "      ")
    _show_acceptance(one)
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
    if one.previous is None:
        of = plural(one.candidates, "candidate") if one.candidates is not None else "endless candidates"
        return f"new, {of}"
    return _few([_cause(cause) for cause in differing(one)])


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


def _show_cell(one: Forecast, cell: Cell) -> None:
    """`~ answer    rerun    19–25 calls, follows question · ~9k tokens`: as much as stands in a line of 80."""
    shown = {"judge": "{}(...)", "gold": "gold of {}"}.get(cell.kind, "{}")
    name, noun = shown.format(cell.name), "text" if cell.kind == "meaning" else "call"
    if cell.high == 0:
        more = f", {cell.maybe:,} more if needed" if cell.maybe else ""
        say(f"  = {name:<26} {'reused':<10} {plural(cell.reused, noun)}{more}")
        return
    again = bool(cell.reused or cell.maybe or cell.name in one.rates)
    mark, how = (paint("~", "yellow"), "rerun") if again else (paint("+", "green"), "run")
    line = f"{name:<26} {how:<10} {ranged(cell.low, cell.high, cell.open, noun)}"
    for part in _parts(one, cell):
        line += part if len(line) + len(part) <= CELL else ""
    say(f"  {mark} {line}")


def _parts(one: Forecast, cell: Cell) -> Iterator[str]:
    if cell.reused or cell.maybe:
        yield f", {ranged(cell.reused, cell.reused + cell.maybe)} reused"
    before = [name for name in waited_for(one, cell) if not cell.unanswered]
    if before:
        yield f", follows {before[-1]}"
    tokens = one.tokens_of(cell)
    if tokens is not None and tokens >= 1:
        yield f" · ~{short(tokens)} tokens"


def _show_acceptance(one: Forecast) -> None:
    """`  ? 500 of about 640 candidates    610–690: 78% kept (71–84%) in the version before`"""
    found, needed = one.acceptance, one.needed
    if found is None or needed is None:
        return
    few, many = needed
    low, high = found.interval
    about = f"{few:,}–{many:,}" if many is not None else f"{few:,} or more"
    share = f"{found.share:.0%} kept ({low:.0%} to {high:.0%}) in {found.source}"
    say(f"  = {'target':<26} {f'{one.target:,}':<10} of {about} candidates")
    say(paint(f"      {share}", "dim"))


def as_json_of(one: Forecast) -> dict[str, object]:
    return {
        "dataset": one.dataset,
        "how": one.how,
        "depends": list(one.waits),
        "candidates": one.candidates,
        "causes": [_cause(cause) for cause in differing(one)],
        "why": why_dataset(one),
        "inputs": one.inputs,
        "decisions": dict(Counter(found.state for found in one.decisions)),
        "version": foreseen(one.now) if one.now else None,
        "calls": {
            "reused": one.reused,
            "maybe": one.maybe,
            "low": one.low,
            "high": one.high,
            "open": one.open,
            "worst": one.worst,
        },
        "acceptance": _acceptance(one),
        "order": list(one.order),
        "cached": prompts.best(one),
        "tokens": one.expected_tokens,
        "prompt_tokens": one.prompt_tokens,
        "tokenizer": one.tokenizer,
        "seconds": one.expected_seconds,
        "steps": [
            {
                "step": cell.name,
                "kind": cell.kind,
                "reused": cell.reused,
                "maybe": cell.maybe,
                "low": cell.low,
                "high": cell.high,
                "open": cell.open,
                "worst": cell.worst,
                "tokens": one.tokens_of(cell),
                "why": why_step(one, cell),
                "prompts": [prompts.as_json(found) for found in prompts.of(one, cell)],
            }
            for cell in one.cells.values()
        ],
    }


def told(found: Sequence[Forecast]) -> list[dict[str, object]]:
    """What `--json` prints, `-o` writes and `build --plan` holds a build to."""
    return [as_json_of(one) for one in found]


def _acceptance(one: Forecast) -> dict[str, object] | None:
    if one.acceptance is None:
        return None
    low, high = one.acceptance.interval
    found: dict[str, object] = {"kept": one.acceptance.kept, "attempted": one.acceptance.attempted}
    return {**found, "low": round(low, 4), "high": round(high, 4), "in": one.acceptance.source, "needed": one.needed}
