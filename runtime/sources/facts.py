"""A project's state folder in; what is remembered about its input files out, and back. Losing it costs time only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from runtime.sources.digests import Facts
from runtime.whole import write_whole

NAME = "facts.json"


def load_facts(state: Path) -> dict[str, Any]:
    try:
        found = orjson.loads((state / "cache" / NAME).read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return {}
    return found if isinstance(found, dict) else {}


def save_facts(state: Path, facts: Facts) -> None:
    """Whole or not at all; the last of two writers wins."""
    write_whole(state / "cache" / NAME, orjson.dumps(dict(facts), option=orjson.OPT_SORT_KEYS))
