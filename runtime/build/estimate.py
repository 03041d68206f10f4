"""What earlier calls cost in; calls and tokens of a cell, and seconds for each token, out. Nothing is asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from runtime.build.progress import Progress
from runtime.journal import Journal
from runtime.query.scratch import fetch_all, parquet
from runtime.query.shards import local_shard
from runtime.store.port import CommitId, Store
from runtime.tables.layout import calls_folder
from runtime.tables.manifest import Manifest

ENOUGH = 5
"""Calls that say something about a model's pace."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Of one statement: `calls` that it makes for each candidate that is tried, and prompt and completion tokens of a
    call."""

    calls: float
    tokens: float


def rates(store: Store, commit: CommitId, manifest: Manifest) -> dict[str, Rate]:
    """As in a version that was built."""
    if manifest.calls is None or not manifest.calls.rows:
        return {}
    paths = [str(local_shard(store, commit, calls_folder(manifest.dataset), shard)) for shard in manifest.calls.shards]
    mean = "count(*), avg(prompt_tokens + completion_tokens)"
    found = fetch_all(f"select cell, {mean} from {parquet(paths)} where call is not null group by cell")
    tried = max(1, manifest.counts.attempted)
    return {cell: Rate(calls / tried, tokens) for cell, calls, tokens in found if tokens is not None}


def remember(journal: Journal, models: Iterable[str], progress: Progress, seconds: float) -> None:
    """The pace of a run that made enough calls, and how busy it was, under the models that it used."""
    names = list(models)
    found = {}
    if progress.fresh >= ENOUGH and progress.tokens:
        found[_fact("pace", names)] = repr(seconds / progress.tokens).encode()
    if progress.busy:  # it was looked at: of a short run, and of several processes, nobody asks
        found[_fact("busy", names)] = repr(progress.busy).encode()
    if found:
        journal.set_facts(found)


def seconds_per_token(journal: Journal, models: Iterable[str]) -> float | None:
    """As last seen of these models together; None when they were never asked here."""
    found = journal.fact(_fact("pace", models))
    return None if found is None else float(found)


def busy(journal: Journal, models: Iterable[str]) -> float:
    """The share of its time that the last long build with these models, in one process, did not wait; 0 without one."""
    return float(journal.fact(_fact("busy", models)) or 0)


def _fact(what: str, models: Iterable[str]) -> str:
    return f"{what}:{','.join(sorted(set(models)))}"
