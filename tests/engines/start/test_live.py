"""A real SGLang, started on the CPU, asked for everything and stopped. `SYNTH_TEST_SGLANG_PYTHON` has it installed.

`SYNTH_TEST_SGLANG_MODEL` is the model, a folder or a name of the hub: a small one.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from runtime.engines.start import processes, state
from tests.cli.conftest import Cli
from tests.cli.conftest import cli as cli
from tests.engines.start.standin import free_port, is_open

PYTHON = os.environ.get("SYNTH_TEST_SGLANG_PYTHON", "")
MODEL = os.environ.get("SYNTH_TEST_SGLANG_MODEL", "HuggingFaceTB/SmolLM2-135M-Instruct")


@pytest.mark.live
@pytest.mark.skipif(not PYTHON, reason="SYNTH_TEST_SGLANG_PYTHON names no Python with SGLang")
def test_a_real_server_is_started_holds_what_it_claims_and_ends_whole(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a key: it is asked for, and stands on no command line of any of the server's processes."""
    monkeypatch.setenv("THE_KEY", "open-sesame-9471")
    port = free_port()
    (tmp_path / "synth.toml").write_text(
        f'[engines.small]\nkind = "sglang"\nurl = "http://127.0.0.1:{port}"\napi_key_env = "THE_KEY"\n'
        f'[engines.small.start]\npython = "{PYTHON}"\nmodel_path = "{MODEL}"\ndevice = "cpu"\n'
    )
    started = cli("engines", "start", "small", "--detach", "--wait", "500")
    try:
        assert started.code == 0, started.err
        (running,) = state.running(tmp_path / ".synth", "small")
        (one,) = [found for found in cli("engines", "--json").json if found["name"] == "small"]
        assert one["state"] in ("up", "slow")
        lines = [file.read_bytes() for file in Path("/proc").glob("[0-9]*/cmdline") if file.exists()]
        assert [line for line in lines if b"open-sesame-9471" in line] == []
        report = cli("engines", "check", "small", "--quick", "--json").json
        assert [finding for finding in report["findings"] if finding["verdict"] == "wrong"] == []
        verdicts = {finding["name"]: finding["verdict"] for finding in report["findings"]}
        assert verdicts["JSON schema"] == verdicts["judge"] == verdicts["prefix cache"] == "can"
        assert "open-sesame" not in cli("engines", "logs", "small", "-n", "5000").out
    finally:
        stopped = cli("engines", "stop", "small")
    assert stopped.code == 0
    assert not is_open(port)
    assert not processes.group_lives(running.pid)
