"""What earlier calls cost in; tokens for each call of a cell, and seconds for each token, out. Nothing is asked."""

from __future__ import annotations

from collections.abc import Iterable

from runtime.build.progress import Progress
from runtime.journal import Journal
from runtime.query.scratch import open_scratch, parquet
from runtime.query.shards import local_shard
from runtime.store.port import CommitId, Store
from runtime.tables.layout import calls_folder
from runtime.tables.manifest import Manifest

ENOUGH = 5
"""Calls that say something about a model's pace."""


def tokens_per_call(store: Store, commit: CommitId, manifest: Manifest) -> dict[str, float]:
    """Mean prompt and completion tokens of each cell's calls in a version that was built."""
    if manifest.calls is None or not manifest.calls.rows:
        return {}
    paths = [str(local_shard(store, commit, calls_folder(manifest.dataset), shard)) for shard in manifest.calls.shards]
    connection = open_scratch()
    try:
        mean = "avg(prompt_tokens + completion_tokens)"
        sql = f"select cell, {mean} from {parquet(paths)} where call is not null group by cell"
        return dict(connection.execute(sql).fetchall())
    finally:
        connection.close()


def remember(journal: Journal, models: Iterable[str], progress: Progress, seconds: float) -> None:
    """The pace of a run that made enough calls, under the models that it used."""
    if progress.fresh >= ENOUGH and progress.tokens:
        journal.set_facts({_fact(models): repr(seconds / progress.tokens).encode()})


def seconds_per_token(journal: Journal, models: Iterable[str]) -> float | None:
    """As last seen of these models together; None when they were never asked here."""
    found = journal.fact(_fact(models))
    return None if found is None else float(found)


def _fact(models: Iterable[str]) -> str:
    return f"pace:{','.join(sorted(set(models)))}"
