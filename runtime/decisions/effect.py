"""What a candidate made and what people decided about its rows in; what becomes of it, out. Nothing is read or written.

A decision applies to the row that the person saw, and to no other: one whose hash differs stays as it was made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from runtime.decisions.model import STATEMENT, Decision, Json, Made, Place
from runtime.tables.keys import Key, encode_key


@dataclass(frozen=True, slots=True)
class Effect:
    """`rows` are what is left. `rejected` is the decision that drops the candidate as a whole, None where it stays;
    `dropped` those that drop single rows of one that stays. `applied` are all that had an effect, or accept."""

    rows: tuple[Made, ...]
    rejected: Decision | None = None
    dropped: Mapping[Place, Decision] = field(default_factory=dict)
    applied: Mapping[Place, Decision] = field(default_factory=dict)


def effect(dataset: str, candidate: Key, made: Sequence[Made], decided: Mapping[Place, Decision]) -> Effect:
    """A candidate is dropped with its row in the dataset's own table, or with the last of its rows."""
    applied = {one.place: decided[one.place] for one in made if _applies(decided.get(one.place), one)}
    rejected = {place: decision for place, decision in applied.items() if decision.verdict == "reject"}
    order = sorted(rejected, key=sortable)
    whole = next((place for place in order if place == (own(place[0], dataset), candidate)), None)
    if whole is None and made and len(rejected) == len(made):
        whole = order[0]
    if whole is not None:
        return Effect((), rejected[whole], {}, applied)
    rows = tuple(_edited(one, applied.get(one.place)) for one in made if one.place not in rejected)
    return Effect(rows, None, rejected, applied)


def sortable(place: Place) -> tuple[str, bytes]:
    """Keys whose parts have different types have an order in their bytes alone."""
    return place[0], encode_key(place[1])


def own(table: str, dataset: str) -> str | None:
    """The table, if it is the dataset's own or a part of that (`split by`)."""
    return table if table.partition("/")[0] == dataset else None


def rejected_key(dataset: str, place: Place) -> Key:
    """What a single row is known by among the rejected: candidates and rows of several tables must not meet there."""
    table, key = place
    return key if own(table, dataset) else (*key, table)


def rejected_row(decision: Decision) -> dict[str, Json]:
    return {
        "statement": STATEMENT,
        "reason": decision.reason,
        "names": [],
        "values": {"by": decision.by},
        "duplicate_of": None,
    }


def _applies(decision: Decision | None, made: Made) -> bool:
    return decision is not None and decision.seen == made.hash


def _edited(made: Made, decision: Decision | None) -> Made:
    """Its hash is of what it was before."""
    if decision is None or decision.verdict != "edit":
        return made
    return replace(made, row={**made.row, **decision.values})
