"""A process that commits files of known content over and over: `writer.py STATE NAME COMMITS`."""

from __future__ import annotations

import sys
from pathlib import Path

from runtime.store.open import open_store
from runtime.store.port import BranchMoved, Change, CommitRequest, Store

FILES = 7


def commit_once(store: Store, name: str, number: int) -> None:
    """Tries again on the new head until the commit is in."""
    numbers = range(number * FILES, (number + 1) * FILES)
    changes: dict[str, Change] = {f"data/{name}/{n}": store.put(f"{name} {n}".encode() * 500) for n in numbers}
    while True:
        request = CommitRequest(
            branch="main",
            changes=changes,
            message=f"{name} {number}",
            build_id=f"{name} {number}",
            expected=store.head("main"),
            metadata={"files": str(FILES)},
        )
        try:
            store.commit(request)
            return
        except BranchMoved:
            continue


def main(state: str, name: str, commits: str) -> None:
    store = open_store(Path(state))
    print("ready", flush=True)
    for number in range(int(commits)):
        commit_once(store, name, number)


if __name__ == "__main__":
    main(*sys.argv[1:])
