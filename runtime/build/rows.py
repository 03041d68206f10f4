"""Rejected outcomes and trace events in; their rows, and their keys, in the committed tables out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from compiler.functions.plain import plain
from runtime.build.recorded import RecordedGens
from runtime.build.texts import Texts
from runtime.program.outcome import Rejected
from runtime.program.trace import Copied, Event
from runtime.tables.keys import Key, KeyPart
from runtime.tables.manifest import TableManifest
from runtime.tables.writer import TableWriter

if TYPE_CHECKING:
    import pyarrow as pa


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
    What the version before has word for word is marked in `before`, and its rows are copied when all is there.
    """

    def __init__(self, writer: TableWriter, texts: Texts, before: RecordedGens | None = None) -> None:
        self.writer, self._texts, self._before = writer, texts, before
        self.told: Counter[tuple[str, bool]] = Counter()
        self._keys: list[Key] = []
        self._events: list[Event] = []

    def add(self, key: Key, events: Sequence[Event]) -> None:
        if self._before is not None:
            events = self._made(events, self._before.copied)
        self._keys += [key] * len(events)
        self._events += events
        if len(self._events) >= self.writer.batch_rows:
            self.flush()

    def _made(self, events: Sequence[Event], copied: bytearray) -> list[Event]:
        made: list[Event] = []
        for event in events:
            if type(event) is Copied:
                copied[event.at] = True
            else:
                made.append(event)
        return made

    def finish(self) -> TableManifest:
        self.copy()
        return self.writer.finish()

    def copy(self) -> None:
        """Hands the rows that were marked to the writer, which reads them when it sorts."""
        if self._before is not None:
            self.writer.add_sorted(self._counted(self._before.take()))

    def _counted(self, blocks: Iterable[pa.Table]) -> Iterator[pa.Table]:
        for block in blocks:
            told = block.select(["role", "repeatable"]).group_by(["role", "repeatable"], use_threads=False)
            pairs = told.aggregate([([], "count_all")]).to_pylist()
            self._add({(pair["role"], pair["repeatable"]): pair["count_all"] for pair in pairs})
            yield block

    def flush(self) -> None:
        """Writes what is left, and counts by role whose answers an engine gives again."""
        if not self._events:
            return
        events, keys, self._events, self._keys = self._events, self._keys, [], []
        columns = {**_columns(events), "arguments": self._texts.named_json([event.arguments for event in events])}
        self._count(columns)
        self.writer.add_columns(_keyed(keys, columns), columns)

    def _count(self, columns: Mapping[str, Sequence[Any]]) -> None:
        self._add(Counter(zip(columns["role"], columns["repeatable"], strict=True)))

    def _add(self, pairs: Mapping[tuple[str | None, bool | None], int]) -> None:
        for (role, repeatable), count in pairs.items():
            if repeatable is not None:
                self.told[role or "", repeatable] += count


def digest_of(key: Key, event: Event) -> bytes:
    """Of the row that the event would have in the table of calls, were none of its texts long."""
    import pyarrow as pa

    from runtime.build.schemas import CALLS
    from runtime.tables.batches import batch_of_columns
    from runtime.tables.values import json_text

    arguments = pa.array([None if event.arguments is None else json_text(event.arguments)], pa.string())
    columns = {**_columns([event]), "arguments": arguments}
    found: bytes = batch_of_columns(CALLS, _keyed([key], columns), columns).column("_hash")[0].as_py()
    return found


def _keyed(keys: Sequence[Key], columns: dict[str, Any]) -> list[Sequence[KeyPart]]:
    """The parts of the events' keys; prints those of their rows beside them."""
    from runtime.tables.key_columns import printed_parts

    parts: list[Sequence[KeyPart]] = [*zip(*keys, strict=True)]
    columns["row"] = printed_parts(parts) if parts else [""] * len(keys)
    return [*parts, *(columns[name] for name in ("cell", "round", "element", "sample", "attempt"))]


def _columns(events: Sequence[Event]) -> dict[str, Any]:
    """A seed is text, for it has 64 bits without a sign."""
    return {
        "cell": [event.cell for event in events],
        "kind": [event.kind for event in events],
        "round": [event.round for event in events],
        "element": [event.element for event in events],
        "sample": [event.sample for event in events],
        "attempt": [event.attempt for event in events],
        "value": [event.value for event in events],
        "error": [event.error for event in events],
        "prompt": [event.prompt for event in events],
        "role": [event.role for event in events],
        "model": [event.model for event in events],
        "text": [event.text for event in events],
        "finish": [event.finish for event in events],
        "seed": [None if event.seed is None else str(event.seed) for event in events],
        "logprob": [event.logprob for event in events],
        "reasoning": [event.reasoning for event in events],
        "labels": [None if event.labels is None else dict(event.labels) for event in events],
        "p": [event.p for event in events],
        "prompt_tokens": [event.prompt_tokens for event in events],
        "completion_tokens": [event.completion_tokens for event in events],
        "repeatable": [event.repeatable for event in events],
        "call": [event.call for event in events],
    }
