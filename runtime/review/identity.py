"""A project in; who works in it, as `Name <email>`, out."""

from __future__ import annotations

import getpass
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import pygit2

    from runtime.config.project import Project

VARIABLE = "SYNTH_AUTHOR"
_EMAIL = re.compile(r"<([^<>]+)>\s*$")


def whoami(project: Project) -> str:
    """SYNTH_AUTHOR; else git's `user.name <user.email>`, as the project's own repository or the user has it; else the
    lakeFS server's user; else the machine's. A claim, like git's own: a signature is what proves it."""
    said = _clean(os.environ.get(VARIABLE, ""))
    return said or _git(project.root) or _lakefs(project) or f"{_login()} <{_login()}@localhost>"


def address(author: str) -> str:
    """What names a person in a file of allowed signers: the address, else all of it."""
    found = _EMAIL.search(author)
    return (found[1] if found else author).strip()


def email(author: str) -> str:
    """What tells people apart: `Ada@Example.org` and `ada@example.org` are one."""
    return address(author).casefold()


def _clean(text: str) -> str:
    return " ".join(text.encode("utf-8", "replace").decode().split())


def _git(root: Path) -> str:
    config = git_config(root)
    name, address = (_clean(config.get(key, "")) for key in ("user.name", "user.email"))
    if not name and not address:
        return ""
    return f"{name or address} <{address or name}>"


def _lakefs(project: Project) -> str:
    """Whose keys they are. "" for another store, and for a server that does not say."""
    if project.config.store.kind != "lakefs":
        return ""
    from runtime.store.lakefs.open import described
    from runtime.store.lakefs.store import LakeFSStore
    from runtime.store.open import project_store

    store = project_store(project)
    found = described(store) if isinstance(store, LakeFSStore) else {}
    user, server = found.get("user"), urlsplit(str(found.get("server"))).hostname
    return f"{user} <{user}@{server or 'lakefs'}>" if user else ""


def git_config(root: Path) -> dict[str, str]:
    """Git's settings as they hold in a folder; none where git's own files cannot be read."""
    import pygit2

    try:
        config = _config(root)
        return {entry.name: entry.value or "" for entry in config}
    except (pygit2.GitError, OSError):
        return {}


def _config(root: Path) -> pygit2.Config:
    import pygit2

    found = pygit2.discover_repository(str(root))
    return pygit2.Repository(found).config if found else pygit2.Config.get_global_config()


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "synth"
