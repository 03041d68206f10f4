"""What the check finds is true: what holds is found to hold, and each broken promise is found by its own check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from runtime.engines import Answer, Capabilities, EngineRejected, EngineUnavailable, Request
from runtime.engines.check import CHECKS, Report, run
from runtime.engines.deterministic import DeterministicEngine

CLAIMS = set(Capabilities.__slots__) - {"sampling"}


def wrong(report: Report) -> list[str]:
    return [finding.name for finding in report.findings if finding.verdict == "wrong"]


class Sabotaged(DeterministicEngine):
    """One that breaks what `how` names, and nothing else."""

    how = ""

    async def complete(self, request: Request) -> Answer:
        answer = await super().complete(self._changed(request))
        return self._spoilt(request, answer)

    def _changed(self, request: Request) -> Request:
        if self.how == "seed dropped":
            return replace(request, seed=0)
        if self.how == "seed ignored" and request.sampling.temperature > 0:
            return replace(request, seed=self.calls)
        if self.how == "stop dropped":
            return replace(request, sampling=replace(request.sampling, stop=()))
        constraint = request.constraint
        dropped = constraint and self.how == f"{constraint.kind} dropped"
        return replace(request, constraint=None) if dropped else request

    def _spoilt(self, request: Request, answer: Answer) -> Answer:
        if self.how == "finish" and answer.finish == "length":
            return replace(answer, finish="stop")
        if self.how == "mass" and request.labels:
            return replace(answer, label_mass=0.5)
        if self.how == "little mass" and request.labels:
            labels = {label: value - 9 for label, value in answer.labels.items()}
            return replace(answer, labels=labels, label_mass=(answer.label_mass or 0) * 2.718281828459045**-9)
        if self.how == "echo" and request.prefill:
            return replace(answer, text=request.prefill + answer.text)
        if self.how == "logprob":
            return replace(answer, logprob=None)
        if self.how == "tokens":
            return replace(answer, prompt_tokens=answer.prompt_tokens * 3)
        return answer


def test_an_engine_that_holds_what_it_claims_is_found_to() -> None:
    report = run(DeterministicEngine(), times=True)
    assert report.holds
    assert wrong(report) == []
    assert [finding.name for finding in report.findings] == [check.name for check in CHECKS]
    lacking = {finding.name for finding in report.findings if finding.verdict == "cannot"}
    assert lacking == {"grammar", "samples", "prefix cache", "warming", "embedding"}
    assert report.times is not None
    assert report.times.together > 0


@pytest.mark.parametrize(
    ("how", "found"),
    [
        ("seed ignored", ["seeds kept", "repeatable"]),
        ("seed dropped", ["seeds differ"]),
        ("stop dropped", ["stop strings"]),
        ("json_schema dropped", ["JSON schema", "bad form"]),
        ("regex dropped", ["pattern", "bad form"]),
        ("choice dropped", ["choice", "own answers"]),
        ("finish", ["length"]),
        ("mass", ["judge", "long labels"]),
        ("little mass", ["judge"]),
        ("echo", ["prefill"]),
        ("logprob", ["log-probability"]),
        ("tokens", ["token count"]),
    ],
)
def test_a_broken_promise_is_found_by_its_own_checks(how: str, found: list[str]) -> None:
    engine = Sabotaged()
    engine.how = how
    report = run(engine)
    assert wrong(report) == found
    assert not report.holds


def test_what_is_claimed_and_is_not_there_is_wrong() -> None:
    class Boasting(DeterministicEngine):
        async def complete_all(self, requests: Sequence[Request]) -> list[Answer]:
            return [await self.complete(requests[0])] * len(requests)

    engine = Boasting()
    engine.capabilities = replace(engine.capabilities, grammar=True, batch=True, prefix_cache=True)
    report = run(engine)
    assert wrong(report) == ["grammar", "samples", "prefix cache"]
    assert report.finding("grammar").seen.startswith("refused: ")
    assert "three times" in report.finding("samples").seen


def test_what_is_not_claimed_is_not_asked() -> None:
    engine = DeterministicEngine()
    engine.capabilities = Capabilities(raw=False)
    report = run(engine)
    assert report.holds
    assert {f.seen for f in report.findings if f.verdict == "cannot"} >= {"not claimed"}
    assert report.finding("judge").verdict == report.finding("raw prompt").verdict == "cannot"


@pytest.mark.parametrize("form", ["choice", "regex", "json_schema"])
def test_calls_in_flight_are_told_apart_by_whatever_form_there_is(form: str) -> None:
    engine = DeterministicEngine()
    engine.capabilities = replace(Capabilities(), **{form: True})  # type: ignore[arg-type]
    assert run(engine).finding("own answers").verdict == "can"


def test_nonsense_is_a_finding_and_no_traceback() -> None:
    class Odd(DeterministicEngine):
        async def complete(self, request: Request) -> Answer:
            if request.sampling.stop:
                raise KeyError("meta_info")
            return await super().complete(request)

    report = run(Odd())
    assert wrong(report) == ["stop strings"]
    assert "KeyError" in report.finding("stop strings").seen


def test_an_engine_that_goes_away_ends_the_check() -> None:
    report = run(DeterministicEngine(unavailable_from=9))
    assert "503" in report.stopped
    assert not report.holds
    assert len(report.findings) < len(CHECKS)
    assert report.times is None


def test_nobody_there_is_told_at_once() -> None:
    with pytest.raises(EngineUnavailable):
        run(DeterministicEngine(unavailable_from=1))


def test_a_server_of_scores_is_asked_for_scores_alone() -> None:
    class Scores(DeterministicEngine):
        async def complete(self, request: Request) -> Answer:
            if not request.reward:
                raise EngineRejected(self.name, "this model does not write")
            return await super().complete(request)

    report = run(Scores())
    assert [(finding.name, finding.verdict) for finding in report.findings] == [
        ("reward", "can"),
        ("embedding", "cannot"),
    ]
    assert report.holds


def test_every_claim_an_engine_can_make_is_checked() -> None:
    """A capability without a check is a promise that nobody looks at."""
    assert {check.claim for check in CHECKS} - {None} == CLAIMS


def test_findings_are_told_as_they_come_and_the_report_is_json() -> None:
    import orjson

    told: list[str] = []
    report = run(DeterministicEngine(), tell=lambda finding: told.append(finding.name))
    assert told == [finding.name for finding in report.findings]
    data = orjson.loads(orjson.dumps(report.to_json()))
    assert data["holds"] is True
    assert data["findings"][0]["verdict"] == "can"
