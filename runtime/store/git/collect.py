"""A repository's folder in; objects that no name leads to removed, loose ones packed, and what that saved, out.

Done by git itself: its pruning and packing have met more repositories than ours ever would. Parquet is compressed
already, so packing neither compresses nor looks for likenesses in objects of any size that matters.
"""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path

from dsl.diagnostics import Diagnostic, SynthError
from runtime.store.port import Collected

ENOUGH = 2_000
"""Fewer loose objects than this are not worth a pack."""
_PACKING = ("-c", "core.bigFileThreshold=64k", "-c", "pack.compression=1", "-c", "core.looseCompression=0")


def collect(folder: Path, before: float, dry_run: bool) -> Collected:
    """`before` is in seconds since 1970: what was written after it stays. E1018 without git."""
    expire = datetime.fromtimestamp(before, UTC).isoformat()
    doomed = [line.split()[0] for line in _git(folder, "prune", "-n", f"--expire={expire}").splitlines() if line]
    objects = [folder / "objects" / id_[:2] / id_[2:] for id_ in doomed if len(id_) == 40]
    size = sum(path.stat().st_size for path in objects if path.exists())
    if dry_run:
        return Collected(objects=len(objects), size=size)
    _git(folder, "prune", f"--expire={expire}")
    return Collected(objects=len(objects), size=size, packed=_pack(folder))


def _pack(folder: Path) -> int:
    loose = int(_git(folder, "count-objects").split()[0])
    if loose < ENOUGH:
        return 0
    _git(folder, *_PACKING, "repack", "-d", "-l", "-q")
    return loose - int(_git(folder, "count-objects").split()[0])


def _git(folder: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True)
    except FileNotFoundError:
        raise SynthError(_no_git()) from None
    except subprocess.CalledProcessError as error:
        raise SynthError(_failed(arguments, error.stderr)) from error
    return done.stdout


def _no_git() -> Diagnostic:
    return Diagnostic("E1018", "`synth gc` needs git, and there is none", help="install git; nothing else needs it")


def _failed(arguments: tuple[str, ...], said: str) -> Diagnostic:
    lines = said.strip().splitlines()[-2:]
    return Diagnostic(
        "E1018",
        f"git {next(word for word in arguments if word[0] != '-')} failed in the store",
        notes=tuple(lines),
        help="`synth fsck` says whether objects are damaged",
    )
