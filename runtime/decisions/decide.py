"""What people decided in; one commit in which it is kept, and in which the tables are as it says, out.

Every candidate concerned is taken back to what it made, and all that is decided about it now is applied to that: so the
order in which people decide makes no difference, and what is withdrawn leaves no trace.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from runtime.decisions.asked import Asked, asked
from runtime.decisions.before import Before
from runtime.decisions.effect import effect, rejected_key, rejected_row, sortable
from runtime.decisions.model import STATEMENT, Decision, Made, Place, Recorded
from runtime.decisions.stored import stored_row
from runtime.decisions.version import Version
from runtime.decisions.writing import Edits, commit_changes
from runtime.store.port import RACES, BranchMoved, Commit, CommitId, CommitRequest, Store
from runtime.tables.keys import Key
from runtime.tables.layout import dataset_folder


def decide(
    store: Store,
    branch: str,
    dataset: str,
    new: Sequence[Decision],
    *,
    withdraw: Sequence[tuple[str, str]] = (),
    expected: CommitId | None = None,
    message: str | None = None,
) -> Commit:
    """One commit, however many there are; the head where nothing changes. `withdraw` are (table, printed key).

    E1001, E1031, E1032 for what is not there, E1100 for rows, E1103 for values, E1107 for a row that has changed since
    it was seen, E1108 and E1109 for what cannot be meant; `BranchMoved` where `expected` is behind in this dataset.
    """
    for _ in range(RACES):
        head = _base(store, branch, dataset, expected)
        try:
            return store.commit(_request(store, branch, head, dataset, new, withdraw, message))
        except BranchMoved as moved:
            latest = moved
    raise latest


def _base(store: Store, branch: str, dataset: str, expected: CommitId | None) -> CommitId:
    """The branch's head, unless the dataset is not what it was at `expected`."""
    head = store.head(branch) or store.resolve(branch)
    if expected not in (None, head) and store.changed(expected, head, dataset_folder(dataset)):
        raise BranchMoved(branch, expected, head)
    return head


def _request(
    store: Store,
    branch: str,
    head: CommitId,
    dataset: str,
    new: Sequence[Decision],
    withdraw: Sequence[tuple[str, str]],
    message: str | None,
) -> CommitRequest:
    version = Version.at(store, head, dataset)
    wanted = asked(version, new, withdraw)
    changes = commit_changes(version, edits(version, wanted), store)
    return CommitRequest(
        branch=branch,
        changes=changes,
        message=message or _message(dataset, wanted),
        build_id=_build_id(head, changes),
        expected=head,
    )


def edits(version: Version, wanted: Asked) -> Edits:
    """What changes in the version's tables, among its rejected rows and decisions, and in its counts."""
    before = Before.of(version.manifest, version.local, wanted.candidates, version.recorded)
    found = Edits()
    for candidate in wanted.candidates:
        _Candidate(before, candidate, before.made(candidate)).edit(wanted, found)
    return found


@dataclass(frozen=True, slots=True)
class _Candidate:
    """One candidate of the version, and what it made."""

    before: Before
    key: Key
    made: Mapping[Place, Made]

    @property
    def dataset(self) -> str:
        return self.before.manifest.dataset

    @property
    def there(self) -> Mapping[Place, Made]:
        return self.before.there[self.key]

    def edit(self, wanted: Asked, into: Edits) -> None:
        before = {one.place: one for one in self.before.found[self.key]}
        kept = {place: one.decision for place, one in before.items() if place not in wanted.withdrawn}
        decided = kept | {
            place: wanted.checked(place, self.made.get(place), self.there.get(place)) for place in wanted.of(self.key)
        }
        made = sorted(self.made.values(), key=lambda one: sortable(one.place))
        came = effect(self.dataset, self.key, made, decided)
        self._rows(came.rows, into)
        self._rejected(came.rejected, came.dropped, into)
        for place in before.keys() | decided.keys():
            into.decisions[stored_key_of(place)] = self._stored(place, decided.get(place), before.get(place), came)

    def _rows(self, rows: Sequence[Made], into: Edits) -> None:
        after = {one.place: one for one in rows}
        for table, key in self.there.keys() | after.keys():
            row, now = after.get((table, key)), self.there.get((table, key))
            if row is None or now is None or row.row != now.row:
                into.tables.setdefault(table, {})[key] = row.row if row else None

    def _rejected(self, whole: Decision | None, dropped: Mapping[Place, Decision], into: Edits) -> None:
        for key, row in self.before.rejected[self.key].items():
            if row["statement"] == STATEMENT:
                into.rejected[key] = None
        if whole is not None:
            into.rejected[self.key] = rejected_row(whole)
        for place, decision in dropped.items():
            into.rejected[rejected_key(self.dataset, place)] = rejected_row(decision)
        into.dropped += (whole is not None) - self.before.is_dropped(self.key)

    def _stored(
        self, place: Place, decision: Decision | None, before: Recorded | None, came: Any
    ) -> Mapping[str, Any] | None:
        """A decision with what it took the place of; one that does not apply keeps what it had."""
        if decision is None:
            return None
        kept = before.generated if before is not None and before.decision == decision else ()
        if place in came.applied:
            kept = () if decision.verdict == "accept" else (self.made[place],)
        if came.rejected is not None and decision is came.rejected:
            kept = tuple(sorted(self.made.values(), key=lambda one: sortable(one.place)))
        return stored_row(Recorded(decision, place[1], kept))


def stored_key_of(place: Place) -> Key:
    return (place[0], *place[1])


def _message(dataset: str, wanted: Asked) -> str:
    """`Decide on 3 rows of qa: 2 rejected, 1 edited`"""
    words = {"reject": "rejected", "edit": "edited", "accept": "accepted"}
    counts = {words[name]: sum(one.verdict == name for one in wanted.new.values()) for name in words}
    counts["withdrawn"] = len(wanted.withdrawn)
    total = len(wanted.new) + len(wanted.withdrawn)
    told = ", ".join(f"{count:,} {word}" for word, count in counts.items() if count)
    return f"Decide on {total:,} {'row' if total == 1 else 'rows'} of {dataset}: {told}"


def _build_id(head: CommitId, changes: Mapping[str, Any]) -> str:
    state = blake2b(head.encode(), digest_size=16)
    for path, change in sorted(changes.items()):
        state.update(f"{path}\0".encode() + (change if isinstance(change, bytes) else str(change).encode()) + b"\0")
    return state.hexdigest()
