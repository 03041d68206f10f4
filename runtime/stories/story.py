"""A candidate's key in; its end and every call that led to it, read from a commit's tables, out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from dsl.diagnostics import Diagnostic, SynthError, nearest
from runtime.decisions import STATEMENT, Standing, about
from runtime.program.trace import printed_slot
from runtime.query import Reference, query
from runtime.query.catalog import DatasetAt, dataset_at, datasets, no_dataset
from runtime.query.scratch import text
from runtime.query.texts import named_texts, read_texts, with_texts
from runtime.store.port import Store
from runtime.stories.origins import dataset_of_rows
from runtime.tables.keys import print_key
from runtime.tables.manifest import StepRecord


@dataclass(frozen=True, slots=True)
class Call:
    """One row of `calls`: what happened in a cell at one attempt. Fields as in `runtime.program.trace.Event`.

    `repeatable` is None, too, in a version that was built before it was recorded.
    """

    cell: str
    kind: str
    round: int
    element: int
    sample: int
    attempt: int
    value: Any
    error: str | None
    prompt: str | None
    arguments: Mapping[str, Any] | None
    role: str | None
    model: str | None
    text: str | None
    finish: str | None
    seed: str | None
    logprob: float | None
    p: float | None
    prompt_tokens: int | None
    completion_tokens: int | None
    repeatable: bool | None
    call: str | None

    @property
    def name(self) -> str:
        """The cell and its place: `claims, round 2, element 3, sample 1`."""
        where = printed_slot(self.round, self.element if self.kind != "judge" else 0, self.sample)
        return f"{self.cell}, {where}" if where else self.cell


@dataclass(frozen=True, slots=True)
class Rejection:
    key: str
    statement: str
    reason: str
    values: Any
    duplicate_of: str | None


@dataclass(frozen=True, slots=True)
class Story:
    """`kept` and `rejected` are both empty for a key that was no candidate, or came after the last kept one.

    A row of a mix has the calls of the dataset that made it, which is then `dataset`; `of` is what was asked for.
    """

    dataset: DatasetAt
    key: str
    kept: tuple[Mapping[str, Any], ...]
    rejected: Rejection | None
    calls: tuple[Call, ...]
    of: str = ""
    decisions: tuple[Standing, ...] = ()
    """What people decided about its rows."""


def story(store: Store, reference: Reference, key: str, at: str) -> Story:
    """E1031 for an unknown dataset, E1037 for a key that no candidate of this version has."""
    found = _dataset(store, reference, at)
    name = _quoted(reference, at)
    kept = tuple(_kept(store, found, name, key))
    rejections = _rejected(store, name, key, alone=not kept)
    decisions = tuple(about(found, key))
    calls = _rows(store, f"select * from {name}.calls where row = {text(key)}")
    made = _made(store, found, key) if kept else None
    if made is not None:
        decisions = (*decisions, *made.decisions)
        return replace(made, key=key, kept=kept, rejected=None, of=found.manifest.dataset, decisions=decisions)
    if not (kept or rejections or calls or decisions):
        raise SynthError(_no_key(store, name, found, key))
    told = sorted(_calls(found, calls), key=lambda call: _order(call, found.manifest.steps))
    rejection = _rejection(rejections[0]) if rejections else None
    return Story(found, key, kept, rejection, tuple(told), found.manifest.dataset, decisions)


def _made(store: Store, found: DatasetAt, key: str) -> Story | None:
    """The story that a row of a mix has in the dataset that it comes from; None where that is a file, and elsewhere."""
    part, _, own = key.partition("/")
    source = found.manifest.inputs.get(part)
    if source is None or not _is_part(part, found):
        return None
    origin = dataset_of_rows(store, found.commit, source.digest)
    if origin is None:
        return None
    mixed = _is_part(own.partition("/")[0], origin)
    candidate = own if mixed else "/".join(own.split("/")[: len(origin.manifest.key)])
    return story(store, Reference(origin.manifest.dataset), candidate, found.commit)


def _is_part(name: str, mix: DatasetAt) -> bool:
    return any(step.id == f"part {name}" for step in mix.manifest.steps)


def _order(call: Call, steps: Sequence[StepRecord]) -> tuple[Any, ...]:
    """As the row came to it: a loop round by round, a list element by element."""
    place = _place(call.cell, steps)
    loops = [at for at, step in enumerate(steps[:place]) if call.round and step.id.startswith("loop ")]
    around = max(loops, default=place)
    return around, call.round, place, call.cell, call.element, call.sample, call.attempt


def _place(cell: str, steps: Sequence[StepRecord]) -> int:
    """Where a row reaches the cell: the first statement that declares it, or that asks it as a judge."""
    for place, step in enumerate(steps):
        if cell in (step.id, step.id.partition(" ")[2]) or f"{cell}(" in step.title:
            return place
    return len(steps)


def latest_rejections(store: Store, reference: Reference, at: str, limit: int = 20) -> list[Rejection]:
    """The first so many dropped candidates, by key."""
    _dataset(store, reference, at)
    rows = _rows(store, f"select * from {_quoted(reference, at)}.rejected order by key limit {int(limit)}")
    return [_rejection(row) for row in rows]


def _dataset(store: Store, reference: Reference, at: str) -> DatasetAt:
    ref = reference.ref or at
    found = dataset_at(store, reference.dataset, ref)
    if found is None:
        raise SynthError(no_dataset(reference.dataset, datasets(store, store.resolve(ref))))
    return found


def _quoted(reference: Reference, at: str) -> str:
    name = f"{reference.dataset}@{reference.ref or at}"
    return f'"{name}"'


def _kept(store: Store, found: DatasetAt, name: str, key: str) -> list[Mapping[str, Any]]:
    """The candidate's rows in every emitted table; a row of many has its position behind the key."""
    same = f"key = {text(key)} or starts_with(key, {text(f'{key}/')})"
    return [
        {"table": table, **{k: v for k, v in row.items() if not k.startswith("_")}}
        for table in found.manifest.tables
        for row in _rows(store, f'select * from {name}."{table}" where {same}')
    ]


