"""Two commits of a store in; what merging one into the other changes, and what it leaves to a person, out.

Nothing here moves a branch: objects are put, and `commit_merge` names them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from compiler.catalog import Catalog
from dsl.diagnostics import Diagnostic, SynthError
from runtime.merge.model import Conflict, Merged, Resolution, Side, TableMerge
from runtime.merge.resolving import Resolutions
from runtime.merge.sides import Commits, Manifests
from runtime.store.port import Change, CommitId, Store
from runtime.tables import layout


def merge(
    store: Store,
    ours: CommitId,
    theirs: CommitId,
    resolutions: Sequence[Resolution] = (),
    prefer: Side | None = None,
    catalog: Catalog | None = None,
) -> Merged:
    """Rows of `theirs` into `ours`, three ways from where they parted. E1060 when they never were one.

    `prefer` settles every conflict that no resolution does. `catalog` gives files that the stored specs read
    (`lines("rules.txt")`), when constraints and audits are looked at again.
    """
    base = store.merge_base(ours, theirs)
    if base is None:
        raise SynthError(_unrelated(ours, theirs))
    if base == theirs:
        return Merged(base, ours, theirs, {}, up_to_date=True, resolutions=resolutions, prefer=prefer)
    found = three_way(Commits(store, base, ours, theirs), resolutions, prefer, catalog)
    return replace(found, fast_forward=base == ours)


def preview(store: Store, target: CommitId, source: CommitId) -> Merged:
    """What a pull request shows: the merge of `source` into `target`, committed nowhere."""
    return merge(store, target, source)


def revert(
    store: Store,
    commit: CommitId,
    onto: CommitId,
    resolutions: Sequence[Resolution] = (),
    prefer: Side | None = None,
    catalog: Catalog | None = None,
) -> Merged:
    """`onto` without what `commit` did; rows that changed since then, and that it changed too, are conflicts.

    Of a merge, it takes back what the merge brought in.
    """
    parents = store.get(commit).parents
    sides = Commits(store, commit, onto, parents[0] if parents else None)
    return replace(three_way(sides, resolutions, prefer, catalog), parent=False)


def three_way(
    commits: Commits, resolutions: Sequence[Resolution], prefer: Side | None, catalog: Catalog | None = None
) -> Merged:
    """Dataset by dataset: taken whole where one side alone changed it, merged by rows where both did.

    The recorded review policy is merged as a whole.
    """
    from runtime.review.recorded import policy_change

    work = _Work(commits, Resolutions.of(resolutions, prefer), catalog)
    for name in commits.datasets():
        work.dataset(commits.manifests(name))
    work.decide.check_used(work.conflicts)
    work.changes |= policy_change(commits.store, commits.base, commits.ours, commits.theirs)
    return Merged(
        commits.base,
        commits.ours,
        commits.theirs,
        work.changes,
        tuple(work.tables),
        tuple(work.conflicts),
        tuple(work.problems),
        resolutions=tuple(resolutions),
        prefer=prefer,
        datasets=work.datasets,
    )


class _Work:
    """What a merge has found so far."""

    def __init__(self, commits: Commits, decide: Resolutions, catalog: Catalog | None) -> None:
        self.commits, self.decide, self.catalog = commits, decide, catalog
        self.changes: dict[str, Change] = {}
        self.tables: list[TableMerge] = []
        self.conflicts: list[Conflict] = []
        self.problems: list[Diagnostic] = []
        self.datasets: dict[str, str] = {}

    def dataset(self, sides: Manifests) -> None:
        if sides.theirs in (sides.base, sides.ours):
            return
        if sides.ours == sides.base:
            self._whole(sides)
        elif sides.ours is None or sides.theirs is None:
            self._gone(sides)
        else:
            self._rows(sides)

    def _whole(self, sides: Manifests) -> None:
        """Theirs, shard for shard, manifest and all."""
        from runtime.merge.tables import taken_whole

        commits, folder = self.commits, layout.dataset_folder(sides.dataset)
        found = commits.store.changed(commits.ours, commits.theirs, folder)
        self.changes |= {entry.path: entry.id for entry in found.added}
        self.changes |= {entry.path: None for entry in found.removed}
        self.changes |= {both.after.path: both.after.id for both in found.changed}
        self.tables += taken_whole(sides)
        self._done(sides, "removed" if sides.theirs is None else "theirs")

    def _gone(self, sides: Manifests) -> None:
        """Changed on one side and removed on the other."""
        if self.decide.prefer == "theirs":
            self._whole(sides)
        elif self.decide.prefer is None:
            self.problems.append(_one_side_gone(sides))

    def _rows(self, sides: Manifests) -> None:
        from runtime.merge.checks import checked
        from runtime.merge.dataset import merge_dataset

        done = merge_dataset(sides, self.decide)
        if not done.conflicts and not done.problems:
            done.problems += checked(sides, done, self.catalog)
        self.changes |= done.changes
        self.tables += done.tables
        self.conflicts += done.conflicts
        self.problems += done.problems
        self._done(sides, "merged")

    def _done(self, sides: Manifests, how: str) -> None:
        self.datasets[sides.dataset] = how
        self.changes[layout.FORMAT_PATH] = layout.format_bytes()


def _one_side_gone(sides: Manifests) -> Diagnostic:
    here, there = ("ours", "theirs") if sides.ours is None else ("theirs", "ours")
    return Diagnostic(
        "E1063",
        f"dataset `{sides.dataset}` was removed in {here} and changed in {there}",
        help="`--ours` or `--theirs` says whose holds",
    )


def _unrelated(ours: CommitId, theirs: CommitId) -> Diagnostic:
    return Diagnostic(
        "E1060",
        f"{ours[:10]} and {theirs[:10]} cannot be merged: they have no commit in common",
        notes=("a merge compares both sides with the commit that they parted at",),
        help="build the dataset on a branch that `synth branch NAME main` makes, and merge that one",
    )
