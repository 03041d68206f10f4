"""What a person decided about a row, and how it stands: types only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from runtime.tables.keys import Key
from runtime.tables.schema import JSON, STR, optional, schema

Json = Any
Verdict = Literal["accept", "reject", "edit"]
State = Literal["applied", "pending", "stale", "moot"]
VERDICTS: tuple[Verdict, ...] = ("accept", "reject", "edit")

STATEMENT = "decision"
"""What a row that a person rejected was dropped by, where others have the id of a statement."""

DECISIONS = schema(
    {
        "of_table": STR,
        "row": STR,
        "verdict": STR,
        "seen": STR,
        "values": optional(JSON),
        "generated": optional(JSON),
        "who": STR,
        "note": STR,
    }
)
"""Keyed by the table's name and the parts of the row's key. `generated` is what the decision took the place of."""


@dataclass(frozen=True, slots=True)
class Decision:
    """`key` is the row's as printed; `seen` the hex hash of the generated row, empty for the row as it is now.

    `values` are an edit's new ones, by column.
    """

    table: str
    key: str
    seen: str
    verdict: Verdict
    values: Mapping[str, Json] = field(default_factory=dict)
    by: str = ""
    note: str = ""

    @property
    def reason(self) -> str:
        return f"a person: {self.note}" if self.note else "a person"


@dataclass(frozen=True, slots=True)
class Standing:
    """A decision in one version. `state`:

    applied  the version's tables are as it says
    pending  they are not yet: the next build applies it
    stale    the row has changed since it was seen; the decision is kept, and not applied
    moot     there is no such row any more

    `generated` is the row as it was made, where the decision keeps it; `now` the row as it is in the tables.
    """

    decision: Decision
    state: State
    why: str = ""
    generated: Mapping[str, Json] | None = None
    now: Mapping[str, Json] | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A row of a candidate as it was made, or as it is: plain values. `hash` is of its content, as hex."""

    table: str
    key: Key
    row: Mapping[str, Json]
    hash: str

    @property
    def place(self) -> Place:
        return self.table, self.key


Place = tuple[str, Key]
"""A row of a dataset: its table and its key."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A decision as it is kept, with the rows whose place it took: of a rejected candidate all it had made."""

    decision: Decision
    key: Key
    generated: tuple[Made, ...] = ()

    @property
    def place(self) -> Place:
        return self.decision.table, self.key

    @property
    def own_rows(self) -> tuple[Made, ...]:
        """The decided row itself, where it is kept."""
        return tuple(row for row in self.generated if row.place == self.place)
