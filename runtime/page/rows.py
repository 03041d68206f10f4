"""A comparison and a question about a table's rows in; the page of rows that answers it, as JSON, out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runtime.diff import ABSENT, CellChange, TableDiff
from runtime.diff.model import RowChange
from runtime.page.asked import Asked
from runtime.page.comparison import Comparison
from runtime.page.decided import Decided, decision_json
from runtime.page.listing import Listing, Question, listing
from runtime.review import PullRequest

Json = Any
PAGE, MOST = 100, 1000
"""Rows of a page, and the most that are given at once."""
STATES = ("added", "removed", "changed")
SAFE = 2**53
"""JavaScript has no larger whole numbers: they are written as text, for their digits' sake."""
OPS = {"equal": "same", "delete": "del", "insert": "ins"}


def rows(comparison: Comparison, pull: PullRequest, asked: Asked) -> Json:
    dataset = asked.query.get("dataset", "")
    table = comparison.table(dataset, asked.query.get("table") or dataset)
    notes = Notes.of(pull, dataset, table.name, comparison)
    found = _listing(comparison, table, dataset, _question(asked), notes.decided)
    offset, limit = asked.natural("offset", 0, len(found.order)), asked.natural("limit", PAGE, MOST)
    near = _near(found, asked, limit)
    if near is not None and near["index"] is not None:
        offset = near["index"] // limit * limit
    page = found.page(offset, limit)
    return {
        "total": len(found.order),
        "changed": found.changed,
        "offset": offset,
        "coverage": {"shown": len(found.order), "of": found.population},
        "columns": [{"name": column.name, "type": column.type} for column in table.columns],
        "rows": [notes.row(row) for row in page],
        **(near or {}),
    }


def _near(found: Listing, asked: Asked, limit: int) -> dict[str, int | None] | None:
    key = asked.query.get("near")
    return None if key is None or not limit else {"index": found.index(key)}


def _question(asked: Asked) -> Question:
    sample = asked.natural("sample", 0, SAFE)
    return Question(
        only=asked.choice("only", STATES),  # type: ignore[arg-type]
        reason=asked.query.get("reason"),
        flag=asked.query.get("flag"),
        where=asked.query.get("where", "").strip(),
        sample=sample or None,
    )


def _listing(
    comparison: Comparison, table: TableDiff, dataset: str, question: Question, decided: Sequence[Decided]
) -> Listing:
    """Which rows match is worked out once for all pages of an answer."""

    def made() -> Listing:
        holds = None
        if question.where:
            from runtime.cli.condition import condition

            holds = condition(question.where, comparison.store, comparison.diff)
        return listing(table, decided, question, holds)

    return comparison.listings.get_or((dataset, table.name, question), made)


@dataclass(frozen=True)
class Notes:
    """What people said and did about the rows of one table, by printed key."""

    decided: Sequence[Decided]
    decisions: Mapping[str, Decided]
    comments: Mapping[str, Sequence[str]]
    read: Mapping[str, set[str]]

    @classmethod
    def of(cls, pull: PullRequest, dataset: str, table: str, comparison: Comparison) -> Notes:
        decisions = {key: one for (of, key), one in comparison.decided(dataset).items() if of == table}
        comments: dict[str, list[str]] = defaultdict(list)
        for comment in pull.comments:
            if comment.at is not None and (comment.at.dataset, comment.at.table) == (dataset, table):
                comments[comment.at.key].append(comment.id)
        read: dict[str, set[str]] = defaultdict(set)
        for one in pull.read:
            if (one.place.dataset, one.place.table) == (dataset, table):
                read[one.place.key].add(one.hash)
        return cls(list(decisions.values()), decisions, comments, read)

    def row(self, row: RowChange) -> Json:
        decided = self.decisions.get(row.key)
        seen = decided.decision.seen if decided and decided.takes_place else row.hash_after
        return {
            "key": row.key,
            "state": row.state,
            "flags": list(row.flags),
            "reason": row.reason,
            "before": _plain(row.before),
            "after": _plain(row.after),
            "hash": seen,
            "cells": [_cell(cell) for cell in row.cells],
            "decision": decision_json(decided) if decided else None,
            "comments": list(self.comments.get(row.key, ())),
            "read": (row.hash_after or "") in self.read.get(row.key, ()),
        }


def _cell(cell: CellChange) -> Json:
    """A side that has no such place, as a shorter list, is left out: that is no null."""
    marks = cell.marks
    sides = {"before": cell.before, "after": cell.after}
    return {
        "column": cell.column,
        "path": cell.path,
        **{name: _value(value) for name, value in sides.items() if value is not ABSENT},
        "marks": None if marks is None else [[OPS[mark.op], mark.text] for mark in marks],
    }


def _plain(row: Mapping[str, Json] | None) -> Json:
    return None if row is None else {name: _value(value) for name, value in row.items()}


def _value(value: Json) -> Json:
    if value is ABSENT:
        return None
    if isinstance(value, dict):
        return {name: _value(item) for name, item in value.items()}
    if isinstance(value, list):
        return list(map(_value, value))
    return str(value) if type(value) is int and abs(value) > SAFE else value
