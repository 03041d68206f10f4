"""A version's rows and the decisions kept in it in; how each of them stands, out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from runtime.decisions.before import Before
from runtime.decisions.effect import sortable
from runtime.decisions.look import Local, candidate_of
from runtime.decisions.model import STATEMENT, Decision, Made, Recorded, Standing
from runtime.decisions.stored import recorded
from runtime.tables.keys import Key
from runtime.tables.manifest import Manifest


def standings(
    manifest: Manifest | None, local: Local, wanted: Callable[[Decision], bool] | None = None
) -> list[Standing]:
    """All decisions of a version, by table and key; or those of the candidates that have a wanted one."""
    found = recorded(manifest, local)
    if manifest is None or not found:
        return []
    wanted_of = {candidate_of(manifest, one.key) for one in found if wanted is None or wanted(one.decision)}
    before = Before.of(manifest, local, wanted_of, found)
    stood = []
    for candidate, mine in before.found.items():
        made = before.made(candidate)
        stood += [(sortable(one.place), _standing(before, candidate, made.get(one.place), one)) for one in mine]
    return [standing for _, standing in sorted(stood, key=lambda pair: pair[0])]


def _standing(before: Before, candidate: Key, row: Made | None, one: Recorded) -> Standing:
    """`row` is what is decided about, as it was made."""
    there = before.there[candidate].get(one.place)
    kept = next((old.row for old in one.own_rows), None)
    standing = Standing(one.decision, "applied", "", kept, there.row if there else None)
    if row is None:
        return replace(standing, state="moot", why=_why_gone(before, candidate))
    if row.hash != one.decision.seen:
        return replace(standing, state="stale", why="the row has changed since it was decided on")
    if one.decision.verdict == "reject":
        return replace(standing, state="applied" if there is None else "pending")
    if there is None:
        return replace(standing, state="moot", why=_why_gone(before, candidate))
    if one.decision.verdict == "edit" and there.hash != before.edited.get(one.place):
        return replace(standing, state="pending")
    return standing


def _why_gone(before: Before, candidate: Key) -> str:
    entry = before.rejected[candidate].get(candidate)
    if entry is None:
        return "there is no such row any more"
    if entry["statement"] == STATEMENT:
        return "its candidate was rejected by a person"
    return f"its candidate was dropped: {entry.get('reason', entry['statement'])}"
