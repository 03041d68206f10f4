"""What a build and its version say of the answers behind them: counts, what was cached, what no engine says again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from runtime.build.progress import Progress
from runtime.build.schemas import CALLS
from runtime.cli.console import spent
from runtime.cli.live import line
from runtime.engines import registry
from runtime.engines.deterministic import DeterministicEngine
from runtime.tables.schema import schema
from tests.acceptance.specs import QA, pages, readers
from tests.acceptance.unrepeatable import UnrepeatableEngine
from tests.acceptance.workshop import Workshop
from tests.cli.conftest import Cli


def made_by(monkeypatch: pytest.MonkeyPatch, engine: DeterministicEngine) -> None:
    """The one engine of the project's settings is this one."""
    monkeypatch.setitem(registry._MAKERS, "deterministic", lambda settings: engine)


@pytest.fixture
def work(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path).write(QA, pages=pages(4), readers=readers(3))


def in_one_line(text: str) -> str:
    return " ".join(text.split())


def test_cached_tokens_are_a_share_of_the_prompts_and_left_out_where_there_are_none() -> None:
    progress = Progress("qa", fresh=2, prompt_tokens=200, completion_tokens=50, cached_tokens=166)
    assert spent(progress) == "2 calls made, 0 reused, 250 tokens (83% of 200 prompt tokens cached)"
    assert "83% cached" in line(progress, 1.0)
    progress.cached_tokens = 0
    assert spent(progress) == "2 calls made, 0 reused, 250 tokens" and "cached" not in line(progress, 1.0)


def test_a_build_says_in_one_line_that_its_answers_are_only_recorded(
    cli: Cli, work: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_by(monkeypatch, UnrepeatableEngine())
    built = cli("build", "spec.synth")
    told = "answers of critic, writer (test) are recorded, not repeatable: rebuilds come from the journal"
    assert built.code == 0 and told in in_one_line(built.out)
    assert "prompt tokens cached)" in built.out
    shown = in_one_line(cli("show").out)
    assert "answers recorded" in shown and "qa.cached_tokens: " in shown


def test_a_build_on_a_repeatable_engine_says_nothing_of_it(cli: Cli, work: Workshop) -> None:
    built = cli("build", "spec.synth")
    assert built.code == 0 and "recorded" not in built.out
    assert "answers repeatable" in in_one_line(cli("show").out)


def test_every_count_is_in_the_json_of_a_build_and_of_its_commit(
    cli: Cli, work: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_by(monkeypatch, UnrepeatableEngine())
    (dataset,) = cli("build", "spec.synth", "--json").json["datasets"]
    tokens = dataset["tokens"]
    assert 0 < tokens["cached"] < tokens["prompt"] and tokens["completion"] > 0
    (commit,) = cli("log", "--json").json
    names = {"prompt_tokens": "prompt", "completion_tokens": "completion", "cached_tokens": "cached"}
    assert {name: int(commit["metadata"][f"qa.{name}"]) for name in names} == {n: tokens[names[n]] for n in names}
    assert dataset["determinism"] == cli("show", "--json").json["datasets"][0]["determinism"]


def test_blame_tells_what_was_cached_where_the_call_was_made_and_nothing_where_no_journal_is(
    cli: Cli, work: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_by(monkeypatch, UnrepeatableEngine())
    assert cli("build", "spec.synth").code == 0
    key = work.rows("qa")[0]["key"]
    (call, *_) = calls_of(cli, key)
    assert call["cached_tokens"] == call["prompt_tokens"] - 1 and call["repeatable"] is False
    assert f"{call['cached_tokens']} cached · not repeatable" in cli("blame", "qa", key).out
    (work.state / "journal").rename(work.root / "moved")
    (call, *_) = calls_of(cli, key)
    assert call["cached_tokens"] is None and "cached" not in cli("blame", "qa", key).out
    assert not (work.state / "journal").exists()


def calls_of(cli: Cli, key: str) -> list[dict[str, Any]]:
    return [call for call in json.loads(cli("blame", "qa", key, "--json").out) if call["kind"] == "gen"]


def test_why_says_what_the_way_to_a_dropped_row_cost(cli: Cli, work: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    made_by(monkeypatch, UnrepeatableEngine())
    assert cli("build", "spec.synth").code == 0
    key = work.rows("qa", "rejected")[0]["key"]
    assert "led there: " in cli("why", "qa", key).out


def test_a_merge_counts_the_answers_of_the_calls_that_it_holds(
    cli: Cli, work: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One side was answered by a repeatable engine, the other by one that is not."""
    assert cli("build", "spec.synth").code == 0 and cli("branch", "tone").code == 0
    changed(work, 0)
    assert cli("build", "spec.synth").code == 0
    changed(work, 1)
    made_by(monkeypatch, UnrepeatableEngine())
    assert cli("build", "spec.synth", "--branch", "tone").code == 0
    merged = cli("merge", "tone")
    assert merged.code == 0, merged.err
    told = [(call["role"], call["repeatable"]) for call in work.rows("qa", "calls") if call["call"]]
    found = work.at("qa").manifest.determinism
    assert found["writer"].repeatable == told.count(("writer", True)) > 0
    assert found["writer"].recorded == told.count(("writer", False)) > 0


def changed(work: Workshop, place: int) -> None:
    """Of the pages as they were at first, this one is another."""
    rows = pages(4)
    rows[place]["text"] += " It was written anew."
    (work.root / "pages.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def test_a_side_from_before_this_was_recorded_merges_with_one_from_now(
    cli: Cli, work: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Calls of the older side have no such column, and are counted as neither."""
    with monkeypatch.context() as before:
        columns = {column.name: column.type for column in CALLS.columns if column.name != "repeatable"}
        before.setattr("runtime.build.output.CALLS", schema(columns))
        before.setattr("runtime.build.output.determinism", lambda told: {})
        assert cli("build", "spec.synth").code == 0 and cli("branch", "tone").code == 0
        changed(work, 1)
        assert cli("build", "spec.synth", "--branch", "tone").code == 0
    changed(work, 0)
    assert cli("build", "spec.synth").code == 0
    merged = cli("merge", "tone")
    assert merged.code == 0, merged.err
    told = [call["repeatable"] for call in work.rows("qa", "calls") if call["call"]]
    assert told.count(True) == sum(found.repeatable for found in work.at("qa").manifest.determinism.values()) > 0
    assert None in told
    assert cli("blame", "qa", work.rows("qa")[0]["key"]).code == 0
