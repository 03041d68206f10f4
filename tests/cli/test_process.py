"""The console script as a process: exit codes, streams, colours, interruption, a closed pipe, and our own bugs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from runtime.cli import app
from tests.cli.conftest import Cli

SYNTH = (sys.executable, "-c", "from runtime.cli import main; main()")


def synth(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COLUMNS": "80", **variables}
    return subprocess.run([*SYNTH, *arguments], cwd=folder, env=environment, capture_output=True, text=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("project")
    assert synth(root, "new", ".").returncode == 0
    return root


def test_a_mistake_is_on_stderr_and_exits_2(folder: Path) -> None:
    done = synth(folder, "check", "nothing.synth")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error[E0114]")


def test_nothing_is_coloured_on_a_pipe(folder: Path) -> None:
    assert "\x1b[" not in "".join(synth(folder, "doctor", "--quick").stdout)


def test_ctrl_c_says_how_to_go_on(folder: Path) -> None:
    running = subprocess.Popen([*SYNTH, "check", "--watch"], cwd=folder, stdout=-1, stderr=-1, text=True)
    assert running.stdout is not None
    assert "checked" in running.stdout.readline()
    running.send_signal(signal.SIGINT)
    _, told = running.communicate(timeout=10)
    assert running.returncode == 130
    assert told.strip() == "stopped; run the same command again to go on where it was"


def test_a_closed_pipe_is_quiet(folder: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as closed:
        done = subprocess.run([*SYNTH, "--help"], cwd=folder, stdout=closed, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_version_is_one_line(cli: Cli) -> None:
    done = cli("--version")
    assert done.code == 0
    assert done.out.startswith("synth ")
    assert done.out.count("\n") == 1


def test_no_verb_shows_the_help(cli: Cli) -> None:
    assert cli().out == cli("--help").out
    assert cli().code == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("chekc",), "Did you mean `check`?"),
        (("frobnicate",), "`synth --help` lists them"),
        (("check", "--jsn"), "No such option: --jsn"),
        (("explain",), "Missing argument"),
        (("diff", "--only", "new"), "'added', 'removed', 'changed'"),
        (("log", "-n", "many"), "valid integer"),
    ],
)
def test_a_wrong_call_says_what_is_wrong_and_where_the_help_is(cli: Cli, arguments: tuple[str, ...], told: str) -> None:
    done = cli(*arguments)
    assert (done.code, done.out) == (2, "")
    assert told in done.err
    assert "--help" in done.err


def test_our_own_bug_is_owned_in_two_lines(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "import_module", lambda name: 1 / 0)
    monkeypatch.delenv("SYNTH_DEBUG", raising=False)
    done = cli("check")
    assert done.code == 70
    assert done.err.splitlines() == [
        "synth has a bug: ZeroDivisionError: division by zero",
        "set SYNTH_DEBUG=1 for the traceback, and please report it",
    ]


def test_debugging_shows_the_traceback(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "import_module", lambda name: 1 / 0)
    monkeypatch.setenv("SYNTH_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        cli("check")


def test_an_unknown_code_is_a_mistake(cli: Cli) -> None:
    assert "E1101" in cli("explain", "E9999").err
    assert cli("explain", "e0312").out.startswith("E0312: ")


def test_the_help_starts_quickly_enough_to_be_asked_often(folder: Path) -> None:
    """No timing here (see benchmarks): what costs is importing, so nothing of the compiler or runtime is loaded."""
    code = "import sys; from runtime.cli import run; run(['--help']); print(sorted(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True)
    for heavy in ("'compiler", "'lark", "'rich", "'pygit2", "'orjson", "'asyncio'"):
        assert heavy not in done.stderr
