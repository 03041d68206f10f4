"""What a commit holds and what shall change, in; the paths to write and to remove on a flat map of paths, out.

The server has no folders, and the port's trees have: a file that is written where a folder was replaces all below it,
and one that is written below a file replaces that file.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from runtime.store.git.trees import edits_of
from runtime.store.port import ObjectId


@dataclass(frozen=True, slots=True)
class Edits:
    """`removals` and the paths of `writes` have nothing in common."""

    writes: Mapping[str, ObjectId]
    removals: Sequence[str]

    def __bool__(self) -> bool:
        return bool(self.writes or self.removals)


def edits(held: Mapping[str, ObjectId], changes: Mapping[str, ObjectId | None]) -> Edits:
    """`held` has what the commit holds at, above and below the paths of `changes`. ValueError for a path of no tree."""
    edits_of(changes)
    ordered = sorted(held)
    writes = {path: id_ for path, id_ in changes.items() if id_ is not None and held.get(path) != id_}
    removals = {at for path, id_ in changes.items() for at in _replaced(path, id_, held, ordered)}
    return Edits(dict(sorted(writes.items())), sorted(removals - writes.keys()))


def _replaced(path: str, id_: ObjectId | None, held: Collection[str], ordered: Sequence[str]) -> Iterator[str]:
    if id_ is None and path in held:
        yield path
    start = bisect_left(ordered, f"{path}/")
    yield from (at for at in ordered[start : bisect_left(ordered, f"{path}0")])
    if id_ is not None:
        yield from (at for at in _above(path) if at in held)


def _above(path: str) -> Iterator[str]:
    parts = path.split("/")
    return ("/".join(parts[:n]) for n in range(1, len(parts)))


def folders(paths: Iterable[str]) -> tuple[list[str], list[str]]:
    """Prefixes to list and single paths to look up, so that every path is seen with all above and below it."""
    split = [path.split("/") for path in paths]
    listed = {parts[0] if len(parts) < 3 else "/".join(parts[:2]) for parts in split}
    single = {parts[0] for parts in split if len(parts) >= 3}
    return sorted(at for at in listed if at.split("/")[0] not in listed or "/" not in at), sorted(single - listed)
