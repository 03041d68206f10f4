"""A shipment in; the session and the inputs of a worker, opened on its own machine, out."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from pathlib import Path

from dsl.diagnostics import Diagnostic, SynthError
from runtime.build.changes import Changes
from runtime.build.inputs import Inputs
from runtime.build.program import Loaded
from runtime.build.session import Session
from runtime.executor.shipment import Shipment, machine, part_of, servers_of, share_of
from runtime.journal import Journal
from runtime.journal.database import Faults

OpenJournal = Callable[[Path], Journal]


@dataclass
class WorkerSession(Session):
    """As a command's session; what it learns of files is not kept, for several would write it down at once."""

    shared: bool = True
    open_journal: OpenJournal = Journal.open

    @classmethod
    def opened(cls, shipment: Shipment, own: OpenJournal) -> WorkerSession:
        project = share_of(shipment.project, shipment.number, shipment.workers)
        engine = shipment.engine
        if engine is not None:
            _lessen(engine, shipment.workers)
        found = cls(project, shipment.profile, engine, shared=shipment.machine == machine(), open_journal=own)
        for item in shipment.plan.models:
            _prefer(found, item.role, shipment)
        return found

    @cached_property
    def journal(self) -> Journal:
        state = self.project.state_dir
        return Journal.open(state / "journal") if self.shared else self.open_journal(private(segment_folder(state)))

    async def end(self, made: bool) -> None:
        await self.close_engines()
        if "journal" in self.__dict__:
            self.journal.close()
            if made and not self.shared:
                shutil.rmtree(segment_folder(self.project.state_dir), ignore_errors=True)


def segment_folder(state: Path) -> Path:
    """On this machine's own disk, the same for every run of the project: what it holds is used again."""
    name = blake2b(str(state).encode(), digest_size=8).hexdigest()
    return Path(tempfile.gettempdir()) / f"synth-journal-{name}"


def private(folder: Path) -> Path:
    """The folder, made for this user alone. E0953 where it is another's: answers in it would be, too."""
    with Faults(folder):
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
            raise PermissionError(errno.EPERM, "it belongs to somebody else")
    return folder


def changes_of(session: Session, shipment: Shipment) -> Changes:
    return Changes(session.store, shipment.head, dict(shipment.paths), dict(shipment.made))


def open_inputs(loaded: Loaded, session: Session, shipment: Shipment) -> Inputs:
    """E0963 where they are not those that the driver read."""
    root = session.project.root
    if not root.is_dir():
        raise SynthError(_absent(root))
    inputs = Inputs.open(loaded, root, session.facts, changes_of(session, shipment).table)
    if shipment.lent is not None:
        for name, lent in shipment.lent.items():
            inputs.sources[name].borrow(lent)
        return inputs
    found = inputs.content()
    for name, digest in shipment.digests.items():
        if found.get(name) != digest:
            raise SynthError(_other(name, root))
    return inputs


def _lessen(engine: object, workers: int) -> None:
    if isinstance(concurrency := getattr(engine, "concurrency", None), int):
        engine.concurrency = part_of(concurrency, workers)  # type: ignore[attr-defined]


def _prefer(session: Session, role: str, shipment: Shipment) -> None:
    """Of several servers, a worker's own: rows that share a prefix are neighbours, and stay on one server."""
    engine = session.engine_of(role)
    urls = getattr(engine, "urls", ())
    if len(urls) > 1 and (prefer := getattr(engine, "prefer", None)) is not None:
        prefer(len(servers_of(urls, shipment.number, shipment.workers)))


def _absent(root: Path) -> Diagnostic:
    why = "workers read the spec's inputs, and write its shards, below the project's own folder"
    return _not_shared(f"a worker has no folder `{root}`", why)


def _other(name: str, root: Path) -> Diagnostic:
    why = f"the files below `{root}` are not the same on both"
    return _not_shared(f"a worker reads another `{name}` than this machine does", why)


def _not_shared(message: str, why: str) -> Diagnostic:
    way_out = "keep the project in a folder that all machines of the cluster mount at the same path"
    return Diagnostic("E0963", message, notes=(why,), help=way_out)
