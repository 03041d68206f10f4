"""A server is a process of its own with children: waited for, told of when it dies, and gone as a whole at its end."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dsl.diagnostics import Diagnostic, SynthError
from runtime.engines.start import processes, state
from runtime.engines.start.launch import Launch
from runtime.engines.start.python import Python, find_python
from runtime.engines.start.server import Server, command, start
from tests.engines.start.standin import children, free_port, is_open, make


@pytest.fixture
def python(tmp_path: Path) -> Python:
    return find_python(str(make(tmp_path / "sglang")), tmp_path, {})


@pytest.fixture
def launch() -> Launch:
    port = free_port()
    arguments = ("--model-path", "m", "--host", "127.0.0.1", "--port", str(port))
    return Launch("gpu", "127.0.0.1", port, f"http://127.0.0.1:{port}", arguments)


@pytest.fixture
def server(launch: Launch, python: Python, tmp_path: Path) -> Iterator[Server]:
    made = start(launch, python, tmp_path, tmp_path / ".synth")
    yield made
    processes.end(made.running.pid, made.running.born, grace=0)


def refused(server: Server, seconds: float = 20) -> Diagnostic:
    with pytest.raises(SynthError) as raised:
        server.wait_ready(seconds, lambda at: None)
    (found,) = raised.value.diagnostics
    return found


def gone(server: Server) -> bool:
    """The process, its child, its port and what the state folder knows of it."""
    alive = [pid for pid in children(server.log) if processes.born(pid)]
    return not (server.running.alive or alive or is_open(server.launch.port) or state.running(server.folder, "gpu"))


def test_a_server_is_waited_for_and_remembered_until_it_is_stopped(server: Server, tmp_path: Path) -> None:
    told: list[str] = []
    server.wait_ready(20, told.append)
    assert is_open(server.launch.port)
    assert state.running(tmp_path / ".synth", "gpu") == [server.running]
    assert server.running.version == "0.5.99"
    assert set(told) <= {"reading the model's configuration", "loading weights", "ready to answer"}
    assert server.stop()
    assert gone(server)


def test_its_log_is_for_its_owner_alone(server: Server) -> None:
    assert server.log.stat().st_mode & 0o077 == 0
    assert server.log.parent.stat().st_mode & 0o077 == 0


def test_it_is_in_a_group_of_its_own(server: Server) -> None:
    """Else Ctrl-C, which goes to the terminal's group, would end it before it is asked to."""
    assert os.getpgid(server.running.pid) == server.running.pid != os.getpgid(0)


def test_one_that_dies_says_why_and_leaves_no_child(
    launch: Launch, python: Python, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STANDIN", "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.")
    server = start(launch, python, tmp_path, tmp_path / ".synth")
    found = refused(server)
    assert (found.code, "ended with status 1" in found.message) == ("E0836", True)
    assert "mem_fraction" in (found.help or "")
    assert any("CUDA out of memory" in note for note in found.notes)
    assert gone(server)


def test_one_that_is_killed_says_so(server: Server) -> None:
    server.wait_ready(20, lambda at: None)
    os.kill(server.running.pid, signal.SIGKILL)
    with pytest.raises(SynthError, match=r"E0836.*killed by signal 9"):
        server.wait()
    assert gone(server)


def test_one_that_is_not_ready_in_time_is_stopped(
    launch: Launch, python: Python, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STANDIN", "hang")
    server = start(launch, python, tmp_path, tmp_path / ".synth")
    found = refused(server, 1.5)
    assert found.code == "E0837"
    assert gone(server)


def test_one_that_does_not_end_when_asked_is_killed_with_its_children(
    launch: Launch, python: Python, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STANDIN", "stubborn")
    server = start(launch, python, tmp_path, tmp_path / ".synth")
    server.wait_ready(20, lambda at: None)
    assert not processes.end(server.running.pid, server.running.born, grace=0.3)
    server.process.wait()
    assert gone(server)


def test_a_port_that_is_taken_is_told_before_anything_starts(launch: Launch, python: Python, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", launch.port)), pytest.raises(SynthError, match="E0834"):
        start(launch, python, tmp_path, tmp_path / ".synth")
    assert not (tmp_path / ".synth").exists()


def test_one_that_runs_is_not_started_again(server: Server, launch: Launch, python: Python, tmp_path: Path) -> None:
    with pytest.raises(SynthError, match="E0835"):
        start(launch, python, tmp_path, tmp_path / ".synth")


def test_a_process_that_has_a_dead_servers_id_is_left_alone(server: Server, tmp_path: Path) -> None:
    """Ids are used again: the file of a server that is gone must not lead to another's process."""
    server.stop()
    other = replace(server.running, pid=os.getpid())
    state.remember(tmp_path / ".synth", other)
    assert state.running(tmp_path / ".synth", "gpu") == []
    assert not (state.folder(tmp_path / ".synth", "gpu") / f"{other.port}.json").exists()


def test_a_key_reaches_the_server_and_stands_nowhere(
    launch: Launch, python: Python, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THE_KEY", "open-sesame")
    with_key = replace(launch, key_env="THE_KEY")
    server = start(with_key, python, tmp_path, tmp_path / ".synth")
    try:
        server.wait_ready(20, lambda at: None)
        assert "open-sesame" not in " ".join(command(python.path, with_key))
        line = Path(f"/proc/{server.running.pid}/cmdline")
        assert not line.exists() or b"open-sesame" not in line.read_bytes()
        files = [file for file in (tmp_path / ".synth").rglob("*") if file.is_file() and file != server.log]
        assert [file for file in files if "open-sesame" in file.read_text()] == []
        assert "open-sesame" in server.log.read_text()  # SGLang's own doing
        assert "api_key='•••'" in server.lines()
    finally:
        server.stop()


def test_a_key_that_is_not_set_is_told(launch: Launch, python: Python, tmp_path: Path) -> None:
    with_key = replace(launch, key_env="NOT_SET_ANYWHERE")
    with pytest.raises(SynthError, match="E0802"):
        start(with_key, python, tmp_path, tmp_path / ".synth")
