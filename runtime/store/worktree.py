"""The project's state folder in; the current branch out, and switched. Kept in `.synth/HEAD`, as git keeps its own."""

from __future__ import annotations

import os
from pathlib import Path

from dsl.diagnostics import Diagnostic, SynthError
from runtime.store.names import BRANCH_NAME, check_user_branch
from runtime.store.port import CommitId, Store

DEFAULT_BRANCH = "main"


def current_branch(state: Path) -> str:
    """`main` until `switch` says otherwise; E1010 when the file holds no branch's name."""
    try:
        name = (state / "HEAD").read_text(encoding="utf-8", errors="replace").strip()
    except FileNotFoundError:
        return DEFAULT_BRANCH
    if BRANCH_NAME.fullmatch(name) is None:
        raise SynthError(
            Diagnostic(
                code="E1010", message=f"{state / 'HEAD'} does not hold a branch's name", help="run `synth switch main`"
            )
        )
    return name


def switch(state: Path, store: Store, name: str, create: bool = False, at: CommitId | None = None) -> None:
    """Makes `name` current; with `create`, makes it first, at `at` or at the current branch's head.

    E1001 when there is no such branch. In a store without commits any name will do: the first build makes the branch.
    """
    check_user_branch(name)
    start = at or store.head(current_branch(state)) if create else None
    if start is not None:
        store.create_branch(name, start)
    elif store.head(name) is None and store.branches():
        store.resolve(name)
        raise SynthError(Diagnostic(code="E1001", message=f"`{name}` is not a branch", help="`-c` makes one"))
    _write(state / "HEAD", name)


def _write(path: Path, name: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"HEAD.{os.getpid()}")
    temporary.write_text(f"{name}\n", encoding="utf-8")
    temporary.replace(path)
