"""A value as a library gives it in; the plain JSON-like value that rows hold, out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID


class NotPlain(ValueError):
    """A value that rows cannot hold; the message names its kind."""


def plain(value: Any) -> Any:
    """Dates and times become ISO texts, decimals numbers, NaN null. Raises NotPlain for bytes and the like."""
    kind = type(value)
    if kind in (str, int, bool) or value is None:
        return value
    if kind is float:
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return _special(value)


def _special(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return plain(float(value)) if value % 1 else int(value)
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    raise NotPlain("bytes" if isinstance(value, bytes | bytearray | memoryview) else type(value).__name__)
