"""Faults of the disk and of git in; diagnostics out."""

from __future__ import annotations

import errno
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from os import strerror
from pathlib import Path

import pygit2

from dsl.diagnostics import Diagnostic, SynthError
from runtime.store.port import CommitId


@contextmanager
def reported(folder: Path, commit: CommitId | None = None, path: str = "") -> Iterator[None]:
    """E1016 when the folder cannot be used, E1007 when git finds an object missing or damaged.

    `commit` and `path` say what was being read.
    """
    where = "" if commit is None else f"read for commit {commit[:10]}" + (f", `{path}`" if path else "")
    try:
        yield
    except SynthError as error:
        first = error.diagnostics[0]
        if not where or first.code != "E1007":
            raise
        raise SynthError(replace(first, notes=(*first.notes, where))) from error
    except OSError as error:
        raise SynthError(unusable(folder, error.strerror or str(error))) from error
    except pygit2.GitError as error:
        found = unusable(folder, str(error)) if _refused(str(error)) else damaged(str(error), where)
        raise SynthError(found) from error
    except (zlib.error, ValueError) as error:
        if not where:
            raise
        raise SynthError(damaged(str(error), where)) from error


_REFUSALS = tuple(
    strerror(number).lower()
    for number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.EMFILE)
)


def _refused(told: str) -> bool:
    """Git tells what the system said at the end of what it says itself."""
    return told.strip().lower().endswith(_REFUSALS)


def unusable(folder: Path, why: str) -> Diagnostic:
    return Diagnostic(
        code="E1016",
        message=f"the store at {folder} cannot be used",
        notes=(why,),
        help="it must be on a disk with space left, and yours to write; run the command again after",
    )


def damaged(*why: str) -> Diagnostic:
    return Diagnostic(
        code="E1007",
        message="the store is damaged: an object is missing or does not match its digest",
        notes=tuple(filter(None, why)),
        help="`synth fsck` lists all that is wrong, and mends what it has another copy of",
    )
