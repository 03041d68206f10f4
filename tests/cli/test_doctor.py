"""`synth doctor`: finds what is wrong by using it, says the mend, and makes nothing."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.diff.builder import Builder
from tests.engines.openai.server import ApiServer, serving

ENGINE = '[engines.dry]\nkind = "deterministic"\n{more}\n[profile.default]\nengine = "dry"\n'


def _levels(cli: Cli, *options: str) -> dict[str, str]:
    return {finding["name"]: finding["level"] for finding in cli("doctor", "--json", *options).json}


def _told(cli: Cli, name: str) -> str:
    (finding,) = [one for one in cli("doctor", "--json", "--quick").json if one["name"] == name]
    return f"{finding['level']}: {finding['told']} -> {finding['mend']}"


def test_an_empty_folder_is_healthy_and_stays_empty(cli: Cli, tmp_path: Path) -> None:
    assert set(_levels(cli, "--quick").values()) <= {"ok", "warn"}
    assert list(tmp_path.iterdir()) == []


def test_it_reads_as_lines_with_a_level_each(cli: Cli) -> None:
    done = cli("doctor", "--quick")
    assert done.code == 0
    assert {line[:6].strip() for line in done.out.splitlines()} <= {"ok", "warn", ""}
    assert [line for line in done.out.splitlines() if len(line) > 80 and " " in line[22:]] == []


def test_the_engines_of_the_profile_are_asked(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "synth.toml").write_text(ENGINE.format(more=""))
    assert _levels(cli)["engine dry"] == "ok"


def test_an_engine_that_does_not_answer_fails_and_says_the_mend(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "synth.toml").write_text(ENGINE.format(more="unavailable_from = 0\n"))
    done = cli("doctor", "--json")
    assert done.code == 2
    (engine,) = [one for one in done.json if one["name"] == "engine dry"]
    assert engine["level"] == "fail"
    assert "synth.toml" in engine["mend"]


def test_an_engine_with_a_wrong_setting_fails(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "synth.toml").write_text(ENGINE.format(more="concurency = 2\n"))
    (engine,) = [one for one in cli("doctor", "--json").json if one["name"] == "engine dry"]
    assert "E0802" in engine["told"]


def test_a_server_that_is_not_there_is_named_once_with_its_cause(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "synth.toml").write_text(
        '[engines.dry]\nkind = "sglang"\nurl = "http://127.0.0.1:9"\n[profile.default]\nengine = "dry"\n'
    )
    (engine,) = [one for one in cli("doctor", "--json").json if one["name"] == "engine dry"]
    assert engine["told"] == "http://127.0.0.1:9: connection refused"


def test_it_says_what_holds_the_tools(cli: Cli) -> None:
    assert _told(cli, "tools").startswith("ok: bubblewrap ")


def test_without_a_sandbox_it_says_the_mend(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    from runtime.tools import machine

    monkeypatch.setattr(machine, "_found", None)
    monkeypatch.setattr(machine, "programs", list)
    assert _told(cli, "tools").startswith("warn: E0807 ")
    assert "user namespaces" in _told(cli, "tools")


def test_a_store_with_commits_is_read(cli: Cli, history: Builder) -> None:
    assert _told(cli, "store").startswith("ok: branches: 1, tags: 0, files found: ")


def test_a_store_with_a_lost_object_fails(cli: Cli, history: Builder, tmp_path: Path) -> None:
    commit = cli("log", "--json").json[0]["id"]
    (tmp_path / ".synth/store.git/objects" / commit[:2] / commit[2:]).unlink()
    assert _told(cli, "store").startswith("fail: E1007")


def test_a_damaged_journal_fails_with_the_mend(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / ".synth" / "journal"
    folder.mkdir(parents=True)
    (folder / "journal.db").write_bytes(b"this is no database, and long enough to be looked at. " * 40)
    told = _told(cli, "journal")
    assert told.startswith("fail: E0951")
    assert "move" in told


def test_a_lock_left_by_a_killed_process_is_told(cli: Cli, history: Builder, tmp_path: Path) -> None:
    lock = tmp_path / ".synth/store.git/refs/heads/main.lock"
    lock.touch()
    assert _told(cli, "locks").startswith("ok")
    os.utime(lock, (time.time() - 3600,) * 2)
    assert _told(cli, "locks").startswith("warn: left behind")


@pytest.mark.live
def test_the_embedded_engine_answers(cli: Cli) -> None:
    assert _levels(cli)["engine embedded"] == "ok"


def test_an_embedding_server_is_asked_for_a_vector(cli: Cli, tmp_path: Path) -> None:
    with serving(ApiServer()) as server:
        (tmp_path / "synth.toml").write_text(
            f'[engines.vectors]\nkind = "openai"\nurl = "{server.url}/v1"\nembed = true\n'
            '[profile.default.roles]\nmeaning = { engine = "vectors", kind = "embedding" }\n'
        )
        assert _levels(cli)["engine vectors"] == "ok"
    assert [path for path, _, _ in server.seen if path == "/v1/embeddings"] == ["/v1/embeddings"]
