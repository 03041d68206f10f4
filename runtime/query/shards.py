"""A shard of a commit in; its file on this machine out. Damage is told with the dataset, the commit and the rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from dsl.diagnostics import SynthError
from runtime.store.port import CommitId, Store
from runtime.tables.keys import print_key
from runtime.tables.layout import described, shard_path
from runtime.tables.manifest import Shard

DAMAGED, MISSING = "E1007", "E1011"


def local_shard(store: Store, commit: CommitId, folder: str, shard: Shard) -> Path:
    """E1007 when its bytes are not what they were, naming the key range that cannot be read."""
    with located(f"{range_of(shard)} of {described(folder)}, in commit {commit[:10]}", DAMAGED, MISSING):
        return store.local(commit, shard_path(folder, shard.sha256))


def local_shards(store: Store, commit: CommitId, folder: str, shards: Sequence[Shard]) -> list[Path]:
    """The files of many shards, fetched together where the store is far away."""
    store.prefetch(commit, [shard_path(folder, shard.sha256) for shard in shards])
    return [local_shard(store, commit, folder, shard) for shard in shards]


def range_of(shard: Shard) -> str:
    """``rows `a/1` to `b/3` ``"""
    return f"rows `{print_key(shard.first)}` to `{print_key(shard.last)}`"


@contextmanager
def located(where: str, *codes: str) -> Iterator[None]:
    """Says of damage what a person knows the damaged thing by. A file that is named and not there is damage."""
    try:
        yield
    except SynthError as error:
        first = error.diagnostics[0]
        if first.code not in codes:
            raise
        message = (
            "the store is damaged: a file is missing that a manifest names" if first.code == MISSING else first.message
        )
        told = replace(first, code=DAMAGED, message=message, notes=(where, *first.notes))
        raise SynthError(told, *error.diagnostics[1:]) from error
