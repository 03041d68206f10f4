"""What a person typed, or a commit's id, in; commits out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import pygit2
from pygit2.enums import SortMode

from dsl.diagnostics import Diagnostic, SynthError, did_you_mean
from runtime.store.git import refs
from runtime.store.git.faults import damaged
from runtime.store.git.messages import parse_message
from runtime.store.port import Commit, CommitId

_STEPS = re.compile(r"(?P<base>.*?)(?P<steps>(~\d*)*)")
_ID = re.compile(r"[0-9a-fA-F]{4,40}")


def names(repository: pygit2.Repository, prefix: str) -> Mapping[str, CommitId]:
    """Branches (prefix `HEADS`) or tags (`TAGS`), sorted, with the commits they lead to."""
    found = sorted(name for name in repository.references if name.startswith(prefix))
    return {name.removeprefix(prefix): refs.commit_of(repository.references[name]) for name in found}


def resolve(repository: pygit2.Repository, ref: str) -> CommitId:
    """E1001 unknown, E1005 before the first commit, E1006 ambiguous."""
    match = _STEPS.fullmatch(ref)
    base, steps = (match["base"], match["steps"]) if match else (ref, "")
    at = _named(repository, base)
    for _ in range(sum(int(step or 1) for step in steps.split("~")[1:])):
        parents = find(repository, at).parent_ids
        if not parents:
            raise SynthError(Diagnostic(code="E1005", message=f"`{ref}` lies before the first commit of `{base}`"))
        at = str(parents[0])
    return at


def find(repository: pygit2.Repository, commit: CommitId) -> pygit2.Commit:
    """E1007 when the store does not have a commit that something names."""
    try:
        found = repository.get(pygit2.Oid(hex=commit))
    except pygit2.GitError as error:
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
        raise SynthError(_unknown(repository, name))
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
    found = {commit.id for head in heads for commit in log(repository, head) if commit.id.startswith(prefix)}
    if len(found) > 1:
        listed = ", ".join(sorted(id_[:12] for id_ in found))
        raise SynthError(Diagnostic(code="E1006", message=f"several commits begin with `{prefix}`", notes=(listed,)))
    return found.pop() if found else None


def _unknown(repository: pygit2.Repository, name: str) -> Diagnostic:
    known = [*names(repository, refs.HEADS), *names(repository, refs.TAGS)]
    listed = ", ".join(sorted(known)[:8])
    return Diagnostic(
        code="E1001",
        message=f"no branch, tag or commit is called `{name}`",
        notes=(f"there are: {listed}" if known else "the store has no commits yet",),
        help=did_you_mean(name, known) or None,
    )


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
