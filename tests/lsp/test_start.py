"""How the server starts: as a verb, soon, and not at all without its packages."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from runtime.cli import lsp, run
from tests.lsp.conftest import ROOT


def test_without_its_packages_the_way_to_them_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(lsp, "EXTRA", ("a_package_nobody_has",))
    assert run(["lsp"]) == 2
    told = capsys.readouterr().err
    assert "E1290" in told and "pip install 'PATH/TO/synth[lsp]'" in told


def test_a_port_that_is_taken_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert run(["lsp", "--tcp", str(taken.getsockname()[1])]) == 2
    assert "E1291" in capsys.readouterr().err


def test_one_port_serves_one_editor_until_it_leaves() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with started("--tcp", str(port)) as server:
        with _connected(port) as editor, editor.makefile("rwb") as stream:
            body = b'{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}'
            stream.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
            stream.flush()
            assert stream.readline().startswith(b"Content-")
        assert server.wait(10) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_server_that_waits_for_its_editor(number: signal.Signals) -> None:
    with started("--stdio") as server:
        assert server.stdin is not None and server.stdout is not None
        server.stdin.write(b'Content-Length: 58\r\n\r\n{"jsonrpc":"2.0","id":1,"method":"shutdown","params":null}')
        server.stdin.flush()
        server.stdout.readline()
        server.send_signal(number)
        assert server.wait(10) == -number


COMMAND = "import subprocess, time; subprocess.Popen(['sleep', '60']); print(1, flush=True); time.sleep(60)"
LEADS = f"""
import asyncio, os, signal, sys
from runtime.lsp import processes
processes._START = {COMMAND!r}
async def main(number):
    asyncio.ensure_future(processes.run((), "."))
    while not processes._running:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.5)
    print(*processes._running, flush=True)
    os.kill(os.getpid(), number)
    await asyncio.sleep(60)
with processes.ended_with_us():
    asyncio.run(main(int(sys.argv[1])))
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_what_a_server_runs_ends_with_it(number: signal.Signals) -> None:
    command = [sys.executable, "-c", LEADS, str(number.value)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=30, check=False)
    assert done.returncode == -number
    group, end = int(done.stdout), time.monotonic() + 10
    while time.monotonic() < end and _living(group):
        time.sleep(0.02)
    assert _living(group) == []


def _living(group: int) -> list[str]:
    """States of the processes of a group, but for those that ended and that nobody has asked about."""
    found = []
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, of, *_ = file.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        found += [state] if int(of) == group and state != "Z" else []
    return found


@contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-c", "from runtime.cli import main; main()", "lsp", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        yield server
        server.kill()


def _connected(port: int) -> socket.socket:
    for _ in range(200):
        try:
            return socket.create_connection(("127.0.0.1", port))
        except OSError:
            time.sleep(0.05)
    raise AssertionError("nobody listens")
