"""A path as it was typed and a text in; the file, whole or not at all, out."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from dsl.diagnostics import Diagnostic, SynthError


def write(typed: str, text: str) -> None:
    """Relative to the current folder; what stood there is replaced at once. E1106 where it cannot be."""
    try:
        _replace(Path.cwd() / typed, text)
    except OSError as error:
        raise SynthError(
            Diagnostic(
                "E1106",
                f"`{typed}` cannot be written: {(error.strerror or str(error)).lower()}",
                help="name a file in a folder that is there and that you may write to",
            )
        ) from None


def _replace(path: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
