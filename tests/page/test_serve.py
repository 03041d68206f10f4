"""`synth review` as a process: the URL that it prints, how it stops, and what it says when it cannot serve."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from runtime.page.serve import listening
from tests.cli.conftest import Cli
from tests.cli.conftest import cli as cli
from tests.page.client import Client
from tests.page.project import Reviewed

COMMAND = "import sys; from runtime.cli import main; main()"
REPOSITORY = Path(__file__).parents[2]


@contextmanager
def running(reviewed: Reviewed, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process, and the URL that it printed."""
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, "review", "--no-browser", *arguments],
        cwd=reviewed.root,
        env={"PYTHONPATH": str(REPOSITORY), "PATH": "/usr/bin:/bin", "HOME": str(reviewed.root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process, process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate(timeout=20)


def test_the_url_lets_in_one_browser_and_ctrl_c_stops_the_page(reviewed: Reviewed) -> None:
    with running(reviewed, "1", "--as", "Grace") as (process, url):
        parts = urlsplit(url)
        assert (parts.hostname, parts.path) == ("127.0.0.1", "/pulls/1")
        assert len(parse_qs(parts.query)["token"][0]) >= 43
        client = Client(f"http://{parts.netloc}")
        got = client.send("GET", f"{parts.path}?{parts.query}")
        client.cookie = got.headers["set-cookie"].partition(";")[0]
        assert client.get("/api/me")["name"] == "Grace"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
        assert (process.returncode, err) == (0, "")
        assert out.endswith("\nstopped\n")


def test_the_page_listens_on_this_machine_alone() -> None:
    with listening(0) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"


def test_a_port_that_is_taken_is_told(reviewed: Reviewed, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(reviewed.root)
    with socket.create_server(("127.0.0.1", 0)) as other:
        done = cli("review", "--no-browser", "--port", str(other.getsockname()[1]))
    assert done.code == 2
    assert "E1116" in done.err and "leave `--port` out" in done.err


def test_a_pull_request_that_is_not_there_is_told_before_anything_listens(
    reviewed: Reviewed, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(reviewed.root)
    done = cli("review", "7", "--no-browser")
    assert done.code == 2
    assert "E1080" in done.err


def test_without_the_extra_the_way_to_it_is_told(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "starlette", None)
    done = cli("review", "--no-browser")
    assert done.code == 2
    assert "E1117" in done.err and "pip install 'PATH/TO/synth[review]'" in done.err
