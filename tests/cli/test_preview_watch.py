"""`synth preview --watch` as it is typed: rows again after each edit, mistakes told, unchanged calls not made again."""

from __future__ import annotations

import os
import pty
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

SYNTH = [sys.executable, "-c", "from runtime.cli import main; main()"]
ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
CLEARED = "\x1b[2J"
SPEC = """edition 1
const lines = ["a", "b"]
dataset notes {
  each word in ["alpha", "beta"]
  gen note: str with writer \"\"\"
    Say {{ word }}.
  \"\"\"
  emit { note = note, last = "first text" }
}
"""


class Watched:
    """The command, running; `said` is all that it has written, `at` how far a test has followed it."""

    def __init__(self, process: subprocess.Popen[bytes], out: int) -> None:
        self.process = process
        self.out = out
        self.said = ""
        self.at = 0

    def until(self, words: str, times: int = 1) -> None:
        """Waits until the words stand there so many times behind what was followed before."""
        end = time.monotonic() + PATIENCE
        for _ in range(times):
            while (found := self.said.find(words, self.at)) < 0:
                assert time.monotonic() < end and self.process.poll() is None, self.said[self.at :]
                self._read()
            self.at = found + len(words)

    def _read(self) -> None:
        try:
            self.said += os.read(self.out, 65536).decode()
        except BlockingIOError:
            time.sleep(0.02)


@contextmanager
def watched(folder: Path, terminal: bool, *options: str) -> Iterator[Watched]:
    out, its_end = pty.openpty() if terminal else os.pipe()
    os.set_blocking(out, False)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80", "TERM": "xterm"}
    command = [*SYNTH, "preview", "notes.synth", "--watch", *options]
    process = subprocess.Popen(command, cwd=folder, stdout=its_end, stderr=its_end, env=environment)
    os.close(its_end)
    try:
        yield Watched(process, out)
    finally:
        process.kill()
        process.wait()
        os.close(out)


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    config = '[engines.test]\nkind = "deterministic"\n\n[profile.default]\nengine = "test"\n'
    (tmp_path / "synth.toml").write_text(config)
    (tmp_path / "notes.synth").write_text(SPEC)
    return tmp_path / "notes.synth"


def test_rows_are_shown_again_as_one_edits_and_a_mistake_ends_nothing(spec: Path) -> None:
    with watched(spec.parent, True) as command:
        command.until("Ctrl-C ends")
        assert command.said.count("first text") == 2
        spec.write_text(SPEC.replace("first text", "second text"))
        command.until("second text", times=2)
        spec.write_text(SPEC.replace("{{ word }}", "{{ wird }}"))
        command.until("did you mean `word`?")
        command.until("Ctrl-C ends")
        spec.write_text(SPEC.replace("first text", "third text"))
        command.until("third text", times=2)
        command.until("Ctrl-C ends")
        assert command.said.count(CLEARED) == 4
        command.process.send_signal(signal.SIGINT)
        assert command.process.wait(PATIENCE) == 0


def test_on_a_pipe_nothing_is_cleared_and_what_did_not_change_is_asked_once(spec: Path) -> None:
    journal = spec.parent / ".synth"
    with watched(spec.parent, False) as command:
        command.until("Ctrl-C ends")
        recorded = _calls(journal)
        spec.write_text(SPEC.replace("first text", "second text"))
        command.until("second text", times=2)
        command.until("Ctrl-C ends")
        assert _calls(journal) == recorded == 2
        assert "\x1b" not in command.said
        spec.write_text(SPEC.replace("Say {{", "Tell {{"))
        command.until("Ctrl-C ends")
        assert _calls(journal) == 4


def _calls(state: Path) -> int:
    """How many answers are kept."""
    with closing(sqlite3.connect(state / "journal" / "journal.db")) as journal:
        return int(journal.execute("select count(*) from effects").fetchone()[0])
