"""A target and a source in; the digest of the diff that merging would make, out: what an approval is bound to.

It covers every row that would come, go or change (dataset, table, key, hash before, hash after), rejected rows and
people's decisions among them, the digests of specs that change, and the recorded policy. It knows no commit, no shard
and no row that stays, so it survives a rebase that changes nothing, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, cast

from runtime.query.scratch import Scratch, parquet
from runtime.review.outcome import Pair, Side, outcome
from runtime.review.recorded import POLICY_PATH, merged_policy, policy_bytes
from runtime.store.port import CommitId, Store
from runtime.tables import layout
from runtime.tables.keys import decode_key, print_key
from runtime.tables.manifest import TableManifest

if TYPE_CHECKING:
    from hashlib import _Hash

PAGE = 4096
REJECTED, DECISIONS = "rejected", "decisions"
Keyed = tuple[bytes, bytes | None, bytes | None]


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A row that merging changes: its hashes before and after in hex, "" where it is not there."""

    dataset: str
    table: str
    key: str
    before: str
    after: str


def digest(store: Store, target: CommitId | None, source: CommitId) -> str:
    """Hex of 256 bits. Reads keys and hashes of the shards that differ, and no more."""
    found = outcome(store, target, source)
    state, scratch = sha256(b"synth review 1\0"), Scratch()
    for conflict in found.conflicts:
        _feed(state, b"conflict", *(part.encode() for part in conflict))
    for pair in sorted(found.pairs, key=lambda pair: pair.dataset):
        _dataset(state, scratch, pair)
    base = store.merge_base(target, source) if target else None
    before, after = policy_bytes(store, target), merged_policy(store, base, target, source)
    if before != after:
        _feed(state, POLICY_PATH.encode(), before or b"", after or b"")
    return state.hexdigest()


def changed_rows(store: Store, target: CommitId | None, source: CommitId) -> Iterator[ChangedRow]:
    """Every row of the datasets' own tables that merging changes, by dataset, table and key."""
    scratch = Scratch()
    for pair in sorted(outcome(store, target, source).pairs, key=lambda pair: pair.dataset):
        for table, key, old, new in changed_keys(scratch, pair):
            yield ChangedRow(pair.dataset, table, print_key(decode_key(key)), _hex(old), _hex(new))


def changed_keys(scratch: Scratch, pair: Pair) -> Iterator[tuple[str, bytes, bytes | None, bytes | None]]:
    """Table, key, and the row's hash before and after, of every row of a dataset's own tables that differs."""
    for table, folder, before, after in _tables(pair, own=True):
        for key, old, new in _rows(scratch, folder, (pair.before, before), (pair.after, after)):
            yield table, key, old, new


def _hex(hash_: bytes | None) -> str:
    return hash_.hex() if hash_ is not None else ""


def _feed(state: _Hash, *parts: bytes) -> None:
    """Length-prefixed, so that no two sequences of parts run together."""
    state.update(len(parts).to_bytes(4, "little"))
    for part in parts:
        state.update(len(part).to_bytes(8, "little") + part)


def _dataset(state: _Hash, scratch: Scratch, pair: Pair) -> None:
    name = pair.dataset.encode()
    before, after = _spec(pair.before), _spec(pair.after)
    if before != after:
        _feed(state, b"spec", name, *before, b"then", *after)
    for table, folder, old, new in _tables(pair, own=False):
        if (old is None) != (new is None):
            _feed(state, b"table", name, table.encode(), b"went" if new is None else b"came")
        for key, a, b in _rows(scratch, folder, (pair.before, old), (pair.after, new)):
            _feed(state, b"row", name, table.encode(), key, a or b"", b or b"")


def _spec(side: Side) -> tuple[bytes, ...]:
    """The digest of all that the spec says, comments too; of merged rows, that of the spec which they lie with."""
    return () if side.manifest is None else (side.manifest.fingerprints.description.encode(),)


Tables = Iterator[tuple[str, str, TableManifest | None, TableManifest | None]]


def _tables(pair: Pair, *, own: bool) -> Tables:
    """Name, folder and both versions of each table; the dataset's own, or rejected rows and decisions too.

    A table of one's own may be called `rejected`: the folders tell them apart, and here a mark does.
    """
    before, after = pair.before.manifest, pair.after.manifest
    old: Mapping[str, TableManifest] = before.tables if before else {}
    new: Mapping[str, TableManifest] = after.tables if after else {}
    for name in sorted({*old, *new}):
        yield name, layout.table_folder(pair.dataset, name), old.get(name), new.get(name)
    if own:
        return
    rejected = (before.rejected if before else None, after.rejected if after else None)
    yield f"\0{REJECTED}", layout.rejected_folder(pair.dataset), *rejected
    decided = (before.decisions if before else None, after.decisions if after else None)
    yield f"\0{DECISIONS}", layout.decisions_folder(pair.dataset), *decided


def _rows(
    scratch: Scratch,
    folder: str,
    before: tuple[Side, TableManifest | None],
    after: tuple[Side, TableManifest | None],
) -> Iterator[Keyed]:
    """Keys in order, each with its row's hash on both sides, where they differ."""
    old, new = _alone(folder, *before, after[1]), _alone(folder, *after, before[1])
    if not old and not new:
        return
    found = scratch.execute(
        f"""select coalesce(a._key, b._key) as _key, a._hash, b._hash
        from {parquet(old, "_key, _hash")} a full outer join {parquet(new, "_key, _hash")} b on a._key = b._key
        where a._hash is distinct from b._hash order by 1"""
    )
    while page := found.fetchmany(PAGE):
        yield from cast(list[Keyed], page)


def _alone(folder: str, side: Side, own: TableManifest | None, other: TableManifest | None) -> list[str]:
    """Files of the shards that only this side has."""
    known = {shard.logical for shard in other.shards} if other else set()
    return [str(side.file(folder, shard)) for shard in (own.shards if own else ()) if shard.logical not in known]
