"""A dataset's version and what people decided about its rows in; a version in which it is so, out."""

from __future__ import annotations

from collections.abc import Sequence

from runtime.decisions.decide import decide
from runtime.decisions.model import DECISIONS, STATEMENT, Decision, Standing, State, Verdict
from runtime.decisions.standing import standings
from runtime.decisions.version import Version
from runtime.query.catalog import DatasetAt
from runtime.store.port import CommitId, Store

__all__ = [
    "DECISIONS",
    "STATEMENT",
    "Decision",
    "Standing",
    "State",
    "Verdict",
    "about",
    "decide",
    "decisions",
    "state",
]


def decisions(store: Store, commit: CommitId, dataset: str) -> Sequence[Decision]:
    """All that stand in a version, by table and key. E1031 for an unknown dataset."""
    return [one.decision for one in Version.at(store, commit, dataset).recorded]


def state(store: Store, commit: CommitId, dataset: str) -> Sequence[Standing]:
    """The same, each with what has become of it."""
    version = Version.at(store, commit, dataset)
    return standings(version.manifest, version.local)


def about(version: DatasetAt, key: str) -> Sequence[Standing]:
    """What was decided about a candidate, by its printed key, or about one of its rows by that one's."""

    def wanted(decision: Decision) -> bool:
        return f"{decision.key}/".startswith(f"{key}/") or key.startswith(f"{decision.key}/")

    found = Version(version.store, version.commit, version.manifest)
    return standings(found.manifest, found.local, wanted)
