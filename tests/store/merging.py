"""A process that builds on a branch of its own and merges that, over and over.

All change the same dataset, each the rows of its own name.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from runtime.query.sql import query
from runtime.store.port import Store

EACH = 5
SPEC = """edition 1
param round: int = 0
enum Who {{ {names} }}
dataset shared {{
  each who in Who
  each i in 1..{each}
  let text = str(if who == Who.{name} then round else 0) + " of " + str(i)
  emit {{ who = who, text = text }}
}}
"""


def write_project(root: Path, name: str, names: list[str], store: str) -> Path:
    """The same rows for everybody, but those of `name`."""
    root.mkdir(parents=True)
    (root / "spec.synth").write_text(SPEC.format(names=", ".join(names), name=name, each=EACH))
    (root / "synth.toml").write_text(
        f'{store}\n[engines.test]\nkind = "deterministic"\n[profile.default]\nengine = "test"\n'
    )
    return root


def check_merges(store: Store, names: list[str], rounds: int) -> None:
    """Every merge is in the line of `main`, and each holds its own round's rows beside the others' latest."""
    at, line = store.resolve("main"), []
    while store.get(at).parents:
        line.append(store.get(at))
        at = line[-1].parents[0]
    assert len(line) == len(names) * rounds and all(len(commit.parents) == 2 for commit in line)
    done = dict.fromkeys(names, 0)
    for commit in reversed(line):
        rows = query(store, "select key, text from shared order by key", commit.id).rows()
        found = {name: {text.split(" ")[0] for key, text in rows if key.startswith(f"{name}/")} for name in names}
        assert len(rows) == len(names) * EACH and all(len(rounds_) == 1 for rounds_ in found.values())
        now = {name: int(rounds_.pop()) for name, rounds_ in found.items()}
        assert sum(now.values()) == sum(done.values()) + 1, "a merge brings in one round of one branch"
        assert all(now[name] >= done[name] for name in names), "no merge takes back another's"
        done = now
    assert set(done.values()) == {rounds}


def main(root: str, name: str, rounds: str) -> None:
    from runtime.cli import run

    os.chdir(root)
    codes = []
    for number in range(1, int(rounds) + 1):
        codes.append(run(["build", "spec.synth", "--branch", name, "-p", f"round={number}"]))
        codes.append(run(["merge", name, "--into", "main"]))
    print(json.dumps({name: codes}))
    sys.exit(any(codes))
