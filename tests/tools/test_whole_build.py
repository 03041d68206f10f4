"""A spec that runs code, built whole: bad code drops its own row, the build goes on, and nothing is run twice."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from dsl.diagnostics import SynthError
from runtime.tools import machine
from tests.acceptance.workshop import Workshop

SPEC = '''edition 1

record Task {
  id: str
  code: str
}

input tasks: Task = jsonl("tasks.jsonl") { key = id }

dataset d {
  each task from tasks
  gen note: "easy" | "hard" with writer """
    Is {{ task.id }} easy?
  """
  run tried = python(task.code) { timeout = 2s, memory = 128MB }
  filter tried.ok
  run found = sql("select a + 1 as b from t", "create table t as select " + tried.output + " as a")
  emit { said = tried.output, note = note, rows = found.rows, columns = found.columns }
}
'''
GOOD = {"one": "print(1)", "two": "print(1 + 1)"}
BAD = {
    "loop": "while True: pass",
    "bomb": "import os\nwhile True: os.fork()",
    "hungry": "x = b'x' * 2**33",
    "loud": "while True: print('x' * 2**16)",
    "wrong": "1 / 0",
    "curious": "import socket; socket.create_connection(('127.0.0.1', 80))",
}
REASONS = {"loop": "time", "bomb": "processes", "hungry": "memory", "loud": "output", "wrong": "exit 1"}


def project(folder: Path) -> Workshop:
    codes = {"one": GOOD["one"], **BAD, **GOOD}
    return Workshop(folder).write(SPEC, tasks=[{"id": name, "code": code} for name, code in codes.items()])


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    work = project(tmp_path_factory.mktemp("built"))
    assert work.made().progress.runs == len(BAD) + 2 * len(GOOD)
    return work


def test_bad_code_drops_its_own_row_and_the_build_goes_on(built: Workshop) -> None:
    rows = {row["key"]: row for row in built.rows("d")}
    assert {key: (row["said"], row["rows"], row["columns"]) for key, row in rows.items()} == {
        "one": ("1", ["[2]"], ["b"]),
        "two": ("2", ["[3]"], ["b"]),
    }
    assert {row["key"] for row in built.rows("d", "rejected")} == BAD.keys()


def test_each_says_why_it_was_dropped(built: Workshop) -> None:
    found = {row["row"]: json.loads(row["value"]) for row in built.rows("d", "calls") if row["cell"] == "tried"}
    assert {key: found[key]["reason"] for key in REASONS} == REASONS
    assert not found["curious"]["ok"]


def test_the_commit_says_what_held(built: Workshop) -> None:
    assert built.head is not None
    said = built.store.get(built.head).metadata
    assert said["d.sandbox"].startswith("bubblewrap")
    assert said["d.runs"] == str(len(BAD) + 2 * len(GOOD))


def test_a_second_build_runs_nothing(built: Workshop) -> None:
    built.edit("note = note", "note = note + note")
    assert built.made().progress.runs == 0


def test_a_build_without_the_journal_runs_nothing_either(built: Workshop, tmp_path: Path) -> None:
    shutil.copytree(built.root, tmp_path / "clone")
    clone = Workshop(tmp_path / "clone")
    shutil.rmtree(clone.state / "journal")
    clone.edit("said =", "told =")
    assert clone.made().progress.runs == 0


def test_where_no_sandbox_can_be_made_the_build_stops_and_no_row_is_dropped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = project(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(machine, "_found", None)
        patched.setattr(machine, "programs", list)
        with pytest.raises(SynthError, match="E0807"):
            work.made()
    assert work.head is None
    assert {row["key"] for row in _after(work)} == GOOD.keys()


def _after(work: Workshop) -> list[dict[str, object]]:
    work.made()
    return work.rows("d")
