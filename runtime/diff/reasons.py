"""Two versions' rejected rows and the keys that came and went in; why rows are missing or new, reason by reason, out.

A row that went and is rejected in the new version was not rejected in the old one, so its rejected row lies in a shard
that only the new version has: no other shard is read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from runtime.diff.changes import Changes
from runtime.diff.model import Fate, ReasonChange
from runtime.diff.shards import Differing, Version
from runtime.query.scratch import Scratch, parquet
from runtime.tables.keys import decode_key, encode_key, print_key
from runtime.tables.manifest import Manifest

EXAMPLES = 3
STATEMENT, REASON = "statement", "reason"
Reasons = Mapping[bytes, str]
"""Candidate keys and why each was dropped: the title of the statement that dropped it."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Keys of candidates whose rows went, and of those whose rows came."""

    went: frozenset[bytes]
    came: frozenset[bytes]


def moved(tables: Sequence[Changes], parts: int) -> Moved:
    """Over all tables of a dataset: a candidate that only moved to another table neither went nor came."""
    went = _candidates(tables, "removed", parts)
    came = _candidates(tables, "added", parts)
    return Moved(frozenset(went - came), frozenset(came - went))


def _candidates(tables: Iterable[Changes], state: str, parts: int) -> set[bytes]:
    keys: set[bytes] = set()
    for table in tables:
        if table.total:
            rows = table.scratch.execute(f"select _key from {table.keys} where state = $1", [state]).fetchall()
            keys.update(candidate_key(key, parts) for (key,) in rows)
    return keys


def candidate_key(key: bytes, parts: int) -> bytes:
    """The candidate's part of a row's key: `emit … for` adds the position to it."""
    return encode_key(decode_key(key)[:parts])


def reason_changes(
    scratch: Scratch,
    versions: tuple[Version, Version],
    manifests: tuple[Manifest | None, Manifest | None],
    keys: Moved,
) -> tuple[tuple[ReasonChange, ...], Fate]:
    """Reasons whose counts differ or that explain a row; then how many rows no reason explains."""
    before, after = versions
    went = _dropped(scratch, Differing(after, before), keys.went, _titles(manifests[1]))
    came = _dropped(scratch, Differing(before, after), keys.came, _titles(manifests[0]))
    counts = tuple(map(_counts, manifests))
    names = dict.fromkeys((*counts[0], *counts[1], *went.values(), *came.values()))
    found = [_reason(name, counts[0][name], counts[1][name], went, came) for name in names]
    telling = [reason for reason in found if reason.went or reason.came or reason.before != reason.after]
    telling.sort(key=lambda reason: (-reason.went - reason.came, reason.reason))
    return tuple(telling), Fate(len(keys.went) - len(went), len(keys.came) - len(came))


def _titles(manifest: Manifest | None) -> dict[str, str]:
    """Titles by step id: ids count statements (`filter 2`), so only titles can be compared between versions."""
    return {step.id: step.title for step in manifest.steps} if manifest else {}


def _counts(manifest: Manifest | None) -> Counter[str]:
    """How many candidates each reason dropped."""
    counts: Counter[str] = Counter()
    titles = _titles(manifest)
    for name, count in (manifest.counts.rejected if manifest else {}).items():
        counts[titles.get(name, name)] += count
    return counts


def _reason(name: str, before: int, after: int, went: Reasons, came: Reasons) -> ReasonChange:
    gone = sorted(key for key, reason in went.items() if reason == name)
    back = sorted(key for key, reason in came.items() if reason == name)
    examples = tuple(print_key(decode_key(key)) for key in (gone + back)[:EXAMPLES])
    return ReasonChange(name, before, after, len(gone), len(back), examples)


def _dropped(
    scratch: Scratch, rejected: Differing, keys: frozenset[bytes], titles: Mapping[str, str]
) -> dict[bytes, str]:
    """Why each of these candidates was dropped there; without those that were not."""
    column = next((name for name in (STATEMENT, REASON) if name in rejected.own.schema.names), None)
    if not keys or column is None or not rejected.files:
        return {}
    import pyarrow as pa

    cursor = scratch.cursor()
    cursor.register("wanted", pa.table({"_key": pa.array(sorted(keys), pa.binary())}))
    relation = parquet(rejected.paths, f"_key, {column}")
    found = cursor.execute(f"select _key, {column} from {relation} semi join wanted using (_key)").fetchall()
    return {key: titles.get(reason, reason) for key, reason in found}
