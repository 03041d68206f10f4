"""A project in; its store out. Imports the store that is asked for, and no other."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from runtime.store.port import Store

if TYPE_CHECKING:
    from runtime.config.project import Project
    from runtime.store.lakefs.store import LakeFSStore

FOLDER = "store.git"


def project_store(project: Project) -> Store:
    """The store that `synth.toml` names: a git store in the state folder, or at `path`; or a lakeFS server's."""
    if project.config.store.kind == "lakefs":
        return lakefs_store(project)
    return open_store(project.state_dir, folder=store_folder(project))


def lakefs_store(project: Project) -> LakeFSStore:
    """Nothing is asked of the server yet. E1043 without an endpoint or keys, E1055 without the SDK."""
    from runtime.store.lakefs.open import open_lakefs

    return open_lakefs(project.config, project.root.name, project.state_dir / "cache" / "lakefs")


def store_folder(project: Project) -> Path:
    """Where the project's git store lies, made or not."""
    path = project.config.store.path
    return project.root / path if path else project.state_dir / FOLDER


def open_store(state: Path, clock: Callable[[], float] = time.time, folder: Path | None = None) -> Store:
    """The embedded git store of a state folder, made on first use. `clock` gives the seconds that commits carry."""
    from runtime.store.git.store import GitStore

    return GitStore(folder or state / FOLDER, state / "cache" / "shards", clock)
