"""A build of a thousand rows outlives its model server twice: the same rows, and no answered call asked again.

A call counts as answered when the server had put all of its answer on the wire. The build is never killed here, so what
reached it is in memory or in the journal; an answer that the server began to send and did not finish was lost with it,
and that call is asked again.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.command import start
from tests.acceptance.workshop import Workshop
from tests.engines.faults.killing import Killable

SPEC = '''edition 1

record Page {
  id: str
  text: str
}

input pages: Page = jsonl("pages.jsonl") { key = id }

prompt ask(page: Page) """
  @system
  You ask one question.
  @user
  {{ page.text }}
"""

dataset asked {
  each page from pages
  gen question: str = ask(page) with writer { max_tokens = 100 }
  emit { question = question }
}
'''
CONFIG = """[engines.test]
kind = "sglang"
model = "made-up"
url = "{url}"
concurrency = 16
{more}
[profile.default]
engine = "test"
"""
ROWS = 1000


def project(folder: Path, url: str, rows: int = ROWS, more: str = "") -> Workshop:
    pages = [{"id": f"page{n:04}", "text": f"The text of page {n}."} for n in range(rows)]
    work = Workshop(folder).write(SPEC, pages=pages)
    (folder / "synth.toml").write_text(CONFIG.format(url=url, more=more))
    return work


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Killable]:
    made = Killable(tmp_path / "server.log")
    made.start()
    yield made
    made.kill()


def calm(folder: Path, rows: int = ROWS) -> str:
    """The root digest of a build that nobody disturbs."""
    server = Killable(folder / "calm.log")
    server.start()
    try:
        work = project(folder / "calm", server.url, rows)
        assert start(work.root, "build", "spec.synth").wait() == 0
    finally:
        server.kill()
    assert len(server.calls()) == rows
    return work.at("asked").manifest.root


def test_a_server_that_is_killed_and_restarted_twice_costs_no_row_and_no_answer(
    server: Killable, tmp_path: Path
) -> None:
    work = project(tmp_path / "work", server.url)
    command = start(work.root, "build", "spec.synth")
    for answers in (300, 650):
        server.until(answers)
        server.kill()
        time.sleep(0.3)
        server.start()
    assert command.wait() == 0, command.err
    assert "Traceback" not in command.err
    assert server.repeated() == [] and set(server.counted().values()) == {1}
    assert len(work.rows("asked")) == len(work.answered()) == ROWS
    assert work.at("asked").manifest.root == calm(tmp_path)


def test_a_server_that_stays_away_stops_the_build_which_goes_on_when_it_is_back(
    server: Killable, tmp_path: Path
) -> None:
    work = project(tmp_path / "work", server.url, 200, "retries = 1")
    command = start(work.root, "build", "spec.synth")
    server.until(60)
    server.kill()
    assert command.wait() == 2
    assert "E0904" in command.err and "run the same command again" in command.err and "Traceback" not in command.err
    assert work.head is None
    stored = work.answered()
    assert len(stored) >= len(server.calls())  # every answer that reached the build is stored
    server.start()
    assert start(work.root, "build", "spec.synth").wait() == 0
    assert server.repeated() == []
    assert work.at("asked").manifest.root == calm(tmp_path, 200)


@pytest.mark.soak
def test_a_minute_without_a_server_is_ridden_out(server: Killable, tmp_path: Path) -> None:
    work = project(tmp_path / "work", server.url, 200)
    command = start(work.root, "build", "spec.synth")
    server.until(60)
    server.kill()
    time.sleep(60)
    server.start()
    assert command.wait(120) == 0, command.err
    assert server.repeated() == []
    assert work.at("asked").manifest.root == calm(tmp_path, 200)
