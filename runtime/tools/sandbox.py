"""A job in; what the supervisor says came of it out. A box that ends without a word is a fault of the machine."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from contextlib import suppress
from typing import Any

from dsl.diagnostics import Diagnostic, SynthError
from runtime.tools import box, seccomp
from runtime.tools.box import Way
from runtime.tools.call import Limits

GRACE = 10.0
"""Seconds after the time limit in which the supervisor has to say so itself."""
_FIRST_UID = 1_000_000_000


class NoWord(Exception):
    """The box ended, or was ended from outside, before it said anything. What it did say on the way is the message."""


async def launch(way: Way, tool: str, job: dict[str, Any]) -> dict[str, Any]:
    """Cancelled, it leaves no process behind. NoWord where there is no result."""
    limits = Limits(**job["limits"])
    starting = asyncio.ensure_future(_start(way, tool, limits))
    try:
        process = await asyncio.shield(starting)
    except asyncio.CancelledError:
        with suppress(OSError):
            await _end(await starting)
        raise
    except OSError as error:
        raise NoWord(str(error)) from error
    # A user of its own for each box, so that the kernel counts its processes apart from all others.
    uid = _FIRST_UID + process.pid if way.mode == "root" else None
    return await _told(process, job | {"uid": uid}, limits.timeout + GRACE)


async def _start(way: Way, tool: str, limits: Limits) -> asyncio.subprocess.Process:
    filter_end = _filter(way)
    try:
        return await asyncio.create_subprocess_exec(
            *box.command(way, limits, tool, filter_end),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            pass_fds=() if filter_end is None else (filter_end,),
            env={},
            start_new_session=True,
        )
    finally:
        if filter_end is not None:
            os.close(filter_end)


async def _told(process: asyncio.subprocess.Process, job: dict[str, Any], seconds: float) -> dict[str, Any]:
    try:
        async with asyncio.timeout(seconds):
            said, complaints = await _heard(process, json.dumps(job).encode())
    except TimeoutError as error:
        raise NoWord(f"it did not answer for {seconds:.0f} seconds") from error
    finally:
        await _end(process)
    try:
        told: dict[str, Any] = json.loads(said)
    except ValueError as error:
        last = complaints.decode("utf-8", "replace").strip().splitlines()[-3:]
        raise NoWord("\n".join(last) or f"exit code {process.returncode}") from error
    return told


async def _heard(process: asyncio.subprocess.Process, job: bytes) -> tuple[bytes, bytes]:
    """Standard input stays open after the job: when it closes, whoever waits for the result is gone."""
    assert process.stdin and process.stdout and process.stderr
    process.stdin.write(job + b"\n")
    with suppress(ConnectionError):
        await process.stdin.drain()
    said, complaints = await asyncio.gather(process.stdout.read(), process.stderr.read())
    return said, complaints


async def _end(process: asyncio.subprocess.Process) -> None:
    """At its very start bubblewrap is two processes of one group, and the second may outlive the first; later the
    supervisor ends with its input, and with it the kernel ends all that is in the box."""
    assert process.stdin
    process.stdin.close()
    if process.returncode is None or process.returncode < 0:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


def _filter(way: Way) -> int | None:
    """A file without a name that holds the filter, open at its start."""
    program = seccomp.program() if way.seccomp else None
    if program is None:
        return None
    end = os.memfd_create("filter")
    os.write(end, program)
    os.lseek(end, 0, os.SEEK_SET)
    return end


def ended(reason: str) -> SynthError:
    return SynthError(
        Diagnostic(
            "E0808",
            "a tool's sandbox ended without a result",
            notes=(reason, "every result so far is stored; no row was dropped for this"),
            help="run the same command again: it goes on where it was",
        )
    )
