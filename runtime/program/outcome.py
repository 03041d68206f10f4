"""How a candidate ends: kept, dropped for a reason, or unknown because a call is not answered yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


class Dropped(Exception):
    """Ends a candidate. `step` is the plan's step id, `reason` one line, `names` what `dropped by x` matches.

    Raised only for reasons that are functions of answers; an engine that does not answer never drops a row.
    """

    def __init__(self, step: str, reason: str, names: tuple[str, ...] = (), partner: str | None = None) -> None:
        super().__init__(f"dropped by {step}: {reason}")
        self.step, self.reason, self.names, self.partner = step, reason, names, partner


class Again(Exception):
    """A `require … else retry` failed and the row comes round again; never leaves `Row.attempt`."""


class Unanswered(Exception):
    """Raised by a plan's dry run at the first call that the journal cannot answer; `cell` is the step that made it."""

    def __init__(self, cell: str) -> None:
        super().__init__(cell)
        self.cell = cell


class Full(Exception):
    """Ends a candidate whose group has its number already, of those before it: `target = 5 per product`."""


class TooLong(Exception):
    """Raised where an element's number has no room for its place; the statement that makes the list drops the row."""


ENDS = (Dropped, Unanswered, TooLong)
"""How a part of a candidate can end without a fault."""


@dataclass(frozen=True, slots=True)
class Scored:
    """What a `select` chooses by: null is never chosen. `apart` is what it compares with those it has chosen."""

    step: str
    score: float | None
    apart: object = None


@dataclass(frozen=True, slots=True)
class Kept:
    """`rows` are (table, sub-key, columns) in emit order; `flags` the steps that marked it for a person.

    `scores` are for the selects, which decide when all candidates have ended.
    """

    rows: tuple[tuple[str, tuple[int, ...], Mapping[str, object]], ...]
    flags: tuple[str, ...] = ()
    scores: tuple[Scored, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    step: str
    reason: str
    names: tuple[str, ...] = ()
    values: Mapping[str, object] = field(default_factory=dict)
    partner: str | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """Only in a dry run: the candidate's end depends on a call of `cell` that nobody has made."""

    cell: str


@dataclass(frozen=True, slots=True)
class Surplus:
    """Its group has its number: it belongs to no table and no count."""


Outcome = Kept | Rejected | Unknown | Surplus
