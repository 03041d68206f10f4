"""A project's folder and calls in; how much of each prompt the engine had computed before, out.

It varies from run to run, so no commit says it: this machine's journal does, of the calls that were made here.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import orjson

from runtime.journal import Journal
from runtime.journal.database import FILE
from runtime.stories.story import Call


def cached_tokens(state: Path, calls: Iterable[Call]) -> dict[str, int]:
    """By the call's key; without those of which nothing is known, or nothing was cached. Makes no journal."""
    asked = {bytes.fromhex(call.call) for call in calls if call.call and call.kind != "run"}
    if not asked or not (state / "journal" / FILE).exists():
        return {}
    with Journal.open(state / "journal") as journal:
        held = journal.get_many(asked)
    found = {key.hex(): orjson.loads(value).get("cached_tokens", 0) for key, value in held.items()}
    return {key: tokens for key, tokens in found.items() if tokens}
