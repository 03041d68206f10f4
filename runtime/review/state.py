"""The events of a pull request in, in order; the pull request that they add up to, out. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from runtime.review.model import (
    Approval,
    Comment,
    Event,
    Json,
    Merge,
    Place,
    PullRequest,
    PullState,
    ReadRow,
)

ID_LENGTH = 12
_STATES: Mapping[str, PullState] = {"closed": "closed", "reopened": "open", "merged": "merged"}


def pull_request(events: Sequence[Event], digest: str | None = None) -> PullRequest:
    """`digest` is that of the diff as it is now: reviews of another one are stale. None: all of them are."""
    first = events[0]
    told: dict[str, Json] = dict(first.data)
    for event in events:
        if event.kind == "edited":
            told |= event.data
    merge = next((_merge(event) for event in events if event.kind == "merged"), None)
    now = merge.digest if merge else digest
    return PullRequest(
        number=first.pull,
        title=told["title"],
        description=told["description"],
        source=told["source"],
        target=told["target"],
        author=first.by,
        opened=first.time,
        state=_state(events),
        events=tuple(events),
        comments=tuple(_comment(event) for event in events if event.kind == "comment"),
        approvals=tuple(_approval(event, now) for event in events if event.kind == "review"),
        read=tuple(row for event in events if event.kind == "read" for row in _read(event)),
        merge=merge,
    )


def _state(events: Sequence[Event]) -> PullState:
    found: PullState = "open"
    for event in events:
        found = _STATES.get(event.kind, found)
    return found


def _comment(event: Event) -> Comment:
    data = event.data
    at = place_from_json(data["at"]) if data.get("at") else None
    return Comment(event.id[:ID_LENGTH], event.by, event.time, data["text"], at, data.get("reply_to"))


def _approval(event: Event, now: str | None) -> Approval:
    data = event.data
    stale = data["digest"] != now
    return Approval(event.by, event.time, data["digest"], stale, data.get("text", ""), data["verdict"], event.id)


def _merge(event: Event) -> Merge:
    data = event.data
    return Merge(data["commit"], data.get("target"), data["source"], data["digest"], event.by, event.id)


def _read(event: Event) -> list[ReadRow]:
    return [ReadRow(place_from_json(row), row.get("hash", ""), event.by) for row in event.data["places"]]


def place_json(place: Place) -> dict[str, Json]:
    found = {"dataset": place.dataset, "table": place.table, "key": place.key}
    return found if place.column is None else {**found, "column": place.column}


def place_from_json(value: Mapping[str, Json]) -> Place:
    return Place(value["dataset"], value["table"], value["key"], value.get("column"))


def describe(event: Event) -> str:
    """One line for a person: `asked for changes: the tone is off`. Texts in it are data and may hold anything."""
    data = event.data
    if event.kind == "review":
        said = "approved" if data["verdict"] == "approve" else "asked for changes"
        return f"{said}: {data['text']}" if data.get("text") else said
    if event.kind == "comment":
        return f"commented: {data['text']}"
    if event.kind == "opened":
        return f"opened: {data['source']} into {data['target']}"
    if event.kind == "merged":
        return f"merged as {data['commit'][:10]}"
    if event.kind == "read":
        return f"marked {_rows(data)} as read"
    return "changed the title or the description" if event.kind == "edited" else event.kind


def _rows(data: Mapping[str, Json]) -> str:
    count = len(data.get("places", ()))
    return "1 row" if count == 1 else f"{count:,} rows"
