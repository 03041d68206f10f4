"""Shards of committed calls in; the journal's entries that they stand for, out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

from runtime.engines.protocol import Answer

TOKENS = ("prompt_tokens", "completion_tokens", "logprob", "labels", "reasoning", "repeatable")
COLUMNS = ("call", "kind", "value", "text", "finish", *TOKENS)


def stored_answers(paths: Iterable[Path]) -> Iterator[tuple[bytes, bytes]]:
    """(key, value) of every call and every run; draws and values that asked nobody are passed over."""
    import pyarrow.parquet as pq

    for path in paths:
        held = [name for name in COLUMNS if name in pq.read_schema(path).names]
        for row in pq.read_table(path, columns=held).to_pylist():
            if row["call"] is not None:
                stored = row["value"].encode() if row["kind"] == "run" else _answer(row).to_json()
                yield bytes.fromhex(row["call"]), stored


def _answer(row: dict[str, Any]) -> Answer:
    labels = orjson.loads(row["labels"]) if row["labels"] else None
    return Answer(
        text=row["text"],
        finish=row["finish"],
        prompt_tokens=row["prompt_tokens"],
        completion_tokens=row["completion_tokens"],
        logprob=row["logprob"],
        labels=labels or {},
        reasoning=row.get("reasoning"),
        repeatable=bool(row.get("repeatable")),
        label_mass=sum(map(math.exp, labels.values())) if labels else None,
    )
