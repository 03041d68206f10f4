"""This machine in; a new folder in its memory for what tests write, printed where there is room for one, out.

    python -m tests.memory

The tests make thousands of small repositories and throw them away: on a disk they wait for each to be safe there.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM, LEFT = 4 * 2**30, 8 * 2**30
"""Bytes of the folder, and of memory that nobody uses, below which a disk it is."""


def folder() -> Path | None:
    """Short, for the names of sockets below it; none where it may not be written to, or programs there may not run."""
    try:
        if shutil.disk_usage(MEMORY).free < ROOM or _available() < LEFT:
            return None
        found = Path(tempfile.mkdtemp(prefix="t", dir=MEMORY))
    except OSError:
        return None
    if _runs_programs(found):
        return found
    shutil.rmtree(found, ignore_errors=True)
    return None


def _available() -> int:
    """Bytes; where the kernel does not say, none."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), 0)


def _runs_programs(folder: Path) -> bool:
    program = folder / "program"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o700)
    try:
        return subprocess.run([program], check=False).returncode == 0
    except OSError:
        return False
    finally:
        program.unlink()


if __name__ == "__main__":
    print(folder() or "")
