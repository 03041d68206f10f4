"""A commit and a path in; entries, differences and verified bytes out. What a commit holds is asked for once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import md5
from typing import Any, TypeVar

from dsl.diagnostics import Diagnostic, SynthError
from runtime.store.lakefs import faults
from runtime.store.lakefs.cache import digest
from runtime.store.lakefs.client import Query, segment
from runtime.store.lakefs.remote import PAGE, Remote
from runtime.store.port import CommitId, Entry, ObjectId, Replaced, TreeChanges

TOKEN = "_synth/head"
"""In every commit of synth's, with other content in each: two commits on one head conflict in it. Shown to no one."""

META = "sha256"
KNOWN_LIMIT = 200_000
SMALL, FEW = 256 * 1024, 64
"""Bytes of an object that is kept in memory; how many are, and how many listings."""

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an object's bytes are to be had."""

    commit: CommitId
    path: str


class Objects:
    """Remembers where it saw each object, so that one can be committed again without moving its bytes."""

    def __init__(self, remote: Remote) -> None:
        self._remote = remote
        self._entries: dict[Spot, Entry] = {}
        self._spots: dict[ObjectId, Spot] = {}
        self._small: OrderedDict[ObjectId, bytes] = OrderedDict()
        self._listings: OrderedDict[Spot, tuple[Entry, ...]] = OrderedDict()
        self._absent: OrderedDict[Spot, None] = OrderedDict()

    def entries(self, commit: CommitId, prefix: str = "") -> Iterator[Entry]:
        """A name with a dot in it is taken for a file's, and looked for as one first."""
        path = prefix.strip("/")
        file = self._stat(commit, path) if "." in path.rpartition("/")[2] else None
        below = iter((file,)) if file else self._below(Spot(commit, f"{path}/" if path else ""))
        first = next(below, None)
        if first is None:
            found = self._stat(commit, path) if path else None
            yield from [found] if found else []
            return
        yield first
        yield from below

    def _below(self, folder: Spot) -> Iterator[Entry]:
        """What a commit holds never changes: a short listing is asked for once."""
        known = self._listings.get(folder)
        if known is not None:
            yield from known
            return
        short: list[Entry] = []
        for entry in self._listed(folder):
            short.append(entry)
            yield entry
        if len(short) <= PAGE:
            _remember(self._listings, folder, tuple(short))

    def _listed(self, folder: Spot) -> Iterator[Entry]:
        path = f"/refs/{segment(folder.commit)}/objects/ls"
        for found in self._remote.pages(path, {"prefix": folder.path or None}):
            if found["path"] != TOKEN:
                yield self._learn(folder.commit, _entry(found["path"], found))

    def entry(self, commit: CommitId, path: str) -> Entry:
        """E1011 when the commit has no such file."""
        found = self._stat(commit, path) if path and path != TOKEN else None
        if found is None:
            raise SynthError(Diagnostic(code="E1011", message=f"commit {commit[:10]} has no file `{path}`"))
        return found

    def _stat(self, commit: CommitId, path: str) -> Entry | None:
        spot = Spot(commit, path)
        known = self._entries.get(spot)
        if known is not None or spot in self._absent:
            return known
        try:
            found = self._remote.get(f"/refs/{segment(commit)}/objects/stat", {"path": path})
        except faults.Refused as error:
            if error.status == 404:
                _remember(self._absent, spot, None)
                return None
            raise
        return self._learn(commit, _entry(path, found))

    def changed(self, a: CommitId, b: CommitId, prefix: str) -> TreeChanges:
        """A difference names one side's objects only, so both directions are asked for."""
        path = prefix.strip("/")
        after, before = self._differences(a, b, path), self._differences(b, a, path)
        both = sorted(after.keys() & before.keys())
        return TreeChanges(
            added=tuple(after[at] for at in sorted(after.keys() - before.keys())),
            removed=tuple(before[at] for at in sorted(before.keys() - after.keys())),
            changed=tuple(Replaced(before[at], after[at]) for at in both if before[at].id != after[at].id),
        )

    def _differences(self, left: CommitId, right: CommitId, path: str) -> dict[str, Entry]:
        """What `right` holds and `left` does not, by path."""
        query: Query = {"type": "two_dot", "include_right_stats": True, "prefix": path or None}
        found = {}
        for item in self._remote.pages(f"/refs/{segment(left)}/diff/{segment(right)}", query):
            at = item["path"]
            inside = not path or at == path or at.startswith(f"{path}/")
            if inside and item["type"] != "removed" and at != TOKEN:
                stats = {**item["right"], "size_bytes": item["size_bytes"]}
                found[at] = self._learn(right, _entry(at, stats))
        return found

    def read(self, commit: CommitId, path: str) -> bytes:
        """E1007 when the bytes are not those that the commit names."""
        entry = self.entry(commit, path)
        known = self._small.get(entry.id)
        if known is None:
            known = self._fetched(commit, path, entry)
            self._keep(entry.id, known)
        return known

    def _keep(self, id_: ObjectId, data: bytes) -> None:
        """Manifests are asked for again and again, and each time would be a request."""
        if len(data) <= SMALL:
            _remember(self._small, id_, data)

    def _fetched(self, commit: CommitId, path: str, entry: Entry) -> bytes:
        try:
            data = self._remote.call("GET", f"/refs/{segment(commit)}/objects", {"path": path}).data
        except faults.Cut:
            raise faults.damaged(commit, path, "the server has fewer bytes than the commit names") from None
        except faults.Refused as error:
            if error.status in (404, 410):
                raise faults.damaged(commit, path, f"the server no longer has its bytes ({error.said})") from None
            raise
        if len(data) != entry.size or not _matches(data, entry.id):
            raise faults.damaged(commit, path, "the server's bytes do not match the digest")
        return data

    def fetch(self, id_: ObjectId) -> bytes:
        """The bytes of an object that was seen in some commit."""
        spot = self._spots.get(id_)
        if spot is None:
            raise SynthError(
                Diagnostic("E1054", f"object {id_[:12]} is neither in the local cache nor in a known commit")
            )
        return self.read(spot.commit, spot.path)

    def file(self, commit: CommitId, path: str) -> Entry | None:
        return self._stat(commit, path)

    def seen(self, commit: CommitId, path: str) -> bool:
        """Whether the commit was found to hold the path, without asking."""
        return Spot(commit, path) in self._entries

    def spot(self, id_: ObjectId) -> Spot | None:
        return self._spots.get(id_)

    def _learn(self, commit: CommitId, entry: Entry) -> Entry:
        if len(self._entries) >= KNOWN_LIMIT:
            self._entries.clear()
        spot = Spot(commit, entry.path)
        self._entries[spot] = entry
        self._spots.setdefault(entry.id, spot)
        return entry


def _remember(kept: OrderedDict[K, V], key: K, value: V) -> None:
    """The oldest goes first."""
    kept[key] = value
    while len(kept) > FEW:
        kept.popitem(last=False)


def _entry(path: str, found: Mapping[str, Any]) -> Entry:
    """Another tool's object has no sha256 with it: its ETag names it."""
    named = (found.get("metadata") or {}).get(META)
    return Entry(path, int(found["size_bytes"]), ObjectId(named or f"etag-{found['checksum']}"))


def _matches(data: bytes, id_: ObjectId) -> bool:
    if not id_.startswith("etag-"):
        return digest(data) == id_
    etag = id_.removeprefix("etag-")
    return len(etag) != 32 or md5(data, usedforsecurity=False).hexdigest() == etag
