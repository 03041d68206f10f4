"""The journal across processes: one call for equal keys, and nothing lost or stuck when a process is killed."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from runtime.journal import Journal

WORKER = Path(__file__).with_name("worker.py")


def start(folder: Path, keys: int, delay: float, seed: int) -> subprocess.Popen[bytes]:
    arguments = [str(folder), str(keys), str(delay), str(seed)]
    return subprocess.Popen([sys.executable, str(WORKER), *arguments], cwd=WORKER.parents[2])


def finished_calls(folder: Path) -> Counter[str]:
    """How often each key's effect was seen by a caller, in any process."""
    lines = [line for path in folder.glob("seen-*") for line in path.read_text().splitlines()]
    return Counter(json.loads(line)["key"] for line in lines if line.endswith("}"))


def started_calls(folder: Path) -> Counter[str]:
    return Counter(line for path in folder.glob("started-*") for line in path.read_text().splitlines())


def test_processes_that_ask_for_the_same_keys_make_each_call_once(tmp_path: Path) -> None:
    workers = [start(tmp_path, keys=150, delay=0.003, seed=seed) for seed in range(3)]
    assert [worker.wait(60) for worker in workers] == [0, 0, 0]
    assert started_calls(tmp_path) == Counter({str(key): 1 for key in range(150)})
    answers = {path.read_text() for path in tmp_path.glob("answers-*")}
    assert len(answers) == 1


def check_after_kills(folder: Path, kills: int, keys: int) -> None:
    """Kills at random moments, then one undisturbed run: all keys answered, no call that was seen made again."""
    moments = random.Random(kills)
    for attempt in range(kills):
        seen_before = finished_calls(folder)
        worker = start(folder, keys, delay=0.002, seed=attempt)
        deadline = time.monotonic() + 30
        while not (folder / f"started-{worker.pid}").exists() and time.monotonic() < deadline:
            time.sleep(0.005)
        time.sleep(moments.uniform(0.0, 0.06))
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait(10)
        again = set(seen_before) & set((folder / f"started-{worker.pid}").read_text().splitlines()[:-1])
        assert not again
    seen_before = finished_calls(folder)
    last = start(folder, keys, delay=0.0, seed=99)
    assert last.wait(60) == 0
    assert not set(seen_before) & set((folder / f"started-{last.pid}").read_text().splitlines())
    with Journal.open(folder / "journal") as journal:
        assert journal.stats().effects == keys


def test_killed_at_random_moments_nothing_seen_is_asked_again(tmp_path: Path) -> None:
    check_after_kills(tmp_path, kills=4, keys=400)


@pytest.mark.soak
def test_killed_at_sixty_random_moments_nothing_seen_is_asked_again(tmp_path: Path) -> None:
    check_after_kills(tmp_path, kills=60, keys=6_000)


def test_a_killed_process_holds_up_nobody_who_waits_for_its_call(tmp_path: Path) -> None:
    stuck = start(tmp_path, keys=1, delay=600.0, seed=0)
    while not (tmp_path / f"started-{stuck.pid}").exists():
        time.sleep(0.01)
    waiting = start(tmp_path, keys=1, delay=0.0, seed=1)
    with pytest.raises(subprocess.TimeoutExpired):
        waiting.wait(1.0)
    os.kill(stuck.pid, signal.SIGKILL)
    stuck.wait(10)
    assert waiting.wait(10) == 0
    assert started_calls(tmp_path) == Counter({"0": 2})
