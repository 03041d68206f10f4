"""A store in; its log of review events, read and appended to by compare-and-swap, out.

The log is a branch of its own, so that it is pushed, cloned and protected with the data. One small file is one event;
nothing is ever rewritten.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from runtime.review import events
from runtime.review.events import Sign
from runtime.review.model import Event, Json, Kind
from runtime.store.port import BranchMoved, CommitId, CommitRequest, Store

BRANCH = "_synth_review"
ATTEMPTS = 200
_LONGEST_PAUSE = 0.5


@dataclass(frozen=True, slots=True)
class Draft:
    """An event before it has a place in the log."""

    pull: int
    kind: Kind
    by: str
    data: Mapping[str, Json] = field(default_factory=dict)


@dataclass
class LogAt:
    """The log as one commit of its branch has it; None is the empty log. Events are read when they are asked for."""

    store: Store
    head: CommitId | None
    known: dict[str, Event]

    def __post_init__(self) -> None:
        entries = self.store.entries(self.head, events.FOLDER) if self.head else ()
        found = [(parsed, entry.path) for entry in entries if (parsed := events.parse_path(entry.path))]
        self._paths = sorted(found, key=lambda item: item[0][1])

    @property
    def last(self) -> tuple[int, str]:
        """Place and id of the newest event."""
        return self._paths[-1][0][1:] if self._paths else (0, "")

    @property
    def pulls(self) -> Sequence[int]:
        return sorted({pull for (pull, _, _), _ in self._paths})

    def events(self, pull: int | None = None) -> list[Event]:
        """Of one pull request, or of all, in order. E1089 for a damaged one."""
        return [self._event(path) for (number, _, _), path in self._paths if pull in (None, number)]

    def _event(self, path: str) -> Event:
        if path not in self.known:
            assert self.head is not None
            self.known[path] = events.read(path, self.store.read(self.head, path))
        return self.known[path]


@dataclass
class Log:
    """`sign` signs what is appended. An event that was read once is remembered: its path holds its digest."""

    store: Store
    clock: Callable[[], float] = time.time
    sign: Sign | None = None
    known: dict[str, Event] = field(default_factory=dict)

    def now(self) -> LogAt:
        return LogAt(self.store, self.store.head(BRANCH), self.known)

    def append(self, draft: Callable[[LogAt], Draft]) -> Event:
        """Adds the event that `draft` makes of the log as it is; asked again when somebody else was quicker."""
        for attempt in range(ATTEMPTS):
            at = self.now()
            event, written = self._event(at, draft(at))
            try:
                self.store.commit(_request(at.head, event, written))
            except BranchMoved:
                if attempt == ATTEMPTS - 1:
                    raise
                time.sleep(random.uniform(0, min(_LONGEST_PAUSE, 0.01 * (attempt + 1))))
            else:
                return event
        raise AssertionError("unreachable")

    def _event(self, at: LogAt, draft: Draft) -> tuple[Event, bytes]:
        seq, before = at.last
        return events.make(seq + 1, before, draft.pull, draft.kind, draft.by, self.clock(), dict(draft.data), self.sign)


def _request(head: CommitId | None, event: Event, written: bytes) -> CommitRequest:
    return CommitRequest(
        branch=BRANCH,
        changes={events.path_of(event): written},
        message=f"#{event.pull}: {event.kind}",
        build_id=f"review-{event.id[:32]}",
        expected=head,
    )
