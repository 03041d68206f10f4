"""A version and the decisions kept in it in; what its candidates made, as if nobody had decided anything, out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from runtime.decisions.effect import rejected_key
from runtime.decisions.look import Local, candidate_of, look
from runtime.decisions.model import STATEMENT, Made, Place, Recorded
from runtime.decisions.values import fits, row_hashes
from runtime.tables.keys import Key
from runtime.tables.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Before:
    """`found` are the decisions of each candidate, `there` its rows in the version, `rejected` its entries among the
    rejected, and `edited` the hashes of the rows that edits make, by their place.

    The rows that decisions keep have their hashes; those that fit their table no longer have none.
    """

    manifest: Manifest
    found: Mapping[Key, Sequence[Recorded]]
    there: Mapping[Key, Mapping[Place, Made]]
    rejected: Mapping[Key, Mapping[Key, Mapping[str, Any]]]
    edited: Mapping[Place, str]

    @classmethod
    def of(cls, manifest: Manifest, local: Local, candidates: Collection[Key], found: Iterable[Recorded]) -> Before:
        """Of these candidates alone; `found` may be about others, too."""
        mine: dict[Key, list[Recorded]] = {candidate: [] for candidate in candidates}
        for one in found:
            if (candidate := candidate_of(manifest, one.key)) in mine:
                mine[candidate].append(one)
        kept = [one for recorded in mine.values() for one in recorded]
        made = iter(hashed(manifest, [one.generated for one in kept]))
        with_hashes = {key: [replace(one, generated=next(made)) for one in those] for key, those in mine.items()}
        edits = [edited(one) for one in kept]
        hashes = {row.place: row.hash for rows in hashed(manifest, edits) for row in rows}
        looked = look(manifest, local, mine.keys())
        there: dict[Key, dict[Place, Made]] = {key: {} for key in mine}
        gone: dict[Key, dict[Key, Mapping[str, Any]]] = {key: {} for key in mine}
        for place, row in looked.rows.items():
            there.setdefault(candidate_of(manifest, place[1]), {})[place] = row
        for key, entry in looked.rejected.items():
            gone.setdefault(candidate_of(manifest, key), {})[key] = entry
        return cls(manifest, with_hashes, there, gone, hashes)

    def made(self, candidate: Key) -> dict[Place, Made]:
        """Its rows as they are, with what decisions took the place of."""
        found = self.found[candidate]
        if self.is_dropped(candidate):
            cause = max(found, key=lambda one: len(one.generated), default=None)
            return {} if cause is None else {one.place: one for one in cause.generated if one.hash}
        made = dict(self.there[candidate])
        for one in found:
            if self._took_effect(candidate, one):
                made |= {row.place: row for row in one.own_rows if row.hash}
        return made

    def is_dropped(self, candidate: Key) -> bool:
        """Whether people rejected the candidate as a whole."""
        return self._statement(candidate, candidate) == STATEMENT

    def _statement(self, candidate: Key, key: Key) -> str | None:
        entry = self.rejected[candidate].get(key)
        return None if entry is None else str(entry["statement"])

    def _took_effect(self, candidate: Key, one: Recorded) -> bool:
        """Whether the version's row is as the decision says, and not as it was made."""
        there = self.there[candidate].get(one.place)
        if one.decision.verdict == "reject":
            key = rejected_key(self.manifest.dataset, one.place)
            return there is None and self._statement(candidate, key) == STATEMENT
        return there is not None and one.decision.verdict == "edit" and there.hash == self.edited.get(one.place)


def edited(one: Recorded) -> tuple[Made, ...]:
    """The row that an edit makes, where what it was made from is kept."""
    if one.decision.verdict != "edit":
        return ()
    return tuple(replace(row, row={**row.row, **one.decision.values}) for row in one.own_rows)


def hashed(manifest: Manifest, groups: Sequence[Sequence[Made]]) -> list[tuple[Made, ...]]:
    """The rows of each group with their hashes, all of a table at once; without one where they do not fit it now."""
    by_table: dict[str, list[Made]] = defaultdict(list)
    for row in (row for group in groups for row in group if _fits(manifest, row)):
        by_table[row.table].append(row)
    hashes: dict[int, str] = {}
    for table, rows in by_table.items():
        schema = manifest.tables[table].schema
        found = row_hashes(schema, [row.key for row in rows], [row.row for row in rows])
        hashes |= {id(row): one for row, one in zip(rows, found, strict=True)}
    return [tuple(replace(row, hash=hashes.get(id(row), "")) for row in group) for group in groups]


def _fits(manifest: Manifest, made: Made) -> bool:
    table = manifest.tables.get(made.table)
    if table is None or set(table.schema.names) != made.row.keys():
        return False
    return all(fits(column.type, made.row[column.name]) for column in table.schema.columns)
