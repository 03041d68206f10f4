"""A built dataset in; every byte of what is stored flipped, one at a time, and what a reader then hears, out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from dsl.diagnostics import Diagnostic, SynthError
from runtime.diff.compare import diff
from runtime.diff.json import diff_json
from runtime.query.sql import query
from runtime.store.port import Store

ROWS = 3000
"""More than one shard."""
SPEC = f"""edition 1
param round: int = 0
dataset poems {{
  each i in 1..{ROWS}
  let name = "é " + str(if i > {ROWS - 5} then round else i)
  filter i % 50 != 0
  emit {{ name = name, i = i }}
}}
"""
Contents = dict[str, object]
Open = Callable[[], Store]
"""Opens the store as a new process does: nothing is remembered, and no copy is at hand."""
TABLES = (
    "select key, name, i::varchar as i from poems union all select key, statement, reason from poems.rejected "
    "union all select key, null, null from poems.calls order by all"
)


def build_twice(root: Path, store: str) -> None:
    """Two commits of one dataset, which share all shards but the last."""
    from runtime.cli import run

    root.mkdir(parents=True)
    (root / "spec.synth").write_text(SPEC)
    (root / "synth.toml").write_text(
        f'{store}\n[engines.test]\nkind = "deterministic"\n[profile.default]\nengine = "test"\n'
    )
    before = Path.cwd()
    os.chdir(root)
    try:
        assert [run(["build", "spec.synth", "-p", f"round={n}"]) for n in (1, 2)] == [0, 0]
    finally:
        os.chdir(before)


def tables(store: Store) -> Contents:
    """Every row of every commit, by SQL."""
    return {commit.id: query(store, TABLES, commit.id).table for commit in store.log("main")}


def difference(store: Store) -> Contents:
    """The two commits compared, rows and all."""
    return {"diff": diff_json(diff(store, "main~1", "main"))}


def files(store: Store) -> Contents:
    """Every file of every commit, beside what the commit says."""
    found: Contents = {}
    for commit in store.log("main"):
        found[commit.id] = commit
        for entry in store.entries(commit.id):
            found[f"{commit.id} {entry.path}"] = store.read(commit.id, entry.path)
    return found


READERS = (tables, difference, files)


def everything(store: Store) -> list[Contents]:
    """What each reader reads."""
    return [reader(store) for reader in READERS]


@contextmanager
def flipped(file: Path, at: int, bit: int) -> Iterator[None]:
    """One bit of the file is another for the length of the block."""
    good, mode = file.read_bytes(), file.stat().st_mode
    bad = bytearray(good)
    bad[at] ^= 1 << bit
    file.chmod(0o644)
    try:
        file.write_bytes(bad)
        yield
    finally:
        file.write_bytes(good)
        file.chmod(mode)


@dataclass(frozen=True)
class Damage:
    """One byte to flip, and what was heard."""

    file: Path
    at: int
    bit: int

    def heard(self, open_store: Open, whole: list[Contents]) -> dict[str, Diagnostic]:
        """The readers' diagnostics, by their names. Wrong data, or any other exception, fails the test."""
        told: dict[str, Diagnostic] = {}
        with flipped(self.file, self.at, self.bit):
            for reader, right in zip(READERS, whole, strict=True):
                try:
                    found = reader(open_store())
                except SynthError as error:
                    told[reader.__name__] = error.diagnostics[0]
                else:
                    wrong = [name for name in {*found, *right} if found.get(name) != right.get(name)]
                    assert not wrong, f"{self}: {reader.__name__} read wrong data of {wrong}"
        return told


def places(files: list[Path], each: int, chance: Random) -> Iterator[Damage]:
    """`each` random bytes of every file, its first and its last among them when there are three or more."""
    for file in files:
        size = file.stat().st_size
        chosen = {chance.randrange(size) for _ in range(each)} if size else set()
        if size and each > 2:
            chosen |= {0, size - 1}
        yield from (Damage(file, at, chance.randrange(8)) for at in sorted(chosen))


def check_named(reader: str, told: Diagnostic, path: str, commits: list[str]) -> None:
    """The commit; the dataset; of a shard the keys of its first and last row, or its path where that was asked for."""
    text = "\n".join([told.message, *told.notes])
    assert told.code == "E1007", f"{reader}: {told}"
    assert any(commit[:10] in text for commit in commits), f"{reader} names no commit: {text}"
    if path.startswith("datasets/"):
        assert "poems" in text, f"{reader} names no dataset: {text}"
    if path.endswith(".parquet"):
        named = path in text if reader == "files" else "rows `" in text and "` to `" in text
        assert named, f"{reader} names no rows: {text}"
