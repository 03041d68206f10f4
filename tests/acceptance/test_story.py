"""A candidate, kept or not, has its whole story in `calls`; and a build's refusals, as the command line shows them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from runtime.cli import run
from runtime.engines.deterministic import DeterministicEngine
from runtime.engines.protocol import Answer, EngineRejected, Request
from tests.acceptance.specs import QA, pages, readers
from tests.acceptance.workshop import Row, Workshop

ASKED = ("prompt", "arguments", "role", "model", "text", "finish", "prompt_tokens", "completion_tokens", "call")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """Some answers break their form, so that there are second attempts; some rows are dropped at each statement."""
    spec = QA.replace(
        "gen answer: str = reply",
        'gen grade: "good" | "poor" = ask(page, reader) with critic\n  gen answer: str = reply',
    )
    work = Workshop(tmp_path_factory.mktemp("story")).write(spec, pages=pages(20), readers=readers(3))
    work.build(DeterministicEngine(invalid_share=0.6))
    return work


def stories(work: Workshop) -> dict[str, list[Row]]:
    """The events of each candidate."""
    found: dict[str, list[Row]] = {}
    for event in work.rows("qa", "calls"):
        found.setdefault(event["row"], []).append(event)
    return found


def test_every_candidate_has_a_story_and_an_end(built: Workshop) -> None:
    kept = {row["key"] for row in built.rows("qa")}
    rejected = {row["key"]: row for row in built.rows("qa", "rejected")}
    assert kept and not kept & rejected.keys()
    assert (
        stories(built).keys() == kept | rejected.keys() == {f"page{n:04}/{take}" for n in range(20) for take in (1, 2)}
    )
    assert all(row["statement"] and row["reason"] for row in rejected.values())
    statements = {row["statement"] for row in rejected.values()}
    assert {"filter 1", "gen grade"} <= statements


def test_a_kept_candidate_has_every_cell(built: Workshop) -> None:
    kept = {row["key"] for row in built.rows("qa")}
    for key, events in stories(built).items():
        cells = {event["cell"] for event in events}
        assert "reader" in cells and "question" in cells
        assert key not in kept or cells >= {"reader", "question", "grade", "answer", "sound"}


def test_every_call_has_what_was_asked_and_what_came_of_it(built: Workshop) -> None:
    calls = [event for event in built.rows("qa", "calls") if event["kind"] in ("gen", "judge")]
    for call in calls:
        assert [name for name in ASKED if call[name] is None] == []
        assert json.loads(call["arguments"])
        assert bytes.fromhex(call["call"]).hex() in built.answered()
    for call in (call for call in calls if call["kind"] == "gen"):
        assert call["seed"].isdigit() and call["logprob"] < 0
        assert (call["error"] is None) != (call["value"] is None)
    for call in (call for call in calls if call["kind"] == "judge"):
        assert 0 <= call["p"] <= 1 and json.loads(call["value"]) is (call["p"] >= 0.5)
        assert {label.strip().lower() for label in json.loads(call["labels"])} >= {"yes", "no"}


def test_draws_are_told_as_they_fell(built: Workshop) -> None:
    readers_of = {row["key"]: row["reader"] for row in built.rows("qa")}
    draws = {event["row"]: json.loads(event["value"]) for event in built.rows("qa", "calls") if event["kind"] == "draw"}
    assert len(draws) == 40
    assert {key: draws[key]["id"] for key in readers_of} == readers_of


def test_attempts_are_numbered_and_each_has_its_own_seed(built: Workshop) -> None:
    again = 0
    for events in stories(built).values():
        for cell in ("question", "grade", "answer"):
            calls = [event for event in events if event["cell"] == cell]
            assert [call["attempt"] for call in calls] == list(range(len(calls)))
            assert len({call["seed"] for call in calls}) == len(calls)
            again += len(calls) > 1
    assert again > 5


def test_an_attempt_that_failed_says_why(built: Workshop) -> None:
    failed = [call for call in built.rows("qa", "calls") if call["cell"] == "grade" and call["error"]]
    assert failed and all("is none of good, poor" in call["error"] for call in failed)
    assert all(call["text"] not in ("good", "poor") for call in failed)


# --- refusals ------------------------------------------------------------------------------------------------------

TEST = 'test "{title}" of qa {{\n  given page = {{ id: "p", text: "t" }}\n{body}\n  expect kept\n}}\n'
MOCKS = '  mock question = "What is it that this text says here?"\n  mock sound = true'


def refused(work: Workshop, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *more: str) -> Any:
    """The exit code and the messages of a build at the command line."""
    monkeypatch.chdir(work.root)
    monkeypatch.setenv("NO_COLOR", "1")
    code = run(["build", "spec.synth", *more])
    return code, capsys.readouterr().err


@pytest.mark.parametrize(
    ("code", "exits", "spec", "arguments"),
    [
        ("E0901", 1, QA.replace(">= 10%", ">= 101%"), ()),
        ("E0902", 1, QA + TEST.format(title="k", body=MOCKS.replace("true", "false") + '\n  mock answer = "Yes."'), ()),
        ("E0903", 1, QA + TEST.format(title="kept", body=MOCKS), ()),
        ("E0906", 2, QA, ("--only", "qb")),
    ],
)
def test_a_build_that_is_refused(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    code: str,
    exits: int,
    spec: str,
    arguments: tuple[str, ...],
) -> None:
    work = Workshop(tmp_path).write(spec, pages=pages(4), readers=readers(2))
    exit_code, said = refused(work, capsys, monkeypatch, *arguments)
    assert exit_code == exits and f"error[{code}]" in said, said
    assert "Traceback" not in said and work.head is None


def test_a_request_that_an_engine_refuses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The build stops, and no row is dropped for it."""

    async def refuse(self: DeterministicEngine, request: Request) -> Answer:
        raise EngineRejected(self.name, "the prompt has 9,000 tokens and the context 8,192")

    monkeypatch.setattr(DeterministicEngine, "complete", refuse)
    work = Workshop(tmp_path).write(QA, pages=pages(4), readers=readers(2))
    code, said = refused(work, capsys, monkeypatch)
    assert code == 2 and "error[E0905]" in said and "9,000 tokens" in said, said
    assert work.head is None and "Traceback" not in said


@pytest.mark.parametrize("how", ["flag", "profile"])
def test_a_failed_audit_only_warns_when_told_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """The option commits beside the branch, for reading; the profile says that the audit is advice."""
    work = Workshop(tmp_path).write(QA.replace(">= 10%", ">= 101%"), pages=pages(4), readers=readers(2))
    if how == "profile":
        with (tmp_path / "synth.toml").open("a") as config:
            config.write('audits = "warn"\n')
    code, said = refused(work, capsys, monkeypatch, *(["--allow-failed-audits"] if how == "flag" else []))
    assert code == 0 and "warning[W0901]" in said, said
    assert list(work.store.branches()) == ["main-scratch" if how == "flag" else "main"]