def _rejected(store: Store, name: str, key: str, *, alone: bool) -> list[dict[str, Any]]:
    """The candidate's entry; or that of one row of several which a person rejected: it stands under the row's key."""
    same = f"key = {text(key)}"
    if alone:
        same += f" or (statement = {text(STATEMENT)} and starts_with(key, {text(f'{key}/')}))"
    return _rows(store, f"select * from {name}.rejected where {same} order by length(key)")


def _rows(store: Store, sql: str) -> list[dict[str, Any]]:
    return query(store, sql).table.to_pylist()  # type: ignore[no-any-return]


def _rejection(row: Mapping[str, Any]) -> Rejection:
    return Rejection(row["key"], row["statement"], row["reason"], _json(row["values"]), row["duplicate_of"])


def _call(row: Mapping[str, Any]) -> Call:
    values = {name: row.get(name) for name in Call.__slots__}
    return Call(**{**values, "value": _json(row["value"]), "arguments": _json(row["arguments"])})


def _calls(found: DatasetAt, rows: Sequence[Mapping[str, Any]]) -> list[Call]:
    """With the long texts that they were given."""
    calls = list(map(_call, rows))
    part = found.parts().get("texts")
    names = [name for call in calls for name in named_texts(call.arguments)]
    if part is None or not names:
        return calls
    texts = read_texts(part.paths(), names)
    return [replace(call, arguments=with_texts(call.arguments, texts)) for call in calls]


def _json(value: str | None) -> Any:
    return None if value is None else orjson.loads(value)


def _no_key(store: Store, name: str, found: DatasetAt, key: str) -> Diagnostic:
    keys = [row["row"] for row in _rows(store, f"select distinct row from {name}.calls limit 5000")]
    whole = print_key((key,))  # a slash that is a part of a key is printed otherwise
    guess = whole if whole in keys else nearest(key, keys)
    tried = found.manifest.counts.attempted
    some = "1 candidate was" if tried == 1 else f"{tried:,} candidates were"
    return Diagnostic(
        "E1037",
        f"`{key}` is no candidate of `{found.manifest.dataset}` in this version",
        notes=(f"{some} tried; those after the last kept one belong to no table",),
        help=f"did you mean `{guess}`?" if guess else f"`synth sql 'select distinct row from {name}.calls'` lists keys",
    )
