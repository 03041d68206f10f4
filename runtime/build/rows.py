"""Rejected outcomes and trace events in; their rows, and their keys, in the committed tables out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any

from compiler.functions.plain import plain
from runtime.build.texts import Texts
from runtime.program.outcome import Rejected
from runtime.program.trace import Event
from runtime.tables.keys import Key, KeyPart
from runtime.tables.writer import TableWriter

_AS_THEY_ARE = (
    *("cell", "kind", "round", "element", "sample", "attempt", "value", "error", "prompt", "role", "model", "text"),
    *("finish", "logprob", "reasoning", "p", "prompt_tokens", "completion_tokens", "repeatable", "call"),
)
_CHANGED = ("arguments", "seed", "labels")
_FIELDS = (*_AS_THEY_ARE, *_CHANGED)
_fields = attrgetter(*_FIELDS)


def rejected_row(outcome: Rejected) -> dict[str, Any]:
    return {
        "statement": outcome.step,
        "reason": outcome.reason,
        "names": list(outcome.names),
        "values": plain(outcome.values),
        "duplicate_of": outcome.partner,
    }


class CallRows:
    """Writes the table of calls, a batch of events at a time: each column is built at once, no event by itself.

    An event has the key of its candidate and what tells it apart from others. Long texts go to a table of their own.
    """

    def __init__(self, writer: TableWriter, texts: Texts) -> None:
        self.writer, self._texts = writer, texts
        self.told: Counter[tuple[str, bool]] = Counter()
        self._keys: list[Key] = []
        self._events: list[Event] = []

    def add(self, key: Key, events: Sequence[Event]) -> None:
        self._keys += [key] * len(events)
        self._events += events
        if len(self._events) >= self.writer.batch_rows:
            self.flush()

    def flush(self) -> None:
        """Writes what is left, and counts by role whose answers an engine gives again."""
        from runtime.tables.key_columns import printed_parts

        if not self._events:
            return
        events, keys, self._events, self._keys = self._events, self._keys, [], []
        columns: dict[str, Sequence[Any]] = dict(zip(_FIELDS, zip(*map(_fields, events), strict=True), strict=True))
        self._count(columns)
        place = [columns[name] for name in ("cell", "round", "element", "sample", "attempt")]
        parts: list[Sequence[KeyPart]] = [*zip(*keys, strict=True)]
        row = printed_parts(parts) if parts else [""] * len(events)
        written = {**columns, **self._changed(columns), "row": row}
        self.writer.add_columns([*parts, *place], written)

    def _changed(self, columns: Mapping[str, Sequence[Any]]) -> dict[str, Sequence[Any]]:
        """A seed is text, for it has 64 bits without a sign."""
        return {
            "arguments": self._texts.named_json(columns["arguments"]),
            "seed": [None if seed is None else str(seed) for seed in columns["seed"]],
            "labels": [None if labels is None else dict(labels) for labels in columns["labels"]],
        }

    def _count(self, columns: Mapping[str, Sequence[Any]]) -> None:
        pairs = Counter(zip(columns["role"], columns["repeatable"], strict=True))
        for (role, repeatable), count in pairs.items():
            if repeatable is not None:
                self.told[role or "", repeatable] += count
