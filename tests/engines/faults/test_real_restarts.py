"""A build against a real SGLang server that is killed with SIGKILL and started again, twice.

`SYNTH_TEST_SGLANG_COMMAND` is the command that starts one, with `{port}` for its port. Prints what it measured.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.command import Command, start
from tests.acceptance.workshop import Workshop
from tests.engines.faults.killing import Killable
from tests.engines.faults.proxy import Proxy, between
from tests.engines.faults.served import calls_of
from tests.engines.faults.test_restarts import CONFIG, SPEC

COMMAND = os.environ.get("SYNTH_TEST_SGLANG_COMMAND", "")
WHY = "not run: needs a command that starts an SGLang server (SYNTH_TEST_SGLANG_COMMAND)"
ROWS = int(os.environ.get("SYNTH_TEST_SGLANG_ROWS", "1000"))
STARTING, BUILDING = 300.0, 3000.0
"""Seconds that a server takes to start on a busy machine, and that a build may take on one without a GPU."""

pytestmark = [pytest.mark.soak, pytest.mark.skipif(not COMMAND, reason=WHY)]


def project(folder: Path, url: str) -> Workshop:
    """Rows of one short call each."""
    spec = SPEC.replace("question: str", 'question: "red" | "green" | "blue" | "grey"').replace("= 100", "= 8")
    spec = spec.replace("You ask one question.", "You name the colour that fits.")
    pages = [{"id": f"page{n:04}", "text": f"The text of page {n}."} for n in range(ROWS)]
    work = Workshop(folder).write(spec, pages=pages)
    toml = CONFIG.format(url=url, more="retries = 40").replace('model = "made-up"\n', "")
    (folder / "synth.toml").write_text(toml)
    return work


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Killable]:
    made = Killable(tmp_path / "unused.log", command=shlex.split(COMMAND))
    made.start(STARTING)
    yield made
    made.kill()


def calls(proxy: Proxy) -> Counter[str]:
    """How often each call was answered, and the answer passed on."""
    return Counter(call for body in list(proxy.delivered) for call in calls_of(json.loads(body)))


def until(proxy: Proxy, answers: int, command: Command) -> None:
    while calls(proxy).total() < answers and command.running:
        time.sleep(0.1)


def test_a_real_server_that_is_killed_twice_costs_no_row_and_no_answer(server: Killable, tmp_path: Path) -> None:
    began, away = time.monotonic(), list[float]()
    with between(Proxy(server.url)) as proxy:
        work = project(tmp_path / "work", proxy.url)
        command = start(work.root, "build", "spec.synth")
        for share in (0.3, 0.65):
            until(proxy, int(ROWS * share), command)
            server.kill()
            killed = time.monotonic()
            server.start(STARTING)
            away.append(time.monotonic() - killed)
        assert command.wait(BUILDING) == 0, command.err
        took, answered = time.monotonic() - began, calls(proxy)
        assert set(answered.values()) == {1}
        assert work.at("asked").manifest.counts.attempted == ROWS
        assert len(work.answered()) == answered.total()
        root = work.at("asked").manifest.root
        shutil.rmtree(work.state / "store.git")
        assert start(work.root, "build", "spec.synth").wait(BUILDING) == 0
        assert work.at("asked").manifest.root == root and calls(proxy) == answered
    print(f"\n{ROWS} rows in {took:.0f} s; away {', '.join(f'{s:.0f} s' for s in away)}; {answered.total()} calls")
