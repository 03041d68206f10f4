"""Samples, elements, rounds and runs in whole builds: the same data at any concurrency, and no call made twice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from dsl.diagnostics import SynthError
from runtime.engines.deterministic import DeterministicEngine
from runtime.stories import story
from tests.acceptance.command import start
from tests.acceptance.workshop import Workshop, root_of

HEAD = '''edition 1

record Page {
  id: str
}

record Claim {
  text: str where words(text) > 0
}

record Fact {
  text: str
  sure: "yes" | "no" | "maybe"
}

input pages: Page = jsonl("pages.jsonl") { key = id }

prompt write(page: Page, facts: str[]) """
  Write about {{ page.id }}.
  {% for fact in facts %}
  - {{ fact }}
  {% endfor %}
"""

prompt split(text: str) """
  Split: {{ text }}
"""

judge sound(text: str) -> bool by critic """
  Is this sound? {{ text }}
"""
'''

BEST_OF_N = f"""{HEAD}
dataset d {{
  each page from pages
  gen drafts: "good" | "bad" | "ugly" | "fair" = write(page, []) with writer times 4
  let fine = drafts.where(it != "bad")
  require fine.count > 2 else retry 2 from drafts
  let best = fine.best(by = logprob)
  let worst = fine.sort(by = logprob).first
  filter best != worst
  emit {{ best = best, count = fine.count, votes = drafts.majority() }}
  emit as preferences for loser in drafts.where(it != best) {{ chosen = best, rejected = loser }}
}}
"""

FAN_OUT = f"""{HEAD}
dataset d {{
  each page from pages
  gen drafts: str = write(page, []) with writer times 3 {{ max_tokens = 20 }}
  gen claims: Fact[] = split(draft) with extractor for draft in drafts
  gen more: Fact = split(fact.text) with extractor for fact in claims.flat.top(3, by = text)
  gen checked: Fact = split(claim.text) with extractor for found in claims for claim in found when claim.sure == "yes"
  let sure = claims.flat.where(sure == "yes")
  let liked = drafts.where(sound(it))
  filter sure.any
  emit {{
    sure = sure.count, all = claims.flat.count, liked = liked.count
    again = checked.flat.count, more = more.count
  }}
}}
"""

LOOP = f"""{HEAD}
dataset d {{
  each page from pages
  loop i in 1..3 carry facts: str[] = [] {{
    gen drafts: str = write(page, facts) with writer times 2 {{ max_tokens = 20 }}
    gen claims: Fact = split(draft) with extractor for draft in drafts
    next facts = facts + claims.where(sure == "yes").map(text)
    until facts.count > 1
    require claims.any(sure != "no") else retry 1 from claims
  }}
  gen last: str = write(page, facts) with writer {{ max_tokens = 20 }}
  filter sound(last)
  emit {{ facts = facts, rounds = i, last = last }}
}}
"""

SPECS = {"best of n": BEST_OF_N, "fan out": FAN_OUT, "loop": LOOP}


def project(folder: Path, name: str, settings: Mapping[str, object] | None = None) -> Workshop:
    return Workshop(folder).write(SPECS[name], settings, pages=[{"id": f"page{number}"} for number in range(12)])


@pytest.mark.parametrize("name", SPECS)
def test_one_call_at_a_time_or_64_give_the_same_digests(tmp_path: Path, name: str) -> None:
    made = []
    for concurrency in (1, 64):
        work = project(tmp_path / str(concurrency), name)
        engine = DeterministicEngine(concurrency=concurrency, jitter=0.01 if concurrency > 1 else 0.0)
        built = work.made(engine)
        assert built.manifest.calls is not None
        made.append((root_of(built), built.manifest.calls.root, built.manifest.counts, engine.calls))
        assert built.manifest.counts.kept > 0
    assert made[0] == made[1]


@pytest.mark.parametrize("name", SPECS)
def test_a_build_that_was_stopped_goes_on_without_asking_anything_twice(tmp_path: Path, name: str) -> None:
    calm = DeterministicEngine()
    wanted = root_of(project(tmp_path / "calm", name).made(calm))
    for down in (1, calm.calls // 3, calm.calls - 1):
        work, engine = project(tmp_path / str(down), name), DeterministicEngine(jitter=0.005, unavailable_from=down)
        with pytest.raises(SynthError, match="E0904"):
            work.build(engine)
        stored, rest = len(work.answered()), DeterministicEngine(jitter=0.005)
        assert root_of(work.made(rest)) == wanted
        assert rest.calls == calm.calls - stored


@pytest.mark.parametrize("name", SPECS)
def test_every_event_has_a_place_of_its_own_and_every_call_its_seed(tmp_path: Path, name: str) -> None:
    work = project(tmp_path, name)
    work.made(DeterministicEngine(invalid_share=0.3))
    events = work.rows("d", "calls")
    places = [(e["row"], e["cell"], e["round"], e["element"], e["sample"], e["attempt"]) for e in events]
    assert len(places) == len(set(places))
    gens = [event for event in events if event["kind"] == "gen"]
    assert len({(event["cell"], event["row"], event["seed"]) for event in gens}) == len(gens)
    assert {event["call"] for event in events if event["call"]} == work.answered()


def test_a_build_that_is_killed_asks_nothing_twice(tmp_path: Path) -> None:
    settings = {"delay": 0.002, "jitter": 0.006, "concurrency": 4}
    work, calm = project(tmp_path / "killed", "loop", settings), project(tmp_path / "calm", "loop", settings)
    wanted = root_of(calm.made())
    for answers in (5, 20):
        hurt = start(work.root, "build", "spec.synth")
        hurt.until(answers)
        hurt.kill()
    stored = work.answered()
    last = start(work.root, "build", "spec.synth")
    assert last.wait() == 0, last.err
    assert stored.isdisjoint(last.calls())
    assert work.answered() == calm.answered()
    assert work.at("d").manifest.root == wanted


def test_a_clone_builds_from_its_branch_alone(tmp_path: Path) -> None:
    work = project(tmp_path, "fan out")
    first = work.made()
    work.edit("filter sure.any", "filter sure.any and claims.any")
    for path in (work.state / "journal").iterdir():
        path.unlink()
    engine = DeterministicEngine()
    assert work.made(engine).manifest.counts == first.manifest.counts
    assert engine.calls == 0


def test_a_story_goes_round_by_round_and_element_by_element(tmp_path: Path) -> None:
    from runtime.query import parse_reference

    work = project(tmp_path, "loop")
    work.made()
    key = next(row["key"] for row in work.rows("d") if row["rounds"] >= 2)
    told = story(work.store, parse_reference("d"), key, "main")
    names = [call.name for call in told.calls if call.kind == "gen" and call.attempt == 0][:5]
    assert names == [
        "drafts, round 1",
        "drafts, round 1, sample 1",
        "claims, round 1",
        "claims, round 1, element 1",
        "drafts, round 2",
    ]
    assert [call.name for call in told.calls][-2:] == ["last", "sound"]


TESTED = f'''{HEAD}
prompt solve(page: Page) """
  {{{{ page.id }}}}
