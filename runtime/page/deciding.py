"""What a person decided on the page in; one commit of each dataset on the pull request's source branch out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from dsl.diagnostics import Diagnostic, SynthError
from runtime.decisions import Decision
from runtime.decisions import decide as commit
from runtime.page.asked import Asked, text_of
from runtime.page.page import Page
from runtime.query.catalog import manifest_at
from runtime.review import PullRequest
from runtime.store.port import CommitId
from runtime.tables.schema import Schema

Json = Any
VERDICTS = ("accept", "reject", "edit")


def decide(page: Page, pull: PullRequest, asked: Asked) -> Json:
    """`head` in the body is the commit that the person saw: where the dataset has moved on since, nothing is done.

    `was` in the answer is the digest that the decisions changed; null when someone else committed in between.
    """
    page.check_open(pull)
    given, taken_back = asked.objects("decisions"), asked.objects("withdraw")
    _, head = page.reviews.heads(pull)
    last, was = head, page.reviews.digest(pull)
    between = False
    new: dict[str, list[Decision]] = defaultdict(list)
    withdraw: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for one in given:
        new[text_of(one, "dataset")].append(_decision(page, head, one))
    for one in taken_back:
        withdraw[text_of(one, "dataset")].append((text_of(one, "table"), text_of(one, "key")))
    for dataset in {**new, **withdraw}:
        expected = asked.text("head", "") or None
        made = commit(page.store, pull.source, dataset, new[dataset], withdraw=withdraw[dataset], expected=expected)
        between = between or last not in (made.id, *made.parents)
        last = made.id
    now = page.reviews.get(pull.number)
    head = page.reviews.heads(now)[1]
    between = between or head != last
    return {"head": head, "was": None if between else was, "digest": page.reviews.digest(now)}


def _decision(page: Page, head: CommitId, given: Mapping[str, Json]) -> Decision:
    verdict, values = text_of(given, "verdict"), given.get("values") or {}
    if verdict not in VERDICTS:
        raise SynthError(Diagnostic("E1112", f"`verdict` is not one of {', '.join(VERDICTS)}"))
    if not isinstance(values, dict):
        raise SynthError(Diagnostic("E1112", "`values` is not an object of columns"))
    table = text_of(given, "table")
    manifest = manifest_at(page.store, head, text_of(given, "dataset"))
    found = manifest.tables.get(table) if manifest else None
    return Decision(
        table=table,
        key=text_of(given, "key"),
        seen=text_of(given, "seen", ""),
        verdict=verdict,  # type: ignore[arg-type]
        values=_typed(values, found.schema) if found else values,
        by=page.who,
        note=text_of(given, "note", ""),
    )


def _typed(values: Mapping[str, Json], schema: Schema) -> dict[str, Json]:
    """Whole numbers that JavaScript cannot hold come as text, as they are given."""
    whole = {column.name for column in schema.columns if column.type.kind == "int"}
    return {name: _whole(value) if name in whole else value for name, value in values.items()}


def _whole(value: Json) -> Json:
    try:
        return int(value) if isinstance(value, str) else value
    except ValueError:
        return value
