"""An engine in; the report on everything it was asked, out. One claim after another: each sees a quiet engine."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from runtime.bridge import run_in_greenlet
from runtime.engines.check.forms import FORMS
from runtime.engines.check.many import MANY, OTHER
from runtime.engines.check.report import Finding, Report, Times, Verdict
from runtime.engines.check.subject import BrokenClaim, Check, LackingAbility, Subject
from runtime.engines.check.text import TEXT
from runtime.engines.check.times import measure
from runtime.engines.check.turns import TURNS
from runtime.engines.protocol import Engine, EngineError, EngineRejected, EngineUnavailable, Sampling

CHECKS = (*TEXT, *FORMS, *TURNS, *MANY, *OTHER)
Tell = Callable[[Finding], None]


def run(engine: Engine, *, times: bool = False, tell: Tell = lambda finding: None) -> Report:
    """`examine`, for synchronous code; closes the engine's connections of this run."""

    async def whole() -> Report:
        try:
            return await examine(engine, times=times, tell=tell)
        finally:
            await engine.close()

    return asyncio.run(whole())


async def examine(engine: Engine, *, times: bool = False, tell: Tell = lambda finding: None) -> Report:
    """Asks for everything. `tell` hears of each finding at once. Raises `EngineUnavailable` when nobody answers."""
    about = await engine.about()
    at = Subject(engine, await run_in_greenlet(lambda: engine.identity))
    findings: list[Finding] = []
    stopped = ""
    for check in CHECKS if await _writes(at) else OTHER:
        found, gone = await _ask(check, at)
        findings.append(found)
        tell(found)
        if gone and (stopped := await _gone(at)):
            break
    measured: Times | None = await measure(at) if times and not stopped and len(findings) > len(OTHER) else None
    return Report(engine.name, at.identity, about, tuple(findings), measured, stopped)


async def _writes(at: Subject) -> bool:
    """A server of scores or vectors refuses to write; everything but what it is for would be asked in vain."""
    try:
        await at.ask(sampling=Sampling(max_tokens=1))
    except EngineRejected:
        return not await _serves(at)
    return True


async def _serves(at: Subject) -> bool:
    return any([(await _ask(check, at))[0].verdict == "can" for check in OTHER])


async def _ask(check: Check, at: Subject) -> tuple[Finding, bool]:
    """What was found, and whether the engine seems to be gone. A server that answers nonsense is a finding too."""
    begin = time.monotonic()
    gone = False
    verdict: Verdict
    try:
        if check.claim and not getattr(at.can, check.claim):
            raise LackingAbility("not claimed")
        verdict, seen = "can", await check.look(at)
    except LackingAbility as lacking:
        verdict, seen = "cannot", str(lacking)
    except BrokenClaim as broken:
        verdict, seen = "wrong", str(broken)
    except EngineError as error:
        gone = isinstance(error, EngineUnavailable)
        verdict, seen = "wrong", f"no answer: {error.message}" if gone else f"refused: {error.message}"
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        verdict, seen = "wrong", f"not understood: {type(error).__name__}: {error}"
    return Finding(check.name, check.sentence, verdict, seen, round(time.monotonic() - begin, 3)), gone


async def _gone(at: Subject) -> str:
    """Whether it answers anything at all any more; what it says when it does not."""
    try:
        await at.ask(sampling=Sampling(max_tokens=1))
    except EngineError as error:
        return error.message
    return ""
