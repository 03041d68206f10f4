"""Commits in; how log, show, branch and tag print them, as text and as JSON, out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from runtime.cli.console import paint

if TYPE_CHECKING:
    from runtime.store.port import Commit, CommitId, Store

SHORT = 10
"""Characters of a commit's id that a person is shown; any unambiguous beginning is read."""


def names(store: Store) -> Mapping[CommitId, list[str]]:
    """Branches, then tags, by the commit they point at."""
    found: dict[CommitId, list[str]] = {}
    for kind in (store.branches(), store.tags()):
        for name, commit in kind.items():
            found.setdefault(commit, []).append(name)
    return found


def title(commit: Commit, called: Iterable[str] = ()) -> str:
    """`commit 12ab… (main, v1)  2026-11-21 08:45 UTC`"""
    shown = f" ({', '.join(called)})" if called else ""
    return f"{paint(f'commit {commit.id[:SHORT]}', 'yellow')}{paint(shown, 'cyan')}  {time(commit)}"


def time(commit: Commit) -> str:
    return f"{commit.time:%Y-%m-%d %H:%M} UTC"


def commits(store: Store, ids: Iterable[CommitId]) -> Iterator[Commit]:
    """In that order, several asked for at once: a server's answer takes its way."""
    with ThreadPoolExecutor(8) as pool:
        yield from pool.map(store.get, ids)


def subject(commit: Commit) -> str:
    return commit.message.partition("\n")[0]


def commit_json(commit: Commit, called: Mapping[CommitId, list[str]]) -> dict[str, Any]:
    """Every key is always there."""
    return {
        "id": commit.id,
        "parents": list(commit.parents),
        "names": called.get(commit.id, []),
        "message": commit.message,
        "author": commit.author,
        "time": commit.time.isoformat(),
        "build_id": commit.build_id,
        "metadata": dict(commit.metadata),
    }
