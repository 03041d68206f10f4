"""What a person typed, or a commit's id, in; commits out."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pygit2
from pygit2.enums import SortMode

from dsl.diagnostics import SynthError
from runtime.store import typed
from runtime.store.git import refs
from runtime.store.git.faults import damaged
from runtime.store.git.messages import parse_message
from runtime.store.git.objects import loose_content
from runtime.store.port import Commit, CommitId, ObjectId

_ID = re.compile(r"[0-9a-fA-F]{4,40}")


def names(repository: pygit2.Repository, prefix: str) -> Mapping[str, CommitId]:
    """Branches (prefix `HEADS`) or tags (`TAGS`), sorted, with the commits they lead to."""
    found = sorted(name for name in repository.references if name.startswith(prefix))
    return {name.removeprefix(prefix): refs.commit_of(repository.references[name]) for name in found}


def resolve(repository: pygit2.Repository, ref: str) -> CommitId:
    """E1001 unknown, E1005 before the first commit, E1006 ambiguous."""

    def parents(commit: CommitId) -> list[CommitId]:
        return [str(id_) for id_ in find(repository, commit).parent_ids]

    return typed.resolve(ref, lambda name: _named(repository, name), parents)


def find(repository: pygit2.Repository, commit: CommitId) -> pygit2.Commit:
    """E1007 when the store does not have a commit that something names."""
    id_ = pygit2.Oid(hex=commit)
    try:
        loose_content(Path(repository.path) / "objects", ObjectId(str(id_)))
        found = repository.get(id_)
    except (pygit2.GitError, zlib.error, ValueError) as error:
        raise SynthError(damaged(f"commit {commit}", str(error))) from error
    if not isinstance(found, pygit2.Commit):
        raise SynthError(damaged(f"there is no commit {commit}"))
    return found


def _named(repository: pygit2.Repository, name: str) -> CommitId:
    for prefix in (refs.HEADS, refs.TAGS):
        if pygit2.reference_is_valid_name(prefix + name):
            found = refs.target(repository, prefix + name)
            if found is not None:
                return found
    found = _by_id(repository, name.lower()) if _ID.fullmatch(name) else None
    if found is None:
        raise typed.unknown(name, [*names(repository, refs.HEADS), *names(repository, refs.TAGS)])
    return found


def _by_id(repository: pygit2.Repository, prefix: str) -> CommitId | None:
    try:
        found = repository[repository.expand_id(prefix)]
    except KeyError:
        return None
    except (ValueError, pygit2.GitError):
        return _by_ambiguous_id(repository, prefix)
    return str(found.id) if isinstance(found, pygit2.Commit) else None


def _by_ambiguous_id(repository: pygit2.Repository, prefix: str) -> CommitId | None:
    """Several objects begin so; among the commits that a name leads to, it may be one."""
    heads = {**names(repository, refs.HEADS), **names(repository, refs.TAGS)}.values()
    return typed.only(prefix, (commit.id for head in heads for commit in log(repository, head)))


def log(repository: pygit2.Repository, start: CommitId) -> Iterator[Commit]:
    """Children before parents, newest first."""
    try:
        for commit in repository.walk(pygit2.Oid(hex=start), SortMode.TOPOLOGICAL | SortMode.TIME):
            yield commit_of(commit)
    except pygit2.GitError:
        _find_all(repository, start)
        raise


def _find_all(repository: pygit2.Repository, start: CommitId) -> None:
    """E1007 with the id of the commit that is damaged: a walk does not say which it is."""
    seen, left = set(), [start]
    while left:
        at = left.pop()
        seen.add(at)
        left += [str(parent) for parent in find(repository, at).parent_ids if str(parent) not in seen]


def commit_of(found: pygit2.Commit) -> Commit:
    message, build_id, metadata = parse_message(found.message)
    return Commit(
        id=str(found.id),
        parents=tuple(str(parent) for parent in found.parent_ids),
        message=message,
        author=f"{found.author.name} <{found.author.email}>",
        time=datetime.fromtimestamp(found.commit_time, UTC),
        metadata=metadata,
        build_id=build_id,
    )
