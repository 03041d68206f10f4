"""A job in; its program in place of this process out, under limits that no program can raise again."""

from __future__ import annotations

import ctypes
import math
import os
import resource
from typing import Any

from .landlock import restrict

BOX = "/box"
WRITABLE = (BOX, "/dev/shm")
_DUMPABLE, _NO_RANDOM_ADDRESSES = 4, 0x0040000
_SHARED = 4 * 2**30
"""Bytes of addresses beyond the memory limit: addresses that are only reserved cost nothing."""


def become(job: dict[str, Any], stdin: int, output: int) -> None:
    """Does not return: the job's program runs, or the process ends with 127."""
    try:
        os.setsid()
        for target, source in enumerate((stdin, output, output)):
            os.dup2(source, target)
        _confine(job["limits"])
        os.chdir(BOX)
        os.execvpe(job["argv"][0], job["argv"], job["env"])
    except FileNotFoundError:
        os.write(2, f"{job['argv'][0]}: no such program".encode())
    except Exception as error:
        os.write(2, f"{job['argv'][0]}: {error}".encode())
    finally:
        os._exit(127)


def _confine(limits: dict[str, Any]) -> None:
    libc = ctypes.CDLL(None)
    libc.prctl(_DUMPABLE, 1, 0, 0, 0)
    with open("/proc/self/oom_score_adj", "w") as score:  # noqa: PTH123 (keeps this process light)
        score.write("1000")
    # The same program then puts its objects at the same addresses: what it prints of them is the same every time.
    libc.personality(_NO_RANDOM_ADDRESSES)
    for name, value in _resources(limits).items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, value))
    restrict(WRITABLE)


def _resources(limits: dict[str, Any]) -> dict[str, int]:
    return {
        "CPU": math.ceil(limits["timeout"]) + 2,
        "AS": limits["memory"] + _SHARED,
        "DATA": limits["memory"],
        "FSIZE": limits["files"],
        "NPROC": limits["processes"] + 1,
        "NOFILE": limits["handles"],
        "CORE": 0,
        "MEMLOCK": 2**16,
        "MSGQUEUE": 0,
    }
