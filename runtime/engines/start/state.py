"""A folder in; which servers synth started from it and still run, out: a JSON file and a log for each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from runtime.engines.start.processes import lives


@dataclass(frozen=True, slots=True)
class Running:
    """One server. `born` tells the process from a later one of the same id; `started` is in seconds since 1970."""

    name: str
    pid: int
    born: str
    url: str
    port: int
    model: str
    version: str
    started: float

    @property
    def alive(self) -> bool:
        return lives(self.pid, self.born)


def folder(state: Path, name: str) -> Path:
    """Where an engine's files are: `.synth/engines/NAME`. A name is a file's name here, whatever is in it."""
    return state / "engines" / "".join(c if c.isalnum() or c in "-_" else "_" for c in name)


def log_file(state: Path, name: str, port: int) -> Path:
    return folder(state, name) / f"{port}.log"


def remember(state: Path, running: Running) -> None:
    (folder(state, running.name) / f"{running.port}.json").write_text(json.dumps(asdict(running), indent=1))


def forget(state: Path, running: Running) -> None:
    """Only its own: a server that was started since at the same port keeps its file."""
    if is_known(state, running):
        (folder(state, running.name) / f"{running.port}.json").unlink(missing_ok=True)


def is_known(state: Path, running: Running) -> bool:
    """False once somebody asked it to end."""
    return _read(folder(state, running.name) / f"{running.port}.json") == running


def running(state: Path, name: str, port: int | None = None) -> list[Running]:
    """Those that live; the files of those that do not are removed."""
    found = []
    for one in _all(folder(state, name)):
        if one.alive:
            found.append(one)
        else:
            forget(state, one)
    return [one for one in found if port in (None, one.port)]


def _all(folder: Path) -> Iterator[Running]:
    for file in sorted(folder.glob("*.json")):
        read = _read(file)
        if read is not None:
            yield read


def _read(file: Path) -> Running | None:
    """None for what a crash left half written, and for what another version wrote."""
    try:
        return Running(**json.loads(file.read_text()))
    except (OSError, ValueError, TypeError):
        return None


def logs(state: Path, name: str, port: int | None = None) -> list[Path]:
    """The logs of an engine's servers, the newest first, running or not."""
    files = folder(state, name).glob("*.log" if port is None else f"{port}.log")
    return sorted(files, key=lambda file: file.stat().st_mtime, reverse=True)
