"""A process that builds its own dataset over and over, as a user does.

Its projects share one store. Each round changes every row, so that each build has something to commit.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from runtime.query.catalog import manifest_at
from runtime.query.sql import query
from runtime.store.port import Commit, Store

ROWS = 12
SPEC = """edition 1
param round: int = 0
dataset {name} {{
  each i in 1..{rows}
  emit {{ text = "{name} " + str(round) + " " + str(i), round = round }}
}}
"""


def write_project(root: Path, name: str, store: str) -> Path:
    """`store` is the `[store]` section of its `synth.toml`."""
    root.mkdir(parents=True)
    (root / "spec.synth").write_text(SPEC.format(name=name, rows=ROWS))
    (root / "synth.toml").write_text(
        f'{store}\n[engines.test]\nkind = "deterministic"\n[profile.default]\nengine = "test"\n'
    )
    return root


def start(roots: list[Path], rounds: int, script: str = "building") -> subprocess.Popen[str]:
    """A process for each project, named like its folder."""
    command = [sys.executable, "-m", "tests.store.at_once", script, str(rounds), *map(str, roots)]
    here = Path(__file__).parents[2]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=here)


def check_line(store: Store, names: list[str], rounds: int) -> None:
    """Every build made one commit of a line, which holds its own rows and those of all builds before it."""
    line = list(reversed(store.log("main")))
    assert [commit.parents for commit in line[1:]] == [(before.id,) for before in line[:-1]], "not in a line"
    assert not line[0].parents and len({commit.build_id for commit in line}) == len(line) == len(names) * rounds
    done = dict.fromkeys(names, -1)
    for commit in line:
        name = _built(store, commit)
        done[name] += 1
        _check_rows(store, commit, done)
    assert set(done.values()) == {rounds - 1}


def _built(store: Store, commit: Commit) -> str:
    """The one dataset that a commit changed."""
    found = store.changed(commit.parents[0] if commit.parents else None, commit.id, "datasets")
    entries = (*found.added, *found.removed, *(pair.after for pair in found.changed))
    (name,) = {entry.path.split("/")[1] for entry in entries}
    return name


def _check_rows(store: Store, commit: Commit, done: Mapping[str, int]) -> None:
    for name, round_ in done.items():
        if round_ < 0:
            assert manifest_at(store, commit.id, name) is None
            continue
        rows = query(store, f"select key, text, round from {name} order by round, key", commit.id).rows()
        assert sorted(rows) == sorted((str(i), f"{name} {round_} {i}", round_) for i in range(1, ROWS + 1))


def main(root: str, name: str, rounds: str) -> None:
    """Says on its last line, as JSON, how many builds ended well."""
    from runtime.cli import run

    os.chdir(root)
    codes = [run(["build", "spec.synth", "-p", f"round={number}"]) for number in range(int(rounds))]
    print(json.dumps({name: codes}))
    sys.exit(any(codes))
