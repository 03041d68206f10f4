"""Places of a pull request in; the rows there, as a person who reads them now sees them, out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from runtime.review.digest import changed_rows
from runtime.review.model import Place
from runtime.store.port import CommitId, Store


def hashes(store: Store, target: CommitId | None, source: CommitId, places: Sequence[Place]) -> list[tuple[Place, str]]:
    """Each place whose row the diff changes, with the row's hash after ("" for one that goes); others are left out."""
    wanted = {(place.dataset, place.table, place.key): place for place in places}
    found: Iterable[tuple[Place | None, str]] = (
        (wanted.get((row.dataset, row.table, row.key)), row.after)
        for row in (changed_rows(store, target, source) if wanted else ())
    )
    return [(place, hash_) for place, hash_ in found if place is not None]
