"""`python("file.py")` in; the rows that its function `rows()` yields, out. A failure is shown at the user's own line.

The file runs in a process of its own, with a fixed hash seed, so that a set is walked in the same order every time.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import orjson

from dsl.diagnostics import SynthError
from runtime.sources.place import Where
from runtime.sources.raw import Raw

RUNNER = Path(__file__).with_name("python_runner.py")
TIMEOUT = 600.0
"""Seconds; a file that is not done by then is stopped."""


def rows(where: Where) -> Iterator[Raw]:
    path = where.file()
    shown = where.shown(path)
    with tempfile.TemporaryFile() as printed:
        process = _start(path.resolve(), printed)
        late = threading.Event()
        timer = threading.Timer(TIMEOUT, _stop, (process, late))
        timer.start()
        try:
            yield from _received(where, shown, process, printed, late)
        finally:
            timer.cancel()
            process.kill()
            process.wait()
            if process.stdout:
                process.stdout.close()


def _start(path: Path, printed: IO[bytes]) -> subprocess.Popen[bytes]:
    """`-P` and `-s`: neither the folder that synth was started in nor the user's own packages are importable."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.Popen(
        [sys.executable, "-s", "-P", str(RUNNER), str(path)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=printed,
        cwd=path.parent,
        env={**environment, "PYTHONHASHSEED": "0", "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},
    )


def _stop(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    process.kill()


def _received(
    where: Where, shown: str, process: subprocess.Popen[bytes], printed: IO[bytes], late: threading.Event
) -> Iterator[Raw]:
    assert process.stdout is not None
    for number, line in enumerate(process.stdout, start=1):
        letter, value = line[:1], line[1:]
        if letter == b"D":
            return
        if letter == b"E":
            raise _error(where, shown, orjson.loads(value))
        yield orjson.loads(value), f"{shown}, row {number}"
    raise _ended(where, shown, process.wait(), printed, late.is_set())


def _error(where: Where, shown: str, found: dict[str, Any]) -> SynthError:
    match found["kind"]:
        case "no rows":
            notes = (f"functions of {shown}: {', '.join(found['functions'])}",) if found["functions"] else ()
            help_ = "define `def rows()` that yields a dict for each row"
            return where.error("E0611", f"`{shown}` has no function `rows`", *notes, help=help_)
        case "not a record":
            message = f"row {found['number']} of `{shown}` is a {found['type']}, not a dict"
            return where.error("E0611", message, help="yield a dict for each row")
        case "not plain":
            message = f"row {found['number']} of `{shown}` holds what JSON cannot: {found['message']}"
            return where.error("E0611", message, help="texts, numbers, booleans, lists, dicts and None can be held")
    at = f"{shown}:{found['line']}" if found["line"] else shown
    notes = (f"{at}: {found['code'].strip()}",) if found["code"] else ()
    said = f"{found['type']}: {found['message']}" if found["message"] else found["type"]
    return where.error("E0610", f"`{at}` fails: {said}", *notes)


def _ended(where: Where, shown: str, code: int, printed: IO[bytes], late: bool) -> SynthError:
    printed.seek(max(0, printed.seek(0, os.SEEK_END) - 2000))
    last = printed.read().decode(errors="replace").strip().splitlines()[-3:]
    reason = f"took longer than {TIMEOUT:.0f} s" if late else f"ended with exit code {code} before its rows did"
    return where.error("E0610", f"`{shown}` {reason}", *last)
