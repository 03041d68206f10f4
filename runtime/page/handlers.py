"""A page in; what each address of it does, by method and path, out: the whole API on one screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dsl.diagnostics import Diagnostic, SynthError
from runtime.page.asked import Asked, text_of
from runtime.page.deciding import decide
from runtime.page.differences import differences
from runtime.page.page import Page
from runtime.page.rows import rows
from runtime.review import Place, PullRequest, merge_pull
from runtime.store.names import is_reserved

Json = Any
Handle = Callable[[Page, Asked], Json]
PULLS = ("open", "merged", "closed", "all")
VERDICTS = ("approve", "request_changes")


def me(page: Page, asked: Asked) -> Json:
    store = page.project.config.store
    where = f"{store.endpoint}/{store.repository}" if store.kind == "lakefs" else store.path or ".synth/store.git"
    return {
        "name": page.who,
        "project": page.project.root.name,
        "store": {"kind": store.kind, "where": where},
        "branches": sorted(name for name in page.store.branches() if not is_reserved(name)),
    }


def list_pulls(page: Page, asked: Asked) -> Json:
    wanted = asked.choice("state", PULLS) or "open"
    return [page.listed(pull) for pull in page.reviews.list(wanted)]  # type: ignore[arg-type]


def open_pull(page: Page, asked: Asked) -> Json:
    source, target = asked.text("source"), asked.text("target")
    pull = page.reviews.open(source, target, asked.text("title"), asked.text("description", ""), page.who)
    return {"number": pull.number}


def show(page: Page, asked: Asked) -> Json:
    return page.shown(_pull(page, asked))


def show_diff(page: Page, asked: Asked) -> Json:
    pull = _pull(page, asked)
    return {"digest": page.reviews.digest(pull), "datasets": differences(page.compared(pull))}


def show_rows(page: Page, asked: Asked) -> Json:
    pull = _pull(page, asked)
    return rows(page.compared(pull), pull, asked)


def decide_rows(page: Page, asked: Asked) -> Json:
    return decide(page, _pull(page, asked), asked)


def comment(page: Page, asked: Asked) -> Json:
    at = asked.object("at")
    reply = asked.text("reply_to", "") or None
    pull = page.reviews.comment(asked.number, asked.text("text"), page.who, _place(at) if at else None, reply)
    return page.shown(pull)


def review(page: Page, asked: Asked) -> Json:
    verdict = asked.text("verdict")
    if verdict not in VERDICTS:
        raise SynthError(Diagnostic("E1112", f"`verdict` is not one of {', '.join(VERDICTS)}"))
    said = asked.text("text", "")
    pull = page.reviews.review(asked.number, verdict, page.who, asked.text("digest"), said)  # type: ignore[arg-type]
    return page.shown(pull)


def mark_read(page: Page, asked: Asked) -> Json:
    places = [_place(place) for place in asked.objects("places")]
    return page.shown(page.reviews.mark_read(asked.number, page.who, places))


def merge(page: Page, asked: Asked) -> Json:
    seen = asked.text("digest")
    merge_pull(page.store, page.project.config, asked.number, page.who, seen, page.reviews)
    return page.shown(_pull(page, asked))


def close(page: Page, asked: Asked) -> Json:
    return page.shown(page.reviews.close(asked.number, page.who))


def reopen(page: Page, asked: Asked) -> Json:
    return page.shown(page.reviews.reopen(asked.number, page.who))


PULL = "/api/pulls/{number:int}"
ADDRESSES: Sequence[tuple[str, str, Handle]] = (
    ("GET", "/api/me", me),
    ("GET", "/api/pulls", list_pulls),
    ("POST", "/api/pulls", open_pull),
    ("GET", PULL, show),
    ("GET", f"{PULL}/diff", show_diff),
    ("GET", f"{PULL}/rows", show_rows),
    ("POST", f"{PULL}/decisions", decide_rows),
    ("POST", f"{PULL}/comments", comment),
    ("POST", f"{PULL}/reviews", review),
    ("POST", f"{PULL}/read", mark_read),
    ("POST", f"{PULL}/merge", merge),
    ("POST", f"{PULL}/close", close),
    ("POST", f"{PULL}/reopen", reopen),
)


def _pull(page: Page, asked: Asked) -> PullRequest:
    return page.reviews.get(asked.number)


def _place(at: Mapping[str, Json]) -> Place:
    return Place(text_of(at, "dataset"), text_of(at, "table"), text_of(at, "key"), text_of(at, "column", "") or None)
