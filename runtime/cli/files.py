"""A path as it was typed and a text in; the file, whole or not at all, out."""

from __future__ import annotations

import os
from pathlib import Path

from dsl.diagnostics import Diagnostic, SynthError
from runtime.whole import write_whole


def write(typed: str, text: str) -> None:
    """Relative to the current folder; what stood there is replaced at once. E1106 where it cannot be."""
    try:
        path = Path.cwd() / typed
        path.parent.stat()  # a folder that is not there was rather not meant
        write_whole(path, text.encode(), mode=0o666 & ~_umask())
    except OSError as error:
        raise SynthError(
            Diagnostic(
                "E1106",
                f"`{typed}` cannot be written: {(error.strerror or str(error)).lower()}",
                help="name a file in a folder that is there and that you may write to",
            )
        ) from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
