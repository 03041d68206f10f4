"""A server that is slower than a build: what is begun ahead of it stays bounded, and it is not asked too much."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from benchmarks.mock import job
from benchmarks.mock.answers import GET, NOT_FOUND, POST
from runtime.build.progress import Progress
from runtime.build.run import WINDOW
from tests.engines.threaded import listening, talking

ROWS, IN_FLIGHT, LATENCY = 3000, 512, 0.05


class Slow:
    """Takes its time for each call, and counts those it works on at once."""

    working = most = 0

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with talking(writer):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                body = await reader.readexactly(int(head.lower().rsplit(b"content-length: ", 1)[1]))
                path = head.split(b" ")[1]
                self.working += 1
                self.most = max(self.most, self.working)
                await asyncio.sleep(LATENCY if path in POST else 0)
                self.working -= 1
                writer.write(POST[path](body) if path in POST else GET.get(path, NOT_FOUND))


def test_a_build_runs_no_further_ahead_of_a_slow_server_than_its_window(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from runtime.cli import run

    ahead: list[int] = []

    def end(self: Progress) -> None:
        ahead.append(self.begun - self.attempted)
        self.ended += 1

    monkeypatch.setattr(Progress, "end", end)
    server = Slow()
    with listening(server.handle) as url:
        job.write(tmp_path, ROWS, url, "chat", IN_FLIGHT)
        monkeypatch.chdir(tmp_path)
        assert run(["build", "job.synth", "--branch", "made"]) == 0
    assert len(ahead) == ROWS
    assert max(ahead) <= WINDOW * IN_FLIGHT
    assert IN_FLIGHT / 2 < server.most <= IN_FLIGHT
