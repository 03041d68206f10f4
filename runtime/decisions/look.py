"""A version of a dataset and keys in; the rows of those candidates in all its tables out. No other shard is read."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runtime.decisions.model import Made, Place
from runtime.decisions.values import plain_row
from runtime.tables import layout
from runtime.tables.keys import Key, KeyPart, decode_key, encode_key, print_key, split_key
from runtime.tables.manifest import Manifest, Shard, TableManifest

if TYPE_CHECKING:
    import pyarrow as pa

Local = Callable[[str, Shard], Path]
"""Where a shard of a folder lies as a file."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What some candidates have in one version: their rows, and the entries under their keys among the rejected."""

    rows: Mapping[Place, Made]
    rejected: Mapping[Key, Mapping[str, Any]]


def look(manifest: Manifest, local: Local, candidates: Collection[Key]) -> Looked:
    prefixes = sorted(map(encode_key, candidates))
    rows = {}
    for name, table in manifest.tables.items():
        for made in _among(name, table, layout.table_folder(manifest.dataset, name), local, prefixes):
            rows[made.place] = made
    if manifest.rejected is None:
        return Looked(rows, {})
    folder = layout.rejected_folder(manifest.dataset)
    return Looked(rows, {one.key: one.row for one in _among("", manifest.rejected, folder, local, prefixes)})


def candidate_of(manifest: Manifest, key: Key) -> Key:
    """The candidate's part of a row's key: `emit … for` adds the position to it."""
    return key[: len(manifest.key)]


def _among(name: str, table: TableManifest, folder: str, local: Local, prefixes: list[bytes]) -> Iterator[Made]:
    """The rows whose key begins with one of `prefixes`."""
    from runtime.tables.shards import read_shard

    for shard in table.shards:
        if wanted := _touching(shard, prefixes):
            yield from _made(name, table, read_shard(local(folder, shard)), wanted)


def _touching(shard: Shard, prefixes: list[bytes]) -> list[bytes]:
    """Those prefixes under which the shard may have a row."""
    low, high = bisect_left(prefixes, encode_key(shard.first)), bisect_left(prefixes, encode_key(shard.last) + b"\0")
    within = prefixes[low:high]
    around = (encode_key(shard.first[:length]) for length in range(len(shard.first)))
    return [*(prefix for prefix in around if _has(prefixes, prefix)), *within]


def _has(found: list[bytes], one: bytes) -> bool:
    place = bisect_left(found, one)
    return place < len(found) and found[place] == one


def _made(name: str, table: TableManifest, rows: pa.Table, prefixes: list[bytes]) -> Iterator[Made]:
    import pyarrow as pa

    keys: list[bytes] = rows.column("_key").to_pylist()
    places = {
        place for prefix in prefixes for place in range(bisect_left(keys, prefix), bisect_left(keys, prefix + b"\xff"))
    }
    for row in rows.take(pa.array(sorted(places), pa.int64())).to_pylist():
        yield Made(name, decode_key(row["_key"]), plain_row(table.schema, row), row["_hash"].hex())


def find_keys(table: TableManifest, folder: str, local: Local, printed: Collection[str]) -> dict[str, Key]:
    """The keys that are printed like this, with their types; without those that no row has.

    A key is read as the table's first one is made; only if that finds nothing is every key looked at.
    """
    guessed = {text: key for text in printed if (key := _like(table, text)) is not None}
    there = {made.key for made in _among("", table, folder, local, sorted(map(encode_key, guessed.values())))}
    found = {text: key for text, key in guessed.items() if key in there}
    rest = set(printed) - found.keys()
    return found | (_scanned(table, folder, local, rest) if rest else {})


def _like(table: TableManifest, text: str) -> Key | None:
    if not table.shards:
        return None
    model, parts = table.shards[0].first, split_key(text)
    if len(model) != len(parts) or (not model and text):
        return () if not model and not text else None
    try:
        key = tuple(_part(like, part) for like, part in zip(model, parts, strict=True))
    except ValueError:
        return None
    return key if print_key(key) == text else None


def _part(like: KeyPart, text: str) -> KeyPart:
    if isinstance(like, bool):
        return text == "true"
    return type(like)(text)


def _scanned(table: TableManifest, folder: str, local: Local, printed: Collection[str]) -> dict[str, Key]:
    import pyarrow as pa
    import pyarrow.compute as pc

    from runtime.tables.shards import read_shard

    wanted = pa.array(sorted(printed), pa.string())
    found: dict[str, Key] = {}
    for shard in table.shards:
        keys = read_shard(local(folder, shard), ["_key", "key"])
        for row in keys.filter(pc.is_in(keys.column("key"), wanted)).to_pylist():
            found[row["key"]] = decode_key(row["_key"])
    return found
