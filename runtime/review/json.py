"""A pull request in; what scripts and the page read of it, as JSON, out. Every key is always there."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from runtime.review.state import describe

if TYPE_CHECKING:
    from runtime.review.model import Approval, Comment, Event, Json, PullRequest


def summary_json(pull: PullRequest) -> dict[str, Json]:
    """A line of a list: `comments` and `approvals` are counted, stale approvals are not."""
    return {
        "number": pull.number,
        "title": pull.title,
        "author": pull.author,
        "source": pull.source,
        "target": pull.target,
        "state": pull.state,
        "opened": pull.opened.isoformat(),
        "comments": len(pull.comments),
        "approvals": sum(one.verdict == "approve" and not one.stale for one in pull.approvals),
        "merged_commit": pull.merged_commit,
    }


def said_json(pull: PullRequest) -> dict[str, Json]:
    """What was said and done, in order."""
    return {
        "description": pull.description,
        "comments": [_timed(comment) for comment in pull.comments],
        "approvals": [_timed(approval) for approval in pull.approvals],
        "events": [_event(event) for event in pull.events],
    }


def _timed(said: Comment | Approval) -> dict[str, Json]:
    return {**asdict(said), "time": said.time.isoformat()}


def _event(event: Event) -> dict[str, Json]:
    return {"kind": event.kind, "by": event.by, "time": event.time.isoformat(), "text": describe(event)}
