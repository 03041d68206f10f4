"""Two commits and a dataset in; what people decided about its rows between them, and rows that are listed for it, out.

A row that a person rejected has left its table, and one that was edited may be as it was before: both stay in sight, as
they were when they were decided on, so that the person can look again and take it back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from runtime.decisions.model import Decision, Standing
from runtime.decisions.standing import standings
from runtime.decisions.version import Version
from runtime.query.catalog import manifest_at
from runtime.store.port import CommitId, Store
from runtime.tables.keys import encode_key

Json = Any
Place = tuple[str, str]
"""A table's name and a row's key as printed."""


@dataclass(frozen=True, slots=True)
class Decided:
    """`id` are the key's sortable bytes. `row` is what the person saw, with an edit's values, where it is kept."""

    standing: Standing
    id: bytes

    @property
    def decision(self) -> Decision:
        return self.standing.decision

    @property
    def row(self) -> Mapping[str, Json] | None:
        kept = self.standing.generated
        return None if kept is None else {**kept, **self.decision.values}

    @property
    def takes_place(self) -> bool:
        """Whether the version's tables are other than what was made, because of it."""
        return self.standing.state == "applied" and self.decision.verdict != "accept" and self.row is not None


def decided(store: Store, base: CommitId | None, head: CommitId, dataset: str) -> Mapping[Place, Decided]:
    """Those of `head` that `base` does not have just so."""
    manifest = manifest_at(store, head, dataset)
    if manifest is None or manifest.decisions is None:
        return {}
    version = Version(store, head, manifest)
    known = _known(store, base, dataset)
    ids = {(one.decision.table, one.decision.key): encode_key(one.key) for one in version.recorded}
    places = (((found.decision.table, found.decision.key), found) for found in standings(manifest, version.local))
    return {place: Decided(found, ids[place]) for place, found in places if found.decision not in known}


def _known(store: Store, base: CommitId | None, dataset: str) -> list[Decision]:
    manifest = manifest_at(store, base, dataset)
    if base is None or manifest is None:
        return []
    return [one.decision for one in Version(store, base, manifest).recorded]


def decision_json(found: Decided) -> Json:
    decision, standing = found.decision, found.standing
    return {
        "verdict": decision.verdict,
        "by": decision.by,
        "note": decision.note,
        "state": standing.state,
        "why": standing.why,
        "values": dict(decision.values),
    }
