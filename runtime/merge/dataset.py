"""A dataset that both sides changed in; its merged tables, its manifest and what is left open, out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from dsl.diagnostics import Diagnostic
from runtime.merge.apply import Applied, Delta, apply, borrowed
from runtime.merge.decided import check_decision
from runtime.merge.manifests import described, merged_specs
from runtime.merge.model import Conflict, TableMerge
from runtime.merge.resolving import Resolutions
from runtime.merge.schemas import merged_schema
from runtime.merge.sides import Manifests, Three
from runtime.merge.tables import Outcome, merge_table
from runtime.merge.texts import of_both
from runtime.merge.trail import Trail, open_fates
from runtime.query.determinism import recounted
from runtime.query.scratch import Scratch, fetch_all, parquet
from runtime.query.shards import local_shard
from runtime.store.port import Change, Store
from runtime.tables import layout
from runtime.tables.manifest import Counts, Manifest, TableManifest
from runtime.tables.manifest_json import write_manifest
from runtime.tables.writer import table_changes

DECISIONS = "decisions"


@dataclass
class DatasetMerge:
    """`mixed` are the rows of each table that neither side has: their constraints have to be looked at again."""

    manifest: Manifest
    changes: dict[str, Change] = field(default_factory=dict)
    tables: list[TableMerge] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)
    mixed: dict[str, list[str]] = field(default_factory=dict)

    def paths(self, store: Store, commit: str, folder: str, table: TableManifest | None) -> list[Path]:
        """Local files of a merged table: what the merge wrote or borrowed, else ours'."""
        found = []
        for shard in table.shards if table is not None else ():
            new = self.changes.get(layout.shard_path(folder, shard.sha256))
            found.append(
                store.local_object(new, ".parquet")
                if isinstance(new, str)
                else local_shard(store, commit, folder, shard)
            )
        return found


def merge_dataset(sides: Manifests, decide: Resolutions) -> DatasetMerge:
    assert sides.ours is not None and sides.theirs is not None
    done = DatasetMerge(sides.ours)
    if sides.ours.key != sides.theirs.key:
        done.problems.append(_other_key(sides))
        return done
    scratch = Scratch()
    open_fates(scratch)
    outcomes = {name: _table(sides, scratch, name, decide) for name in sides.tables}
    decisions = _decisions(sides, scratch, decide)
    for name, outcome in [*outcomes.items(), *([(DECISIONS, decisions)] if decisions else [])]:
        done.changes |= outcome.changes
        done.tables.append(outcome.merge)
        done.conflicts += outcome.conflicts
        done.problems += outcome.problems
        done.mixed |= {name: outcome.mixed} if outcome.mixed else {}
    again = any(outcome.regenerate for outcome in outcomes.values())
    tables = {name: one.table for name, one in outcomes.items() if one.table is not None}
    manifest = replace(described(sides, again), tables=dict(sorted(tables.items())))
    if decisions is not None:
        manifest = replace(manifest, decisions=decisions.table)
    done.manifest = manifest
    _trails(sides, scratch, done)
    _measured(sides, done)
    done.changes |= merged_specs(sides)
    done.changes[layout.manifest_path(sides.dataset)] = write_manifest(done.manifest)
    return done


def _table(sides: Manifests, scratch: Scratch, name: str, decide: Resolutions) -> Outcome:
    assert sides.ours is not None
    return merge_table(sides.table(scratch, name), sides.dataset, name, len(sides.ours.key), decide)


def _decisions(sides: Manifests, scratch: Scratch, decide: Resolutions) -> Outcome | None:
    """Merged by key like any table: what two people decided about two rows stands side by side."""
    three = sides.beside(scratch, DECISIONS, layout.decisions_folder(sides.dataset))
    if three.ours.table is None and three.theirs.table is None:
        return None
    check = partial(check_decision, sides)
    return merge_table(three, sides.dataset, DECISIONS, 0, decide, atomic=True, check=check)


def _trails(sides: Manifests, scratch: Scratch, done: DatasetMerge) -> None:
    """Rejected rows and calls follow the rows."""
    name = sides.dataset
    rejected = Trail(sides.beside(scratch, "rejected", layout.rejected_folder(name)), "key")
    calls = Trail(sides.beside(scratch, "calls", layout.calls_folder(name)), "row")
    kept = _kept(sides, scratch, done, rejected.owners())
    dropped = _followed(rejected.three, rejected.delta(kept), done)
    done.manifest = replace(done.manifest, rejected=dropped, calls=_followed(calls.three, calls.delta(), done))
    texts = sides.beside(scratch, "texts", layout.texts_folder(name))
    done.manifest = replace(done.manifest, texts=_followed(texts, of_both(texts), done))