"""
dataset d {{
  each page from pages
  gen drafts: "def f(): return 1" | "def f(): return 2" | "def f(:" = solve(page) with coder times 3
  let suite = "from solution import f\\ndef test_f():\\n    assert f() == 1"
  run trials = pytest(draft, suite) {{ timeout = 10s }} for draft in drafts
  let passing = drafts.where(trials.failed == 0 and trials.ok)
  require passing.any else retry 1 from drafts
  emit {{ code = passing.first, tried = trials.count, failed = trials.sum(failed) }}
}}
'''


@pytest.fixture(scope="module")
def tested(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    work = Workshop(tmp_path_factory.mktemp("tested"))
    work.write(TESTED, pages=[{"id": f"page{number}"} for number in range(3)])
    work.made()
    return work


def runs(work: Workshop) -> list[dict[str, Any]]:
    return [event for event in work.rows("d", "calls") if event["kind"] == "run"]


def test_code_is_kept_when_its_tests_pass_in_the_sandbox(tested: Workshop) -> None:
    assert {row["code"] for row in tested.rows("d")} == {"def f(): return 1"}
    for run in runs(tested):
        result, draft = json.loads(run["value"]), json.loads(run["arguments"])["texts"][0]
        assert result["ok"] == (draft == "def f(): return 1")
        assert run["prompt"] == "pytest"
        assert run["call"] in tested.answered()


def test_no_run_is_made_twice(tested: Workshop, tmp_path: Path) -> None:
    tested.edit("tried = trials.count", "tried = trials.count + 0")
    again = tested.made()
    assert again.progress.runs == 0
    assert again.progress.fresh == 0
