"""A spec and its inputs in; a project in a folder of its own, built in this process or by real commands, out."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compiler.analysis import Analysis, analyse
from dsl.parser import parse_expression
from runtime.build.build import Build, Built, Options, build
from runtime.build.session import Session
from runtime.config.project import Project
from runtime.engines.deterministic import DeterministicEngine
from runtime.engines.protocol import Engine
from runtime.journal import Journal
from runtime.query.catalog import DatasetAt, dataset_at
from runtime.sources.catalog import ProjectCatalog
from runtime.store.open import open_store
from runtime.store.port import CommitId, Store

SPEC = "spec.synth"
ENGINE = '[engines.test]\nkind = "deterministic"\n{settings}\n[profile.default]\nengine = "test"\n'
Row = dict[str, Any]


@dataclass(frozen=True)
class Workshop:
    """A project with one spec."""

    root: Path

    @property
    def state(self) -> Path:
        return self.root / ".synth"

    @property
    def store(self) -> Store:
        return open_store(self.state)

    @property
    def head(self) -> CommitId | None:
        return self.store.head("main")

    def write(self, spec: str, settings: Mapping[str, object] | None = None, **inputs: Iterable[Row]) -> Workshop:
        """The spec, one jsonl file for each input, and the settings of the one engine."""
        self.root.mkdir(parents=True, exist_ok=True)
        (self.root / SPEC).write_text(spec)
        for name, rows in inputs.items():
            (self.root / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        lines = "".join(f"{name} = {json.dumps(value)}\n" for name, value in (settings or {}).items())
        (self.root / "synth.toml").write_text(ENGINE.format(settings=lines))
        return self

    def edit(self, old: str, new: str) -> None:
        """Replaces the one place of the spec that says `old`."""
        text = (self.root / SPEC).read_text()
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the spec"
        (self.root / SPEC).write_text(text.replace(old, new))

    def analysis(self, session: Session, params: Mapping[str, object]) -> Analysis:
        catalog = ProjectCatalog(self.root, session.facts)
        typed = {name: parse_expression(json.dumps(value), name) for name, value in params.items()}
        return analyse(SPEC, catalog, typed, upto="lower")

    def build(self, engine: Engine | None = None, params: Mapping[str, object] | None = None, **options: Any) -> Build:
        """One build on `main`, in this process. Mistakes are raised."""
        project = Project.find(self.root)
        with Session(project, project.config.profile(), engine or DeterministicEngine()) as session:
            analysis = self.analysis(session, params or {})
            assert analysis.ok, analysis.errors
            return build(analysis, session, Options(**{"branch": "main", **options}))

    def made(self, engine: Engine | None = None, **options: Any) -> Built:
        """The one dataset of a build."""
        (one,) = self.build(engine, **options).datasets
        return one

    def at(self, dataset: str, ref: str = "main") -> DatasetAt:
        found = dataset_at(self.store, dataset, ref)
        assert found is not None
        return found

    def rows(self, dataset: str, table: str | None = None, ref: str = "main") -> list[Row]:
        """Rows of the dataset's own table, or of `rejected` or `calls`, in key order."""
        import pyarrow.parquet as pq

        paths = self.at(dataset, ref).parts()[table or dataset].paths()
        return [row for path in paths for row in pq.read_table(path).to_pylist()]

    def answered(self) -> set[str]:
        """The keys of all calls that the journal holds."""
        import sqlite3

        files = list((self.state / "journal").glob("*.db"))
        if not files:
            return set()
        with sqlite3.connect(files[0]) as connection:
            return {bytes(key).hex() for (key,) in connection.execute("select key from effects")}

    def fill(self, effects: Iterable[tuple[bytes, bytes]]) -> None:
        with Journal.open(self.state / "journal") as journal:
            journal.put_many(effects)

    def check_whole(self) -> None:
        """Git finds every object of the store in its place, and the branch's commit can be read to its last byte."""
        command = ["git", "-C", str(self.state / "store.git"), "fsck", "--strict", "--full"]
        found = subprocess.run(command, capture_output=True, text=True, check=True)
        said = (found.stdout + found.stderr).splitlines()
        assert [line for line in said if not line.startswith(("dangling", "notice: "))] == []
        if (head := self.head) is not None:
            for entry in self.store.entries(head):
                self.store.read(head, entry.path)


def root_of(built: Built) -> str:
    return built.manifest.root


def shards_of(found: DatasetAt, table: str | None = None) -> set[str]:
    name = table or found.manifest.dataset
    return {shard.sha256 for shard in found.manifest.tables[name].shards}
