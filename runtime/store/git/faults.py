"""Faults of the disk and of git in; diagnostics out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pygit2

from dsl.diagnostics import Diagnostic, SynthError


@contextmanager
def reported(folder: Path) -> Iterator[None]:
    """E1016 when the folder cannot be used, E1007 when git finds an object missing or damaged."""
    try:
        yield
    except OSError as error:
        raise SynthError(unusable(folder, error.strerror or str(error))) from error
    except pygit2.GitError as error:
        raise SynthError(damaged(str(error))) from error


def unusable(folder: Path, why: str) -> Diagnostic:
    return Diagnostic(code="E1016", message=f"the store at {folder} cannot be used", notes=(why,))


def damaged(why: str) -> Diagnostic:
    return Diagnostic(
        code="E1007",
        message="the store is damaged: an object is missing or does not match its digest",
        notes=(why,),
        help="`git fsck` on the store's folder lists what is wrong; another clone has intact copies",
    )
