"""A version of a dataset in; why its gens dropped rows, in a few words each, out."""

from __future__ import annotations

import re
from collections.abc import Mapping

from runtime.query import query
from runtime.store.port import CommitId, Store

_TRIED = re.compile(r" \(\d+ attempts\)$")
LENGTH = 60


def failures(store: Store, commit: CommitId, dataset: str, rejected: Mapping[str, int]) -> dict[str, str]:
    """By gen, of those that dropped rows (`rejected` has them): the commonest reason, of equals the first by name."""
    if not any(step.startswith("gen ") for step in rejected):
        return {}
    sql = f"""select statement, reason, count(*) as rows from "{dataset}@{commit}".rejected
        where starts_with(statement, 'gen ') group by all order by rows desc, reason"""
    reasons: dict[str, list[str]] = {}
    for row in query(store, sql).table.to_pylist():
        reasons.setdefault(row["statement"], []).append(_TRIED.sub("", row["reason"]))
    return {statement: _told(list(dict.fromkeys(found))) for statement, found in reasons.items()}


def _told(reasons: list[str]) -> str:
    first = reasons[0] if len(reasons[0]) <= LENGTH else f"{reasons[0][: LENGTH - 1]}…"
    return first if len(reasons) == 1 else f"mostly {first}"
