"""The manifests of three versions in; what the merged one says of how its rows came about, and its specs' files, out.

Every field is merged like a cell: what one side changed is taken. The fingerprint is that of a spec only where both
sides have one spec, model, seed and inputs: any other merge holds rows that no single build makes, and the next
build of the spec has to run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from runtime.merge.sides import Manifests
from runtime.store.port import Change, CommitId, ObjectId
from runtime.tables.layout import dataset_folder
from runtime.tables.manifest import Fingerprints, Manifest

T = TypeVar("T")
MAPPINGS = ("models", "sampling", "params", "inputs", "prompts")
SINGLE = ("seed", "limit", "steps")


def described(sides: Manifests, again: bool) -> Manifest:
    """Ours with what theirs changed. `again`: rows were left out for the next build to make."""
    base, ours, theirs = sides.base, sides.ours, sides.theirs
    assert ours is not None and theirs is not None
    changes: dict[str, Any] = {
        name: _mapping(getattr(base, name, {}), getattr(ours, name), getattr(theirs, name)) for name in MAPPINGS
    }
    changes |= {name: _one(getattr(base, name, None), getattr(ours, name), getattr(theirs, name)) for name in SINGLE}
    patched = ours.patched or theirs.patched
    return replace(ours, **changes, fingerprints=_fingerprints(base, ours, theirs, again), patched=patched)


def _one(base: T | None, ours: T, theirs: T) -> T:
    return theirs if ours == base else ours


def _mapping(base: Mapping[str, Any], ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    """Key by key; what one side removed is gone."""
    absent = object()
    found = {}
    for key in sorted({*ours, *theirs}):
        value = _one(base.get(key, absent), ours.get(key, absent), theirs.get(key, absent))
        if value is not absent:
            found[key] = value
    return found


def same_making(ours: Manifest, theirs: Manifest) -> bool:
    """Whether one build makes the rows of either side."""
    digests = [{name: item.digest for name, item in side.inputs.items()} for side in (ours, theirs)]
    return (
        ours.fingerprints.data == theirs.fingerprints.data
        and ours.models == theirs.models
        and (ours.seed, ours.limit, ours.format) == (theirs.seed, theirs.limit, theirs.format)
        and digests[0] == digests[1]
    )


def _fingerprints(base: Manifest | None, ours: Manifest, theirs: Manifest, again: bool) -> Fingerprints:
    """`description` and `program` name a spec whose files the commit has."""
    before = base.fingerprints if base else None
    own = _one(before, ours.fingerprints, theirs.fingerprints)
    if same_making(ours, theirs) and not again:
        return own
    return own.holding(ours.fingerprints, theirs.fingerprints)


def merged_specs(sides: Manifests) -> dict[str, Change]:
    """What the commit changes below `spec/`: folders, each of a spec that made rows."""
    commits = sides.commits
    ours, theirs = _specs(sides, commits.ours), _specs(sides, commits.theirs)
    wanted = _wanted(sides)
    found: dict[str, Change] = {}
    for name in sorted({*ours, *theirs}):
        if name in wanted and name not in ours:
            found |= theirs[name]
        elif name not in wanted:
            found |= dict.fromkeys(ours.get(name, ()))
    return found


def kept_specs(sides: Manifests) -> dict[str, dict[str, CommitId]]:
    """The paths of each spec that the merged commit has, and a commit to read them from."""
    found: dict[str, dict[str, CommitId]] = {}
    for commit in (sides.commits.theirs, sides.commits.ours):
        if commit is not None:
            specs = _specs(sides, commit)
            found |= {name: dict.fromkeys(specs[name], commit) for name in specs if name in _wanted(sides)}
    return dict(sorted(found.items()))


def _wanted(sides: Manifests) -> set[str]:
    """Folders that one side added come, those that one side removed go."""
    commits = sides.commits
    base, ours, theirs = (set(_specs(sides, at)) for at in (commits.base, commits.ours, commits.theirs))
    return {name for name in ours | theirs if (name in theirs if (name in base) == (name in ours) else name in ours)}


def _specs(sides: Manifests, commit: CommitId | None) -> dict[str, dict[str, ObjectId]]:
    """The files of each spec, by the digest that its folder is called."""
    found: dict[str, dict[str, ObjectId]] = {}
    if commit is None:
        return found
    prefix = f"{dataset_folder(sides.dataset)}/spec"
    for entry in sides.commits.store.entries(commit, prefix):
        name = entry.path.removeprefix(f"{prefix}/").partition("/")[0]
        found.setdefault(name, {})[entry.path] = entry.id
    return found
