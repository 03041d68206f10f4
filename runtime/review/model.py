"""What a pull request is: its events, and what they add up to. Frozen data, nothing else.

An event is one thing that a person did, kept for good in the log. A pull request is the sum of its events; approvals
are bound to the digest of the diff that they saw.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from runtime.store.port import CommitId

Json = Any
Kind = Literal["opened", "edited", "comment", "review", "read", "closed", "reopened", "merged"]
KINDS: tuple[Kind, ...] = ("opened", "edited", "comment", "review", "read", "closed", "reopened", "merged")
PullState = Literal["open", "merged", "closed"]
Wanted = Literal["open", "merged", "closed", "all"]
ReviewVerdict = Literal["approve", "request_changes"]


@dataclass(frozen=True, slots=True)
class Event:
    """`seq` counts all events of the log from 1; `before` is the id of the one before, "" for the first.

    `id` is the digest of the event's bytes, signature included. `data` is what the kind brings; `time` is in UTC.
    """

    seq: int
    before: str
    pull: int
    kind: Kind
    by: str
    time: datetime
    data: Mapping[str, Json]
    signature: str | None
    id: str


@dataclass(frozen=True, slots=True)
class Place:
    """A row of a table, or a cell of it. `key` is printed as everywhere."""

    dataset: str
    table: str
    key: str
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Comment:
    """`id` is the beginning of its event's id; `reply_to` is another comment's id."""

    id: str
    by: str
    time: datetime
    text: str
    at: Place | None = None
    reply_to: str | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """A review. `stale`: the diff is not the one that was seen. `event` is the id of the event that says so."""

    by: str
    time: datetime
    digest: str
    stale: bool
    text: str
    verdict: ReviewVerdict
    event: str = ""


@dataclass(frozen=True, slots=True)
class Merge:
    """How a pull request ended: the commits that were merged, and the one that came of it."""

    commit: CommitId
    target: CommitId | None
    source: CommitId
    digest: str
    by: str
    event: str


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row that someone marked as read, as it was: `hash` is its 128-bit hash in hex, "" for a removed row."""

    place: Place
    hash: str
    by: str


@dataclass(frozen=True, slots=True)
class PullRequest:
    """`approvals` holds every review in order, those that ask for changes too. `read` are rows that were read."""

    number: int
    title: str
    description: str
    source: str
    target: str
    author: str
    opened: datetime
    state: PullState
    events: tuple[Event, ...]
    comments: tuple[Comment, ...] = ()
    approvals: tuple[Approval, ...] = ()
    read: tuple[ReadRow, ...] = ()
    merge: Merge | None = None

    @property
    def merged_commit(self) -> CommitId | None:
        return self.merge.commit if self.merge else None

    def comment(self, id_: str) -> Comment | None:
        """The one comment whose id begins so; None where there is none, or more than one."""
        found = [comment for comment in self.comments if comment.id.startswith(id_)]
        return found[0] if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the policy, and whether the pull request meets it."""

    name: str
    met: bool
    text: str
