"""What a version says of its answers, and what this machine's journal knows of calls, in; lines for people out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from runtime.cli.console import plural

if TYPE_CHECKING:
    from runtime.config.model import Profile
    from runtime.stories import Call
    from runtime.tables.manifest import Determinism, Manifest


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
