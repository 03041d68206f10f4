"""A folder in; connections to its SQLite database out, and its faults as messages a user can act on."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dsl.diagnostics import Diagnostic, SynthError

FILE = "journal.db"
VERSION = 1
BUSY_SECONDS = 60.0
_CHECKPOINT_PAGES = 4096
_SCHEMA = """
create table if not exists effects (key blob not null unique, value blob not null);
create table if not exists facts (key text primary key, value blob not null) without rowid;
"""
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_SCHEMA, sqlite3.SQLITE_FORMAT}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def connect(folder: Path) -> tuple[sqlite3.Connection, sqlite3.Connection]:
    """(writer, reader) of the folder's journal, made if it is not there. SynthError E0951 to E0954."""
    with Faults(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder):
            writer = _open(folder)
            _prepare(writer, folder)
        reader = _open(folder)
        reader.execute("pragma query_only = 1")
    return writer, reader


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time: SQLite does not wait its turn when a database is made a write-ahead one."""
    lock = os.open(folder / "opening.lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _open(folder: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        folder / FILE, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=64
    )
    # A commit is in the operating system's hands when it returns: no death of a process can lose it. Only a power cut
    # can, and `Journal.sync` is called before anything is committed elsewhere.
    connection.execute("pragma synchronous = normal")
    connection.execute(f"pragma wal_autocheckpoint = {_CHECKPOINT_PAGES}")
    return connection


def _prepare(connection: sqlite3.Connection, folder: Path) -> None:
    (version,) = connection.execute("pragma user_version").fetchone()
    if version > VERSION:
        raise SynthError(_too_new(folder, version))
    if version < VERSION:
        connection.execute("pragma journal_mode = wal")
        connection.executescript(f"begin immediate; {_SCHEMA} pragma user_version = {VERSION}; commit;")


class Faults:
    """Turns what SQLite and the file system say into SynthError. Entered for every look into the journal, so no
    generator.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, sqlite3.Error):
            raise SynthError(diagnose(self._folder, error)) from error
        if isinstance(error, OSError):
            raise SynthError(_unusable(self._folder, error.strerror or str(error))) from error


def diagnose(folder: Path, error: sqlite3.Error) -> Diagnostic:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _DAMAGED:
        return Diagnostic(
            "E0951",
            f"the journal `{folder / FILE}` is damaged",
            notes=(f"SQLite says: {error}",),
            help=f"move `{folder}` away; the next build refills it from the branch and asks for the rest",
        )
    if code in _BUSY:
        return Diagnostic(
            "E0952",
            f"the journal `{folder / FILE}` has been locked by another process for {BUSY_SECONDS:.0f} seconds",
            notes=(f"SQLite says: {error}",),
            help="see which program holds it open, end it, and run the command again: nothing that was stored is lost",
        )
    return _unusable(folder, str(error))


def _unusable(folder: Path, reason: str) -> Diagnostic:
    return Diagnostic(
        "E0953",
        f"the journal in `{folder}` cannot be used: {reason}",
        help="the folder must be on a local disk with space left, and yours to write; run the command again after",
    )


def _too_new(folder: Path, version: int) -> Diagnostic:
    return Diagnostic(
        "E0954",
        f"the journal `{folder / FILE}` was written by a newer synth",
        notes=(f"its format is {version}; this synth reads up to {VERSION}",),
        help="upgrade synth, or move the folder away and let the next build fill a new one",
    )
