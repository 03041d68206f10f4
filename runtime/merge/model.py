"""What a merge is, as data: conflicts, what a person decided about them, and what a commit of it would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from dsl.diagnostics import Diagnostic
from runtime.store.port import Change, CommitId

Json = Any
Side = Literal["ours", "theirs"]
Take = Literal["ours", "theirs", "value", "regenerate"]
TAKES: tuple[Take, ...] = ("ours", "theirs", "value", "regenerate")


@dataclass(frozen=True, slots=True)
class Conflict:
    """One cell that both sides changed, or (where `column` is None) one row.

    A row conflicts as a whole when one side changed it and it is gone on the other, when both added it, and when its
    emit is `atomic`. `base`, `ours`, `theirs` are cells or rows, `diff.values.ABSENT` where there is none.
    """

    dataset: str
    table: str
    key: str
    column: str | None
    base: Json
    ours: Json
    theirs: Json


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a person takes in place of a conflict. `value` is a cell's, or a whole row's by column.

    `regenerate` leaves the row out of the merge: the next build makes it.
    """

    dataset: str
    table: str
    key: str
    column: str | None
    take: Take
    value: Json = None


@dataclass(frozen=True, slots=True)
class TableMerge:
    """Rows that one side changed, that both changed alike, and that were put together cell by cell.

    `conflicts` counts what nobody has resolved yet, `resolved` what a person or `prefer` did.
    """

    dataset: str
    table: str
    from_ours: int = 0
    from_theirs: int = 0
    both: int = 0
    cells: int = 0
    conflicts: int = 0
    resolved: int = 0


@dataclass(frozen=True)
class Merged:
    """`changes` lead from `ours` to the result. With `conflicts` left they hold what `ours` has in those places.

    `problems` are what a merge must not do in silence: rows that repeat each other, constraints and audits that fail on
    the result, schemas that do not go together. `parent`: the commit records `theirs` as its second parent; what a
    revert takes back is no parent of it.
    """

    base: CommitId | None
    ours: CommitId | None
    theirs: CommitId | None
    changes: Mapping[str, Change]
    tables: tuple[TableMerge, ...] = ()
    conflicts: Sequence[Conflict] = ()
    problems: tuple[Diagnostic, ...] = ()
    up_to_date: bool = False
    fast_forward: bool = False
    resolutions: Sequence[Resolution] = ()
    prefer: Side | None = None
    parent: bool = True
    datasets: Mapping[str, str] = field(default_factory=dict)
    """Every dataset that the merge changes: `theirs` (taken whole), `removed` (as in theirs) or `merged`."""
