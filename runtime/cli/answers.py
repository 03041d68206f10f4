"""What a version says of its answers, and what this machine's journal knows of calls, in; lines for people out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from runtime.cli.console import plural, signs

if TYPE_CHECKING:
    from runtime.build.verify import Verified
    from runtime.config.model import Profile
    from runtime.engines.protocol import Answer
    from runtime.stories import Call
    from runtime.tables.manifest import Determinism, Manifest

SHOWN, LENGTH = 5, 66
"""Answers that came out otherwise, and characters of each, that are shown; the JSON has them all."""


def recorded_line(manifest: Manifest, profile: Profile) -> str | None:
    """`answers of critic, some of writer (gpu) are recorded, not repeatable: …`; None where all are repeatable."""
    roles: dict[str, list[str]] = {}
    for role, found in manifest.determinism.items():
        if found.recorded:
            named = f"some of {role}" if found.repeatable else role
            roles.setdefault(profile.binding(role).engine, []).append(named)
    if not roles:
        return None
    told = "; ".join(f"{', '.join(names)} ({engine})" for engine, names in roles.items())
    return f"answers of {told} are recorded, not repeatable: rebuilds come from the journal"


def counted(found: Determinism) -> str:
    """`40 answers repeatable`, `40 answers recorded`, `37 answers repeatable, 3 recorded`"""
    counts = {"repeatable": found.repeatable, "recorded": found.recorded}
    told = [f"{number:,} {{}}{word}" for word, number in counts.items() if number]
    return ", ".join(text.format("" if place else "answers ") for place, text in enumerate(told))


def led_there(calls: Iterable[Call], cached: Mapping[str, int]) -> str | None:
    """`5 calls led there: 1,024 + 80 tokens, 700 cached`; None where no engine was asked."""
    asked = {call.call: call for call in calls if call.call and call.prompt_tokens is not None}
    if not asked:
        return None
    prompt = sum(call.prompt_tokens or 0 for call in asked.values())
    completion = sum(call.completion_tokens or 0 for call in asked.values())
    known = sum(cached.get(key, 0) for key in asked)
    told = f"{plural(len(asked), 'call')} led there: {prompt:,} + {completion:,} tokens"
    return told + (f", {known:,} cached" if known else "")


def verified_lines(found: Verified) -> Iterator[str]:
    """What was asked again, and each answer that came out otherwise."""
    if not found.asked:
        yield "nothing to verify: no stored answer is repeatable"
        return
    told = "all came out the same" if not found.drifts else f"{len(found.drifts):,} came out otherwise"
    yield f"asked {found.asked:,} of {plural(found.repeatable, 'repeatable answer')} again: {told}"
    for drift in found.drifts[:SHOWN]:
        where = drift.place
        yield f"  {where.dataset} {where.row}  {where.cell} by {where.role}" if where else f"  call {drift.call}"
        yield f"    then {_said(drift.then)}"
        yield f"    now  {_said(drift.now)}"
    if len(found.drifts) > SHOWN:
        yield f"  and {len(found.drifts) - SHOWN:,} more"


def _said(answer: Answer | None) -> str:
    """On one line: a text, or of a judgement the probability of what it says."""
    if answer is None:
        return "refused"
    text = " ".join(signs(answer.text).split())
    told = text if len(text) <= LENGTH else f"{text[: LENGTH - 1]}…"
    return f"{told}, p {answer.probability(answer.text):.4f}" if answer.labels else told


def verified_json(found: Verified) -> dict[str, Any]:
    return {
        "asked": found.asked,
        "repeatable": found.repeatable,
        "recorded": found.recorded,
        "otherwise": [
            {
                **(asdict(drift.place) if drift.place else {}),
                "engine": drift.engine,
                "call": drift.call,
                "then": drift.then.text,
                "now": drift.now.text if drift.now else None,
            }
            for drift in found.drifts
        ],
    }
