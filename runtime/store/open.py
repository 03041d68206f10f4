"""A project in; its store out. Imports the store that is asked for, and no other."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from dsl.diagnostics import Diagnostic, SynthError
from runtime.store.port import Store

if TYPE_CHECKING:
    from runtime.config.project import Project

FOLDER = "store.git"


def project_store(project: Project) -> Store:
    """The store that `synth.toml` names: a git store in the state folder, or at `path`. E1017 for one not yet there."""
    config = project.config.store
    if config.kind != "git":
        raise SynthError(_later(config.kind, project))
    return open_store(project.state_dir, folder=store_folder(project))


def store_folder(project: Project) -> Path:
    """Where the project's git store lies, made or not."""
    path = project.config.store.path
    return project.root / path if path else project.state_dir / FOLDER


def open_store(state: Path, clock: Callable[[], float] = time.time, folder: Path | None = None) -> Store:
    """The embedded git store of a state folder, made on first use. `clock` gives the seconds that commits carry."""
    from runtime.store.git.store import GitStore

    return GitStore(folder or state / FOLDER, state / "cache" / "shards", clock)


def _later(kind: str, project: Project) -> Diagnostic:
    return Diagnostic(
        "E1017",
        f"a store of kind `{kind}` is configured today and served by a later edition of synth",
        project.config.place("store", "kind"),
        help='take the embedded store for now: `kind = "git"`',
    )
