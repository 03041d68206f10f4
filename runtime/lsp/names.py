"""A project in; the names that stand outside of its specs, for completion: roles, specs, and files to read, out."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

from runtime.config.project import FILE, once

if TYPE_CHECKING:
    from runtime.config.model import Binding
    from runtime.lsp.projects import OpenProject

FRESH = 5.0
"""Seconds that a list of files is believed."""
MOST = 5_000
"""Files that are looked at; a project with more lists those that come first."""


@dataclass
class ProjectNames:
    """The compiler's `Names`. Hidden folders are left out, those that are projects of their own, and links to specs."""

    project: OpenProject
    _files: tuple[str, ...] = ()
    _at: float = field(default=-inf)

    def roles(self) -> Mapping[str, str]:
        config = self.project.config
        profile = config.profile(None)
        return {role: _bound(binding) for role, binding in profile.roles.items()}

    def specs(self) -> Iterable[str]:
        return sorted({path for path in (*self._all(), *self.project.texts) if path.endswith(".synth")})

    def files(self) -> Iterable[str]:
        return [path for path in self._all() if not path.endswith(".synth")]

    def _all(self) -> tuple[str, ...]:
        if time.monotonic() - self._at > FRESH:
            self._files, self._at = tuple(_below(self.project.root)), time.monotonic()
        return self._files

    def forget(self) -> None:
        self._at = -inf


def _bound(binding: Binding) -> str:
    return f"{binding.engine} · {binding.model}" if binding.model else binding.engine


def _below(root: Path) -> list[str]:
    found: list[Path] = []
    for folder, folders, files in os.walk(root):
        here = Path(folder)
        kept = [name for name in folders if not name.startswith((".", "__pycache__", "node_modules"))]
        folders[:] = sorted(name for name in kept if not (here / name / FILE).is_file())
        found += (here / name for name in sorted(files) if not name.startswith("."))
        if len(found) >= MOST:
            break
    specs = {file for file in found if file.suffix == ".synth"}
    twice = specs.difference(once(specs))
    return [file.relative_to(root).as_posix() for file in found[:MOST] if file not in twice]
