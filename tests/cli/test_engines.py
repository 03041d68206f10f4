"""`synth engines`: lists, checks, starts and stops engines; a mistake in any of it is a message."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.engines.start import processes, state
from tests.cli.conftest import Cli, Ran
from tests.engines.sglang.server import SglangServer, serving
from tests.engines.start.standin import children, free_port, is_open, make

CONFIG = """
[engines.gpu]
kind = "sglang"
url = "http://127.0.0.1:{port}"
model = "m"
{more}
[engines.gpu.start]
python = "{python}"

[engines.dry]
kind = "deterministic"

[profile.default]
engine = "dry"
[profile.default.roles]
writer = "gpu"
"""


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """The port of an engine `gpu`, whose Python is a stand-in. What a test leaves running is ended."""
    found = free_port()
    (tmp_path / "synth.toml").write_text(CONFIG.format(port=found, python=make(tmp_path / "sglang"), more=""))
    yield found
    for one in state.running(tmp_path / ".synth", "gpu"):
        processes.end(one.pid, one.born, grace=0)


def narrow(done: Ran) -> bool:
    return all(len(line) <= 80 for line in done.out.splitlines())


def test_every_engine_has_its_lines(cli: Cli, port: int) -> None:
    done = cli("engines")
    assert done.code == 0
    assert narrow(done)
    lines = done.out.splitlines()
    assert "up    dry: deterministic" in lines
    assert f"down  gpu: sglang at http://127.0.0.1:{port}" in lines
    assert "      for writer" in lines
    assert "      for all other roles" in lines
    assert "      not used" in lines


def test_without_a_configuration_there_is_the_embedded_engine(cli: Cli, tmp_path: Path) -> None:
    (only,) = cli("engines", "list", "--json").json
    assert (only["name"], only["kind"], only["state"], only["roles"]) == ("embedded", "llamacpp", "up", ["every role"])
    assert list(tmp_path.iterdir()) == []


def test_a_profile_says_who_uses_them(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "synth.toml").write_text('[engines.dry]\nkind = "deterministic"\n[profile.ci]\nengine = "dry"\n')
    roles = {one["name"]: one["roles"] for one in cli("engines", "--profile", "ci", "--json").json}
    assert roles == {"embedded": [], "dry": ["every role"]}
    assert "E0706" in cli("engines", "--profile", "sea").err


def test_a_check_says_what_an_engine_can_and_cannot_do(cli: Cli, port: int, tmp_path: Path) -> None:
    done = cli("engines", "check", "dry")
    assert done.code == 0
    assert narrow(done)
    assert any(line.split() == ["cannot", "grammar", "not", "claimed"] for line in done.out.splitlines())
    assert "0 claimed and not held" in done.out
    assert "tokens/s alone" in done.out
    assert {file.name for file in tmp_path.iterdir()} == {"synth.toml", "sglang"}


def test_a_check_is_json_on_request(cli: Cli, port: int) -> None:
    report = cli("engines", "check", "dry", "--quick", "--json").json
    assert report["holds"] is True
    assert report["times"] is None
    assert {"name", "sentence", "verdict", "seen", "seconds"} == set(report["findings"][0])


def test_a_server_that_no_file_names_is_checked_by_its_address(cli: Cli) -> None:
    with serving(SglangServer()) as server:
        done = cli("engines", "check", server.url, "--quick")
        assert "sglang 0.5.17" in done.out
        report = cli("engines", "check", server.url, "--quick", "--kind", "sglang", "--json").json
    assert narrow(done)
    assert report["about"]["deterministic"] is True
    verdicts = {finding["name"]: finding["verdict"] for finding in report["findings"]}
    assert verdicts["JSON schema"] == verdicts["judge"] == "can"


def test_a_promise_that_is_not_held_is_an_exit_of_1(cli: Cli) -> None:
    """This server drops every form without a word."""
    with serving(SglangServer()) as server:
        server.respond = lambda prompt: "something else"
        done = cli("engines", "check", server.url, "--quick")
    assert done.code == 1
    assert narrow(done)
    assert "wrong   JSON schema      claims that it writes JSON under a schema" in done.out
    assert "seen: “something else”" in done.out


def test_what_the_configuration_promises_for_a_server_is_told_as_its_mistake(cli: Cli, tmp_path: Path) -> None:
    with serving(SglangServer(deterministic=False)) as server:
        (tmp_path / "synth.toml").write_text(
            f'[engines.gpu]\nkind = "sglang"\nurl = "{server.url}"\ndeterministic = true\n'
        )
        done = cli("engines", "check", "gpu", "--quick")
    assert done.code == 2
    assert "E0809" in done.err


def test_nobody_at_an_address_is_a_message(cli: Cli, port: int) -> None:
    for name in ("gpu", f"http://127.0.0.1:{port}"):
        done = cli("engines", "check", name)
        assert done.code == 2
        assert "E0839" in done.err


@pytest.mark.parametrize("verb", ["check", "start"])
def test_a_name_that_is_none_gets_the_nearest(cli: Cli, port: int, verb: str) -> None:
    done = cli("engines", verb, "gpo")
    assert done.code == 2
    assert "E0830" in done.err
    assert "did you mean `gpu`?" in done.err


@pytest.mark.parametrize("address", ["127.0.0.1:30000", "gpu.lan", "localhost:30000/v1"])
def test_an_address_without_its_http_is_told_so(cli: Cli, port: int, address: str) -> None:
    done = cli("engines", "check", address)
    assert done.code == 2
    assert f"`http://{address}`" in done.err
    assert f"[engines.{address}]" not in done.err


def test_a_kind_that_is_none_is_a_mistake_in_the_call(cli: Cli) -> None:
    done = cli("engines", "check", "http://127.0.0.1:1", "--kind", "llama")
    assert done.code == 2
    assert "sglang" in done.err


def test_a_dry_run_prints_the_command_and_starts_nothing(cli: Cli, port: int, tmp_path: Path) -> None:
    done = cli("engines", "start", "gpu", "--dry-run", "--", "--log-level", "warning")
    assert done.code == 0
    assert "-m sglang.launch_server" in done.out
    assert f"--port {port}" in done.out
    assert done.out.splitlines()[-1].strip() == "--log-level warning"
    assert not (tmp_path / ".synth").exists()


def test_a_server_is_started_seen_and_stopped(cli: Cli, port: int, tmp_path: Path) -> None:
    done = cli("engines", "start", "gpu", "--detach")
    assert done.code == 0, done.err
    assert done.out.startswith(f"up  gpu at http://127.0.0.1:{port}")
    assert is_open(port)
    assert "started here" in cli("engines").out
    assert "E0835" in cli("engines", "start", "gpu").err
    assert "ready to roll" in cli("engines", "logs", "gpu", "-n", "30").out
    log = tmp_path / f".synth/engines/gpu/{port}.log"
    assert cli("engines", "stop", "gpu").out == f"gpu at http://127.0.0.1:{port} is stopped\n"
    assert not is_open(port)
    assert [pid for pid in children(log) if processes.born(pid)] == []
    assert "E0838" in cli("engines", "stop", "gpu").err
    assert "ready to roll" in cli("engines", "logs", "gpu").out


def test_a_server_that_dies_ends_with_its_cause(cli: Cli, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STANDIN", "RuntimeError: No accelerator (CUDA, XPU) or platform plugin is available.")
    done = cli("engines", "start", "gpu", "--detach")
    assert done.code == 2
    assert "E0836" in done.err
    assert 'device = "cpu"' in done.err


def test_without_sglang_it_is_said_how_to_install_it(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SYNTH_SGLANG_PYTHON", raising=False)
    (tmp_path / "synth.toml").write_text('[engines.gpu]\nkind = "sglang"\nurl = "http://127.0.0.1:1"\nmodel = "m"\n')
    done = cli("engines", "start", "gpu")
    assert done.code == 2
    assert "E0832" in done.err
    assert "pip install sglang" in done.err


def test_a_log_is_shown_without_the_key(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THE_KEY", "open-sesame")
    (tmp_path / "synth.toml").write_text('[engines.gpu]\nkind = "sglang"\napi_key_env = "THE_KEY"\n')
    log = state.log_file(tmp_path / ".synth", "gpu", 30000)
    log.parent.mkdir(parents=True)
    log.write_text("ServerArgs(api_key='open-sesame')\n")
    assert cli("engines", "logs", "gpu").out == "ServerArgs(api_key='•••')\n"


def test_logs_of_nothing_are_a_message(cli: Cli, port: int) -> None:
    assert "E0838" in cli("engines", "logs", "gpu").err


def foreground(folder: Path) -> subprocess.Popen[bytes]:
    """`synth engines start gpu` in a process of its own, when its server is up."""
    code = "import sys; from runtime.cli import run; sys.exit(run(['engines', 'start', 'gpu']))"
    command = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=folder,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        start_new_session=True,
    )
    assert command.stdout is not None
    told = b""
    while b"Ctrl-C stops it" not in told:
        line = command.stdout.readline()
        assert line, told
        told += line
    return command


def nothing_left(folder: Path, port: int, found: state.Running) -> bool:
    alive = [pid for pid in children(folder / f".synth/engines/gpu/{port}.log") if processes.born(pid)]
    return not (found.alive or alive or is_open(port))


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_what_ends_the_command_in_the_foreground_ends_the_server(
    port: int, tmp_path: Path, how: signal.Signals
) -> None:
    command = foreground(tmp_path)
    (found,) = state.running(tmp_path / ".synth", "gpu")
    command.send_signal(how)
    out, _ = command.communicate(timeout=20)
    assert command.returncode == 0
    assert nothing_left(tmp_path, port, found)
    assert out == b"gpu is stopped\n"


def test_one_in_the_foreground_can_be_stopped_from_another_terminal(cli: Cli, port: int, tmp_path: Path) -> None:
    command = foreground(tmp_path)
    (found,) = state.running(tmp_path / ".synth", "gpu")
    assert cli("engines", "stop", "gpu").code == 0
    out, _ = command.communicate(timeout=20)
    assert (command.returncode, out) == (0, b"gpu is stopped\n")
    assert nothing_left(tmp_path, port, found)


def test_a_second_ctrl_c_kills_a_server_that_takes_its_time(
    port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STANDIN", "stubborn")
    command = foreground(tmp_path)
    (found,) = state.running(tmp_path / ".synth", "gpu")
    command.send_signal(signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):
        command.wait(timeout=0.7)
    command.send_signal(signal.SIGINT)
    command.communicate(timeout=10)
    assert nothing_left(tmp_path, port, found)
