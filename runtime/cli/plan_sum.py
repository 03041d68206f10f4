"""Forecasts of a spec's datasets in; the last lines of `synth plan`: calls, tokens, time, the worst case, out."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from runtime.cli.console import plural
from runtime.cli.live import duration
from runtime.cli.workers import before

if TYPE_CHECKING:
    from runtime.build.dry import Forecast

WIDTH = 80
INDENT = " " * 6


def ranged(low: int, high: int, open_: bool = False, noun: str = "") -> str:
    """`12 calls`, `3–12 calls`, `3 calls or more` where a list may be longer than was counted."""
    few = f"{low:,}" if low == high or open_ else f"{low:,}–{high:,}"
    named = f" {noun}{'' if low == high == 1 and not open_ else 's'}" if noun else ""
    return f"{few}{named}{' or more' if open_ else ''}"


def summed(found: Sequence[Forecast]) -> str:
    changed = [one for one in found if one.how == "run"]
    waiting = [one.dataset for one in found if one.how == "depends"]
    if not changed:
        words = any(one.how == "described" for one in found)
        return "Plan: nothing to do but to commit the new words." if words else "Plan: nothing to do."
    steps = sum(cell.high > 0 for one in changed for cell in one.cells.values())
    low, high, worst = (sum(getattr(one, name) for one in changed) for name in ("low", "high", "worst"))
    reused, maybe = sum(one.reused for one in changed), sum(one.maybe for one in changed)
    open_ = any(one.open for one in changed)
    bound = f" (worst case {worst:,})" if worst > high and not open_ else ""
    more = f" {maybe:,} more if needed," if maybe else ""
    expected = _expected(changed) if low < high else ""
    calls = (
        f"Plan: {plural(len(changed), 'dataset')} to change, {plural(steps, 'step')} to run, "
        f"{plural(reused, 'call')} reused,{more} {ranged(low, high, open_)} new{bound}{expected}."
    )
    return _wrapped(calls, "") + _cost(changed) + _after(waiting) + _sooner(changed)


def _expected(changed: Sequence[Forecast]) -> str:
    """Where a pilot or the version before tells how many there will be of what may be."""
    running = [(one, cell) for one in changed for cell in one.cells.values() if cell.high and cell.kind != "meaning"]
    if any(cell.name not in one.rates and cell.low < cell.high for one, cell in running):
        return ""
    return f", about {sum(one.expected(cell) for one, cell in running):,.0f} expected"


def _after(waiting: Sequence[str]) -> str:
    """What no plan can know before the rows are there that it is made from."""
    if not waiting:
        return ""
    known = "what it takes is" if len(waiting) == 1 else "what they take is"
    return f"\n      Then {', '.join(waiting)}: {known} known when the rows before are there."


def _cost(changed: Sequence[Forecast]) -> str:
    """` About 9k tokens, 1 min on `local`.`; what is not known says what would tell."""
    running = [one for one in changed if one.high]
    if not running:
        return ""
    tokens, seconds = [one.expected_tokens for one in running], [one.expected_seconds for one in running]
    if None in tokens:
        return f"\n{_wrapped(_unmeasured(running), INDENT)}"
    time = "" if None in seconds else f", {_time(sum(number or 0 for number in seconds))}"
    engines = sorted({name for one in running for name in one.engines})
    where = f" on {' and '.join(f'`{name}`' for name in engines)}" if time and engines else ""
    return f"\n      About {short(sum(number or 0 for number in tokens))} tokens as in earlier calls{time}{where}."


def _unmeasured(running: Sequence[Forecast]) -> str:
    """Prompts can be measured before anything is asked; what is answered to them cannot."""
    found = [one.prompt_tokens for one in running]
    if None in found:
        return "Tokens and time are not known yet: `--pilot 20` measures them."
    engines = sorted({one.tokenizer for one in running if one.tokenizer})
    counted = f"counted by {' and '.join(f'`{name}`' for name in engines)}" if engines else "at 4 characters a token"
    tokens = f"About {short(sum(number or 0 for number in found))} tokens of prompts, {counted}."
    return f"{tokens} Answers and time are not known yet: `--pilot 20` measures them."


def _sooner(changed: Sequence[Forecast]) -> str:
    """Where the last long build with these models waited for itself."""
    seconds = [one.expected_seconds or 0 for one in changed]
    told = before(max(one.busy for one in changed), sum(seconds))
    return f"\n{_wrapped(told, INDENT)}" if told else ""


def _wrapped(text: str, indent: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=INDENT, break_on_hyphens=False)


def _time(seconds: float) -> str:
    return "less than a second" if seconds < 1 else duration(seconds)


def short(number: float) -> str:
    """`9k`, `1.2M`."""
    if number < 1_000:
        return f"{number:.0f}"
    return f"{number / 1_000:.0f}k" if number < 1_000_000 else f"{number / 1_000_000:.1f}M"
