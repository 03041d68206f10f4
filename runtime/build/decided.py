"""What people decided about a dataset's rows in; what a build makes of its candidates with that, out.

A decision applies where the row is the one that was seen. A row that a person rejected is dropped, and an edited one
has the new values, before anything that looks at the whole table counts it, and in what is emitted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from compiler import plan
from compiler.functions.plain import plain
from dsl import tree
from dsl.diagnostics import Diagnostic
from runtime.build.changes import Changes
from runtime.build.schemas import emit_schema
from runtime.decisions.effect import Effect, effect, own, rejected_key, sortable
from runtime.decisions.model import STATEMENT, Decision, Made, Place, Recorded, Standing
from runtime.decisions.standing import standings
from runtime.decisions.stored import applied_digest, recorded
from runtime.decisions.values import row_hashes
from runtime.program.outcome import Kept, Outcome, Rejected, Scored
from runtime.tables.keys import Key
from runtime.tables.layout import shard_path
from runtime.tables.manifest import Manifest, Shard
from runtime.tables.schema import Schema

SHOWN = 5
Edits = Mapping[str, Any]
"""New values of a row's names, for what reads a name and not a column."""


@dataclass
class Decided:
    """The decisions of the version that is built on, by candidate. Those that only accept change nothing."""

    dataset: plan.DatasetPlan
    found: Sequence[Recorded] = ()
    parts: int = 0
    """Of a candidate's key; what follows them in a row's key is its position."""
    _by_candidate: dict[Key, dict[Place, Decision]] = field(default_factory=lambda: defaultdict(dict))
    _dropped: dict[Key, list[tuple[Key, Rejected]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for one in self.found:
            if one.decision.verdict != "accept":
                self._by_candidate[one.key[: self.parts]][one.place] = one.decision
        emits = self.dataset.of(plan.Emit)
        self._schemas: dict[str, Schema] = {table: emit_schema(step) for step in emits for table in step.tables}
        self._names = _names(self.dataset)

    def concerns(self, candidate: Key) -> bool:
        return candidate in self._by_candidate

    def outcome(self, candidate: Key, outcome: Outcome) -> tuple[Outcome, Edits]:
        """What becomes of a candidate, and of its names: one that is dropped already is no affair of people."""
        if not isinstance(outcome, Kept) or not self.concerns(candidate):
            return outcome, {}
        return self.fate(candidate, outcome)

    def fate(self, candidate: Key, outcome: Kept) -> tuple[Kept | Rejected, Edits]:
        came = self.effect(candidate, [((table, (*candidate, *place)), row) for table, place, row in outcome.rows])
        if came.rejected is not None:
            return dropped(came.rejected), {}
        self._dropped[candidate] = [
            (rejected_key(self.dataset.name, place), dropped(decision))
            for place, decision in sorted(came.dropped.items(), key=lambda item: sortable(item[0]))
        ]
        edits = self._edits(came)
        rows = tuple((one.table, _position(candidate, one.key), one.row) for one in came.rows)
        scores = tuple(self._scored(scored, edits) for scored in outcome.scores)
        return replace(outcome, rows=rows, scores=scores), edits

    def effect(self, candidate: Key, rows: Sequence[tuple[Place, Mapping[str, object]]]) -> Effect:
        decided = self._by_candidate.get(candidate, {})
        made = [Made(*place, row, self._hash(place, row) if place in decided else "") for place, row in rows]
        return effect(self.dataset.name, candidate, made, decided)

    def single(self, candidate: Key) -> Sequence[tuple[Key, Rejected]]:
        """Rows that people rejected of a candidate that is kept, as they stand among the rejected."""
        return self._dropped.get(candidate, ())

    def instead(self, step: str, value: object, edits: Edits) -> object:
        """What a `dedup` compares: the edited value where it reads nothing but a name that was edited."""
        return edits.get(self._names.compared.get(step, ""), value)

    def _scored(self, scored: Scored, edits: Edits) -> Scored:
        score = edits.get(self._names.ranked.get(scored.step, ""), scored.score)
        apart = edits.get(self._names.compared.get(scored.step, ""), scored.apart)
        return Scored(scored.step, score if isinstance(score, int | float) else None, apart)

    def _edits(self, came: Effect) -> Edits:
        """By the name that a column of the dataset's own table shows; one row of several stands for no name."""
        shown = {} if self.dataset.makes_many else self._names.shown
        values = [
            item
            for (table, _), decision in came.applied.items()
            if decision.verdict == "edit" and own(table, self.dataset.name)
            for item in decision.values.items()
        ]
        return {shown[column]: value for column, value in values if column in shown}

    def _hash(self, place: Place, row: Mapping[str, object]) -> str:
        return row_hashes(self._schemas[place[0]], [place[1]], [plain(row)])[0]


@dataclass(frozen=True, slots=True)
class _Names:
    """The plain names that columns show, and that statements of the whole table compare or rank by."""

    shown: Mapping[str, str]
    compared: Mapping[str, str]
    ranked: Mapping[str, str]


def _names(dataset: plan.DatasetPlan) -> _Names:
    emits = [step for step in dataset.of(plan.Emit) if step.table == dataset.name]
    columns = [(column.name, column.value) for step in emits for column in step.columns]
    values = [(step.id, step.value) for step in dataset.of(plan.Dedup)]
    selects = dataset.of(plan.Select)
    return _Names(
        _refs(columns),
        _refs([*values, *((step.id, step.apart) for step in selects)]),
        _refs([(step.id, step.by) for step in selects]),
    )


def _refs(found: Sequence[tuple[str, tree.Expr | None]]) -> dict[str, str]:
    return {key: value.name for key, value in found if isinstance(value, tree.Ref)}


def dropped(decision: Decision) -> Rejected:
    return Rejected(STATEMENT, decision.reason, (), {"by": decision.by})


def _position(candidate: Key, key: Key) -> tuple[int, ...]:
    return tuple(part for part in key[len(candidate) :] if isinstance(part, int))


def decided(dataset: plan.DatasetPlan, changes: Changes) -> Decided:
    """What was decided about the version that is built on."""
    previous = changes.manifest(dataset.name)
    found = recorded(previous, partial(local, changes))
    return Decided(dataset, found, len(previous.key) if previous is not None else 0)


def local(changes: Changes, folder: str, shard: Shard) -> Path:
    """A shard of the version that is made, or of the one that it is made from."""
    return changes.local(shard_path(folder, shard.sha256))


def known(now: Manifest, previous: Manifest | None, found: Decided) -> Manifest:
    """What a build will say of the decisions: it keeps them as they are."""
    decisions = None if previous is None else previous.decisions
    return replace(now, decisions=decisions, applied=applied_digest(found.found))


def standing(manifest: Manifest, changes: Changes) -> Sequence[Standing]:
    """How the decisions stand in a version that is made, or in the one that it is made from."""
    return standings(manifest, partial(local, changes)) if manifest.decisions is not None else ()


def unsettled(manifest: Manifest, changes: Changes) -> tuple[Diagnostic, ...]:
    """W1001 and W1002: the decisions of a version that was made which it does not hold to, a few keys of each.

    Under a limit, rows that are not there were mostly not tried.
    """
    stood = standing(manifest, changes)
    stale = [one for one in stood if one.state == "stale"]
    moot = [one for one in stood if one.state == "moot" and manifest.limit is None]
    return (*(_warned(manifest.dataset, *STALE, stale)), *(_warned(manifest.dataset, *MOOT, moot)))


STALE = ("W1001", "is stale: its row has changed", "are stale: their rows have changed")
MOOT = ("W1002", "is about a row that is not there", "are about rows that are not there")


def _warned(dataset: str, code: str, single: str, many: str, found: Sequence[Standing]) -> Iterator[Diagnostic]:
    if not found:
        return
    keys = [f"`{one.decision.key}`" for one in found[:SHOWN]]
    more = f" and {len(found) - SHOWN:,} more" if len(found) > SHOWN else ""
    told = f"a decision about `{dataset}` {single}"
    yield Diagnostic(
        code,
        told if len(found) == 1 else f"{len(found):,} decisions about `{dataset}` {many}",
        notes=(f"{', '.join(keys)}{more}: kept, and not applied",),
        help=f"`synth decisions {dataset}` shows them; decide anew, or take them back with `--withdraw`",
    )
