"""A version's rows and the decisions kept in it in; what was made before people decided, and how each stands, out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from runtime.decisions.effect import rejected_key, sortable
from runtime.decisions.look import Local, Looked, candidate_of, look
from runtime.decisions.model import STATEMENT, Decision, Made, Place, Recorded, Standing
from runtime.decisions.stored import recorded
from runtime.decisions.values import fits, row_hashes
from runtime.tables.keys import Key
from runtime.tables.manifest import Manifest


def standings(
    manifest: Manifest | None, local: Local, wanted: Callable[[Decision], bool] | None = None
) -> list[Standing]:
    """All decisions of a version, by table and key; or those of the candidates that have a wanted one."""
    found = recorded(manifest, local)
    if manifest is None or not found:
        return []
    by_candidate = of_candidates(manifest, found)
    if wanted is not None:
        by_candidate = {key: mine for key, mine in by_candidate.items() if any(wanted(one.decision) for one in mine)}
    looked = look(manifest, local, by_candidate.keys())
    stood = []
    for candidate, mine in by_candidate.items():
        made = made_now(manifest, looked, candidate, mine)
        stood += [(sortable(one.place), _standing(manifest, looked, candidate, made, one)) for one in mine]
    return [standing for _, standing in sorted(stood, key=lambda pair: pair[0])]


def of_candidates(manifest: Manifest, found: Iterable[Recorded]) -> Mapping[Key, list[Recorded]]:
    by_candidate: dict[Key, list[Recorded]] = defaultdict(list)
    for one in found:
        by_candidate[candidate_of(manifest, one.key)].append(one)
    return by_candidate


def is_dropped(looked: Looked, candidate: Key) -> bool:
    """Whether people rejected the candidate as a whole."""
    return looked.rejected.get(candidate, {}).get("statement") == STATEMENT


def made_now(manifest: Manifest, looked: Looked, candidate: Key, found: Sequence[Recorded]) -> dict[Place, Made]:
    """What the candidate made, as if nobody had decided anything: its rows with what decisions took the place of."""
    if is_dropped(looked, candidate):
        cause = max(found, key=lambda one: len(one.generated), default=None)
        return {} if cause is None else {one.place: one for one in _hashed(manifest, cause.generated)}
    made = {place: row for place, row in looked.rows.items() if candidate_of(manifest, row.key) == candidate}
    for one in found:
        if _took_effect(manifest, looked, one):
            made |= {row.place: row for row in _hashed(manifest, one.own_rows)}
    return made


def _took_effect(manifest: Manifest, looked: Looked, one: Recorded) -> bool:
    """Whether the version's row is as the decision says, and not as it was made."""
    there = looked.rows.get(one.place)
    if one.decision.verdict == "reject":
        entry = looked.rejected.get(rejected_key(manifest.dataset, one.place), {})
        return there is None and entry.get("statement") == STATEMENT
    return there is not None and one.decision.verdict == "edit" and there.hash == edited_hash(manifest, one)


def edited_hash(manifest: Manifest, one: Recorded) -> str | None:
    """Of the row with the edit's values; None where the table has other columns by now."""
    edited = _hashed(manifest, [replace(row, row={**row.row, **one.decision.values}) for row in one.own_rows])
    return edited[0].hash if edited else None


def _hashed(manifest: Manifest, found: Sequence[Made]) -> list[Made]:
    """Those rows that fit their table as it is now, with their hashes."""
    rows = [row for row in found if _fits(manifest, row)]
    return [replace(row, hash=row_hashes(manifest.tables[row.table].schema, [row.key], [row.row])[0]) for row in rows]


def _fits(manifest: Manifest, made: Made) -> bool:
    table = manifest.tables.get(made.table)
    if table is None or set(table.schema.names) != made.row.keys():
        return False
    return all(fits(column.type, made.row[column.name]) for column in table.schema.columns)


def _standing(
    manifest: Manifest, looked: Looked, candidate: Key, made: Mapping[Place, Made], one: Recorded
) -> Standing:
    row, there = made.get(one.place), looked.rows.get(one.place)
    kept = next((old.row for old in one.own_rows), None)
    standing = Standing(one.decision, "applied", "", kept, there.row if there else None)
    if row is None:
        return replace(standing, state="moot", why=_why_gone(looked, candidate))
    if row.hash != one.decision.seen:
        return replace(standing, state="stale", why="the row has changed since it was decided on")
    if one.decision.verdict == "reject":
        return replace(standing, state="applied" if there is None else "pending")
    if there is None:
        return replace(standing, state="moot", why=_why_gone(looked, candidate))
    if one.decision.verdict == "edit" and there.hash != edited_hash(manifest, one):
        return replace(standing, state="pending")
    return standing


def _why_gone(looked: Looked, candidate: Key) -> str:
    entry = looked.rejected.get(candidate)
    if entry is None:
        return "there is no such row any more"
    if entry["statement"] == STATEMENT:
        return "its candidate was rejected by a person"
    return f"its candidate was dropped: {entry.get('reason', entry['statement'])}"
