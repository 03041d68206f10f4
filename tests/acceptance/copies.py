"""A name, and what makes a project, in; a copy of the project out: made once in this process, then only copied."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

Make = Callable[[Path], object]
_made: dict[object, Path] = {}


def copied(name: object, make: Make, folder: Path) -> Path:
    """`folder`, holding what `make` left in a folder. `name` stands for all that this depends on."""
    if name not in _made:
        root = Path(_room().name) / str(len(_made))
        root.mkdir()
        make(root)
        _made[name] = root
    shutil.copytree(_made[name], folder, symlinks=True, dirs_exist_ok=True)
    return folder


@cache
def _room() -> tempfile.TemporaryDirectory[str]:
    """Kept, and with it what lies in it, for as long as this process runs."""
    return tempfile.TemporaryDirectory(prefix="synth-copies-")
