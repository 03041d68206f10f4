"""Outcomes in candidate order in; a dataset's tables, rejected rows and calls, put into a store, out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import TYPE_CHECKING

from compiler import plan
from dsl.diagnostics import SynthError
from dsl.source import Span
from runtime.build.recorded import RecordedGens
from runtime.build.rows import CallRows, rejected_row
from runtime.build.schemas import CALLS, REJECTED, emit_schema
from runtime.build.texts import TEXTS, Texts
from runtime.program.outcome import Kept, Rejected
from runtime.program.trace import Event
from runtime.query.determinism import determinism
from runtime.store.port import Change
from runtime.tables import layout
from runtime.tables.keys import Key
from runtime.tables.manifest import Counts, Determinism, Manifest, TableManifest
from runtime.tables.writer import Put, TableWriter, table_changes

if TYPE_CHECKING:
    from runtime.build.decided import Decided
    from runtime.build.selection import End


@dataclass(frozen=True, slots=True)
class Written:
    """What a build leaves: manifests of its tables and the paths that its commit changes."""

    tables: Mapping[str, TableManifest]
    rejected: TableManifest
    calls: TableManifest
    counts: Counts
    changes: Mapping[str, Change]
    texts: TableManifest | None = None
    determinism: Mapping[str, Determinism] = field(default_factory=dict)


@dataclass
class Output:
    """Takes outcomes one at a time, in candidate order, and holds none of them. A context manager."""

    dataset: plan.DatasetPlan
    put: Put
    previous: Manifest | None = None
    kept: int = 0
    attempted: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    before: RecordedGens | None = None

    def __post_init__(self) -> None:
        name, previous = self.dataset.name, self.previous
        self._tables = {
            table: self._writer(
                emit_schema(step),
                layout.table_folder(name, table),
                previous.tables.get(table) if previous else None,
            )
            for step in self.dataset.of(plan.Emit)
            for table in step.tables
        }
        before = (previous.rejected, previous.calls, previous.texts) if previous else (None, None, None)
        self._rejected = self._writer(REJECTED, layout.rejected_folder(name), before[0])
        self._texts = Texts(self._writer(TEXTS, layout.texts_folder(name), before[2]))
        self._calls = CallRows(self._writer(CALLS, layout.calls_folder(name), before[1]), self._texts, self.before)
        self._stack = ExitStack()
        for writer in (*self._tables.values(), self._rejected, self._calls.writer, self._texts.writer):
            self._stack.enter_context(writer)

    def _writer(self, schema: object, folder: str, previous: TableManifest | None) -> TableWriter:
        return TableWriter(schema, folder, self.put, previous)  # type: ignore[arg-type]

    def take(self, end: End, told: Decided) -> None:
        """One candidate, and rows of it that people rejected."""
        assert isinstance(end.outcome, Kept | Rejected)
        if isinstance(end.outcome, Kept):
            for key, rejected in told.single(end.key):
                self.reject_input(key, rejected)
        self.add(end.key, end.outcome, end.events)

    def add(self, key: Key, outcome: Kept | Rejected, events: Sequence[Event]) -> None:
        """One candidate's end with its whole story."""
        self.attempted += 1
        if isinstance(outcome, Kept):
            self.kept += 1
            for table, position, columns in outcome.rows:
                self._tables[table].add((*key, *position), columns)
        else:
            self.reasons[outcome.step] += 1
            self._rejected.add(key, rejected_row(outcome))
        self._calls.add(key, events)

    @property
    def told(self) -> Counter[tuple[str, bool]]:
        """Calls by role and by whether the engine gives their answers again; complete after `flush`."""
        return self._calls.told

    def flush(self) -> None:
        """Hands the calls that wait to their writer."""
        self._calls.flush()

    def reject_input(self, key: Key, outcome: Rejected) -> None:
        """A row of an input that breaks its record's constraint: kept with its reason, and no candidate."""
        self._rejected.add(key, rejected_row(outcome))

    def finish(self) -> Written:
        """E1013 where two rows have one key, at the `key = [...]` that made it."""
        try:
            tables = {name: self._finished(name, writer) for name, writer in self._tables.items()}
            self.flush()
            rejected, calls, texts = (writer.finish() for writer in (self._rejected, self._calls, self._texts.writer))
        except SynthError as error:
            raise SynthError(
                *(replace(found, span=found.span or self._keyed()) for found in error.diagnostics)
            ) from None
        counts = Counts(self.attempted, self.kept, dict(sorted(self.reasons.items())))
        changes = self._changes(tables, rejected, calls, texts)
        return Written(tables, rejected, calls, counts, changes, texts if texts.rows else None, determinism(self.told))

    def _finished(self, name: str, writer: TableWriter) -> TableManifest:
        """A table knows whether a merge may put its rows together from two."""
        atomic = any(step.atomic for step in self.dataset.of(plan.Emit) if name in step.tables)
        return replace(writer.finish(), atomic=atomic)

    def _keyed(self) -> Span | None:
        key = self.dataset.key
        return Span(key[0].span.path, key[0].span.start, key[-1].span.end) if key else None

    def _changes(
        self,
        tables: Mapping[str, TableManifest],
        rejected: TableManifest,
        calls: TableManifest,
        texts: TableManifest,
    ) -> dict[str, Change]:
        name, before = self.dataset.name, self.previous
        changes: dict[str, Change] = {}
        for table in {**(before.tables if before else {}), **tables}:
            writer = self._tables.get(table)
            changes |= table_changes(
                layout.table_folder(name, table),
                before.tables.get(table) if before else None,
                tables.get(table),
                writer.written if writer else {},
            )
        pairs = (
            (layout.rejected_folder(name), before.rejected if before else None, rejected, self._rejected),
            (layout.calls_folder(name), before.calls if before else None, calls, self._calls.writer),
            (layout.texts_folder(name), before.texts if before else None, texts, self._texts.writer),
        )
        for folder, old, new, writer in pairs:
            changes |= table_changes(folder, old, new, writer.written)
        return changes

    def __enter__(self) -> Output:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
