"""A store in; its pull requests, read and written as events of one append-only log, out."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from runtime.review import mistakes
from runtime.review.digest import digest
from runtime.review.events import Sign
from runtime.review.log import Draft, Log, LogAt
from runtime.review.model import Event, Json, Kind, Place, PullRequest, ReviewVerdict, Wanted
from runtime.review.reading import hashes
from runtime.review.state import place_json, pull_request
from runtime.store.names import check_user_branch
from runtime.store.port import CommitId, Store

LONGEST = 100_000
"""Characters of a text. A comment is read on a screen; data belongs in a dataset."""


class Reviews:
    """`sign` signs every event. Methods raise `SynthError` (E108x, E109x); each returns the pull request as it is then.

    One object may be used from several threads, and several processes may write to one store: nothing is lost.
    """

    def __init__(self, store: Store, clock: Callable[[], float] = time.time, sign: Sign | None = None) -> None:
        self.store = store
        self.log = Log(store, clock, sign)
        self._digests: dict[tuple[CommitId | None, CommitId], str] = {}

    # --- reading ---

    def list(self, state: Wanted = "open") -> tuple[PullRequest, ...]:
        """Newest first."""
        at = self.log.now()
        found = [self._pull(at, number) for number in reversed(at.pulls)]
        return tuple(pull for pull in found if state in ("all", pull.state))

    def get(self, number: int) -> PullRequest:
        """E1080 when there is none."""
        return self._known(self.log.now(), number)

    def heads(self, pull: PullRequest) -> tuple[CommitId | None, CommitId]:
        """The target and the source as they are; of a merged one, as they were merged. E1084 without a source."""
        if pull.merge is not None:
            return pull.merge.target, pull.merge.source
        source = self.store.head(pull.source)
        if source is None:
            raise mistakes.gone(pull)
        return self.store.head(pull.target), source

    def digest(self, pull: PullRequest) -> str:
        """Of the diff as it is now; of a merged one, as it was merged."""
        return pull.merge.digest if pull.merge is not None else self.digest_of(*self.heads(pull))

    # --- writing ---

    def open(self, source: str, target: str, title: str, description: str, by: str) -> PullRequest:
        """E1082 when one is open already, E1083 when there is nothing to merge."""
        for name in (source, target):
            check_user_branch(name)
        self._check_mergeable(source, target)
        data = {"source": source, "target": target, "title": _told(title), "description": _text(description)}

        def draft(at: LogAt) -> Draft:
            for number in at.pulls:
                pull = pull_request(at.events(number))
                if (pull.state, pull.source, pull.target) == ("open", source, target):
                    raise mistakes.open_already(pull)
            return Draft(max(at.pulls, default=0) + 1, "opened", _text(by), data)

        return self.get(self.log.append(draft).pull)

    def comment(
        self, number: int, text: str, by: str, at: Place | None = None, reply_to: str | None = None
    ) -> PullRequest:
        """On the whole, on a row or on a cell; or in answer to another comment (E1090 for one that is not there)."""
        data: dict[str, Json] = {"text": _told(text)} | ({"at": place_json(at)} if at else {})
        if reply_to is not None:
            answered = self.get(number).comment(reply_to)
            if answered is None:
                raise mistakes.no_comment(number, reply_to)
            data["reply_to"] = answered.id
        return self._add(number, "comment", by, data, anytime=True)

    def review(self, number: int, verdict: ReviewVerdict, by: str, digest: str, text: str = "") -> PullRequest:
        """Bound to the digest of the diff that was seen. E1087 unless that is the diff as it is; a refusal says why."""
        if verdict == "request_changes":
            _told(text)
        now = self.digest(self.get(number))
        if len(digest) < mistakes.SHORT or not now.startswith(digest):
            raise mistakes.moved(number, digest, now)
        return self._add(number, "review", by, {"verdict": verdict, "digest": now, "text": _text(text)})

    def close(self, number: int, by: str) -> PullRequest:
        return self._add(number, "closed", by, {})

    def reopen(self, number: int, by: str) -> PullRequest:
        """E1081 unless it is closed."""
        return self._add(number, "reopened", by, {}, wanted="closed")

    def edit(self, number: int, by: str, *, title: str | None = None, description: str | None = None) -> PullRequest:
        data = ({} if title is None else {"title": _told(title)}) | (
            {} if description is None else {"description": _text(description)}
        )
        return self._add(number, "edited", by, data) if data else self.get(number)

    def mark_read(self, number: int, by: str, places: Sequence[Place]) -> PullRequest:
        """Rows that a person has read, as they are now: one that changes afterwards is unread again."""
        found = hashes(self.store, *self.heads(self.get(number)), places)
        rows = [{**place_json(place), "hash": hash_} for place, hash_ in found]
        return self._add(number, "read", by, {"places": rows}) if rows else self.get(number)

    def record_merged(
        self, number: int, by: str, commit: CommitId, *, source: CommitId | None = None, digest: str | None = None
    ) -> PullRequest:
        """`commit` is what merging `source` made, on top of its first parent."""
        pull = self.get(number)
        if pull.merged_commit == commit:
            return pull
        parents = self.store.get(commit).parents
        target = parents[0] if parents else None
        merged = source or (parents[1] if len(parents) > 1 else commit)
        seen = digest or self.digest_of(target, merged)
        return self._add(number, "merged", by, {"commit": commit, "target": target, "source": merged, "digest": seen})

    # --- the parts ---

    def _add(
        self, number: int, kind: Kind, by: str, data: dict[str, Json], *, wanted: str = "open", anytime: bool = False
    ) -> PullRequest:
        def draft(at: LogAt) -> Draft:
            pull = pull_request(self._events(at, number))
            if pull.state != wanted and not anytime:
                raise mistakes.not_in_state(pull, wanted)
            return Draft(number, kind, _text(by), data)

        self.log.append(draft)
        return self.get(number)

    def _known(self, at: LogAt, number: int) -> PullRequest:
        self._events(at, number)
        return self._pull(at, number)

    def _events(self, at: LogAt, number: int) -> Sequence[Event]:
        found = at.events(number)
        if not found:
            raise mistakes.unknown(number, at.pulls)
        return found

    def _pull(self, at: LogAt, number: int) -> PullRequest:
        events = at.events(number)
        pull = pull_request(events)
        if not pull.approvals or pull.merge or (source := self.store.head(pull.source)) is None:
            return pull
        return pull_request(events, self.digest_of(self.store.head(pull.target), source))

    def digest_of(self, target: CommitId | None, source: CommitId) -> str:
        """Commits never change, so neither does what lies between them."""
        if (target, source) not in self._digests:
            self._digests[target, source] = digest(self.store, target, source)
        return self._digests[target, source]

    def _check_mergeable(self, source: str, target: str) -> None:
        head, onto = self.store.head(source), self.store.head(target)
        for name, found in ((source, head), (target, onto)):
            if found is None:
                raise mistakes.no_branch(name, self.store.branches())
        assert head is not None and onto is not None
        if self.store.merge_base(onto, head) == head:
            raise mistakes.nothing(source, target)


def _text(text: str) -> str:
    """What a terminal passes on may be no text at all: half a character becomes `?`."""
    return text.encode("utf-8", "replace").decode().strip()[:LONGEST]


def _told(text: str) -> str:
    """E1091 for a text that says nothing."""
    found = _text(text)
    if not found:
        raise mistakes.empty()
    return found
