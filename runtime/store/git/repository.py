"""A folder in; an open bare repository with the settings that keep data safe, out."""

from __future__ import annotations

from pathlib import Path

import pygit2
from pygit2.enums import Option

from runtime.store.git.refs import exclusive

_READY = "synth.format"
_SETTINGS = {"gc.auto": "0", "core.fsync": "all", _READY: "1"}


def open_repository(folder: Path) -> pygit2.Repository:
    """Made on first use, by one process at a time. `gc.auto` is off: git must not repack under a running build."""
    pygit2.option(Option.ENABLE_FSYNC_GITDIR, True)
    if not _is_ready(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with exclusive(folder):
            if not _is_ready(folder):
                _make(folder)
    return pygit2.Repository(str(folder))


def _is_ready(folder: Path) -> bool:
    if not (folder / "HEAD").exists() or not (folder / "config").exists():
        return False
    return _READY in pygit2.Repository(str(folder)).config


def _make(folder: Path) -> None:
    """Idempotent; the mark that says it is done is written last, so a kill in between is made good."""
    repository = pygit2.init_repository(str(folder), bare=True, initial_head="main")
    for name, value in _SETTINGS.items():
        repository.config[name] = value


def author(repository: pygit2.Repository, seconds: int) -> pygit2.Signature:
    """From the user's git configuration; `synth <synth@localhost>` where there is none. Times are kept in UTC."""
    try:
        known = repository.default_signature
    except (KeyError, pygit2.GitError):
        return pygit2.Signature("synth", "synth@localhost", seconds, 0)
    return pygit2.Signature(known.name, known.email, seconds, 0)