def _followed(three: Three, delta: Delta, done: DatasetMerge) -> TableManifest | None:
    if three.ours.table is None and three.theirs.table is None:
        return None
    if not delta.keys and three.ours.table is not None:
        return three.ours.table
    schema = merged_schema(three.base.schema, three.ours.schema, three.theirs.schema, three.name, "ours").schema
    found: Applied = apply(three.ours, three.theirs, schema, delta)
    objects = {**found.written, **borrowed(found, three.ours, three.theirs)}
    done.changes |= table_changes(three.folder, three.ours.table, found.table, objects)
    return found.table


def _kept(sides: Manifests, scratch: Scratch, done: DatasetMerge, candidates: Sequence[str]) -> set[str]:
    """Those that have a row in the result; a person can have rejected one row of many, under the row's own key."""
    paths = [path for _, _, files in _files(sides, done) for path in files]
    if not candidates or not paths:
        return set()
    keys = parquet([str(path) for path in paths], "key")
    sql = f"""select distinct owner from (select {_candidate(done.manifest)} as owner from {keys} union all from {keys})
        where owner in (select unnest($1::varchar[]))"""
    return {owner for (owner,) in scratch.execute(sql, [list(candidates)]).fetchall()}


def _candidate(manifest: Manifest) -> str:
    return f"array_to_string(list_slice(string_split(key, '/'), 1, {len(manifest.key)}), '/')"


def _files(sides: Manifests, done: DatasetMerge) -> list[tuple[str, TableManifest, list[Path]]]:
    """Each table of the result with its local files."""
    commits = sides.commits
    assert commits.ours is not None
    return [
        (name, table, done.paths(commits.store, commits.ours, layout.table_folder(sides.dataset, name), table))
        for name, table in done.manifest.tables.items()
    ]


def _measured(sides: Manifests, done: DatasetMerge) -> None:
    """Counts and measures of the result, as a build finds them."""
    from runtime.measures.dataset import measures

    commits = sides.commits
    assert commits.ours is not None
    ours = commits.ours

    def local(path: str) -> Path:
        new = done.changes.get(path)
        if isinstance(new, str):
            return commits.store.local_object(new, ".parquet")
        return commits.store.local(ours, path)

    found = measures(sides.dataset, done.manifest.tables, local)
    calls = done.manifest.calls
    again = recounted(calls, done.paths(commits.store, ours, layout.calls_folder(sides.dataset), calls))
    done.manifest = replace(done.manifest, measures=found, counts=_counts(sides, done), determinism=again)


def _counts(sides: Manifests, done: DatasetMerge) -> Counts:
    commits, folder = sides.commits, layout.rejected_folder(sides.dataset)
    assert commits.ours is not None
    rejected = done.paths(commits.store, commits.ours, folder, done.manifest.rejected)
    reasons = Counter(_statements(rejected))
    every = [str(path) for _, _, paths in _files(sides, done) for path in paths]
    sql = f"select count(distinct {_candidate(done.manifest)}) from {parquet(every, 'key')}"
    kept = int(fetch_all(sql)[0][0]) if every else 0
    return Counts(kept + sum(reasons.values()), kept, dict(sorted(reasons.items())))


def _statements(paths: Sequence[Path]) -> list[str]:
    """Of every candidate that was dropped; a row of an input that broke its record's constraint was none."""
    if not paths:
        return []
    found = fetch_all(f"select statement from {parquet([str(path) for path in paths], 'statement')}")
    return [statement for (statement,) in found if not statement.startswith("input ")]


def _other_key(sides: Manifests) -> Diagnostic:
    assert sides.ours is not None and sides.theirs is not None
    keys = (", ".join(part.name for part in side.key) for side in (sides.ours, sides.theirs))
    ours, theirs = keys
    return Diagnostic(
        code="E1063",
        message=f"`{sides.dataset}` cannot be merged: its rows are known by other keys on each side",
        notes=(f"ours: {ours}", f"theirs: {theirs}"),
        help="build one side anew with the other's axes, then merge",
    )
