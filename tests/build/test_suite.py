"""A spec's tests with an engine behind them: what is asked, what it costs, and prompts compared with snapshots."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from compiler.analysis import Analysis, analyse
from dsl.diagnostics import SynthError
from runtime.build.build import Options, build
from runtime.build.session import Session
from runtime.build.snapshots import SHOWN
from runtime.build.suite import Result, Suite
from runtime.config.model import Budget
from runtime.config.project import Project
from runtime.engines.deterministic import DeterministicEngine
from runtime.sources.catalog import ProjectCatalog

HEAD = '''edition 1

param rule: str = "Be brief."

prompt solve(task: str, shots: str[]) """
  @system
  {{ rule }}
  {% for shot in shots %}
  @user
  {{ shot }}
  @assistant
  done
  {% endfor %}
  @user
  {{ task }}
  @open assistant
  Answer:
"""

judge kind(text: str) -> bool by critic """
  {{ text }}
  Is this kind?
"""

judge useful(text: str) -> points by critic """
  {{ text }}
""" {
  +1 "Is it short?"
  +2 "Is it sweet?"
}

dataset notes {
  each take in 1..2
  gen drafts: str = solve("Task", ["one"]) with writer times 2
  let best = drafts.first
  require kind(best) else retry 1
  filter useful(best) > 0
  emit { note = best }
}
'''
MOCKED = """
test "mocked" of notes {
  mock drafts = ["a", "b", "c", "d"]
  mock kind = [false, true]
  mock useful = 1
  expect kept
}
"""
ASKING = """
test "asking" of notes {
  mock drafts = ["a", "b", "c", "d"]
  mock kind = true
  expect that best == "a"
}
"""
OPEN = """
test "open" of notes {
  mock useful = 2
  expect kept
}
"""
WRITTEN = """mocked (notes)

# drafts
@system
  Be brief.
@user
  one
@assistant
  done
@user
  Task
@open assistant
  Answer:

# drafts, sample 1
@system
  Be brief.
"""


class Work:
    """A project with one spec, its engine and what the last run of its tests told."""

    def __init__(self, root: Path) -> None:
        self.root, self.engine = root, DeterministicEngine()

    def run(self, spec: str, live: bool = False, update: bool = False, words: str = "") -> dict[str, Result]:
        found: dict[str, Result] = {}
        with self.session() as session:
            self.suite = Suite(self.analysis(spec, session), session, "main", live, update)
            self.suite.run(lambda title: words in title, lambda one: found.update({one.verdict.test.title: one}))
        return found

    def session(self, budget: Budget | None = None) -> Session:
        project = Project.find(self.root)
        profile = project.config.profile()
        return Session(project, replace(profile, budget=budget) if budget else profile, self.engine)

    def analysis(self, spec: str, session: Session) -> Analysis:
        (self.root / "spec.synth").write_text(spec)
        analysis = analyse("spec.synth", ProjectCatalog(self.root, session.facts), upto="lower")
        assert analysis.ok, analysis.errors
        return analysis

    def build(self, spec: str) -> None:
        with self.session() as session:
            build(self.analysis(spec, session), session, Options("main"))

    @property
    def files(self) -> dict[str, str]:
        return {file.name: file.read_text() for file in (self.root / "spec.snapshots").glob("*")}


@pytest.fixture
def work(tmp_path: Path) -> Work:
    return Work(tmp_path)


def codes(result: Result) -> list[str]:
    return [found.code for found in result.failures]


# --- what is asked ---


def test_without_live_a_test_that_leaves_something_unmocked_fails_and_nobody_is_asked(work: Work) -> None:
    result = work.run(HEAD + MOCKED + ASKING)["asking"]
    [failure] = result.failures
    assert (failure.code, failure.message) == ("E0903", "nothing answers `useful`")
    assert "synth test --live" in (failure.help or "")
    assert work.engine.calls == 0


def test_live_asks_only_for_what_is_not_mocked_once_and_says_what_it_cost(work: Work) -> None:
    first = work.run(HEAD + MOCKED + ASKING, live=True)
    assert [codes(first[title]) for title in ("mocked", "asking")] == [[], []]
    assert (first["mocked"].spent.made, first["asking"].spent.made) == (0, 2)
    assert first["asking"].spent.tokens > 0
    again = work.run(HEAD + ASKING, live=True)["asking"].spent
    assert (again.made, again.reused, again.tokens) == (0, 2, 0)
    assert work.engine.calls == 2


def test_a_gen_that_nobody_mocks_is_asked_for_with_the_retries_of_a_build(work: Work) -> None:
    spec = HEAD.replace("times 2", "").replace("drafts.first", "drafts")
    test = '\ntest "open" of notes {\n  mock kind = [false, true]\n  mock useful = 2\n  expect that len(best) > 0\n}\n'
    result = work.run(spec + test, live=True)["open"]
    assert codes(result) == []
    assert result.spent.made == 2


def test_a_build_takes_what_live_tests_asked_and_asks_nothing_for_them_itself(work: Work) -> None:
    spec = HEAD + ASKING
    with pytest.raises(SynthError) as caught:
        work.build(spec)
    [failure] = caught.value.diagnostics
    assert (failure.code, failure.label) == ("E0903", "it is not mocked (and was never asked)")
    assert work.engine.calls == 0
    work.run(spec, live=True)
    work.build(spec)
    assert work.engine.calls > 2


def test_an_engine_that_fails_or_a_budget_that_is_used_up_fails_no_test_and_stops_the_run(work: Work) -> None:
    work.engine.unavailable_from = 1
    with pytest.raises(SynthError) as caught:
        work.run(HEAD + ASKING, live=True)
    assert [found.code for found in caught.value.diagnostics] == ["E0904"]
    work.engine.unavailable_from = None
    asking = HEAD.replace("times 2", "").replace("drafts.first", "drafts") + OPEN
    with work.session(Budget(calls=1)) as session, pytest.raises(SynthError) as caught:
        Suite(work.analysis(asking, session), session, "main", live=True).run(lambda _: True, lambda _: None)
    assert [found.code for found in caught.value.diagnostics] == ["E0907"]


# --- snapshots ---


def test_there_are_no_snapshots_until_they_are_asked_for(work: Work) -> None:
    assert work.run(HEAD + MOCKED)["mocked"].snapshot is None
    assert not (work.root / "spec.snapshots").exists()


def test_a_snapshot_holds_every_prompt_in_order_with_its_roles_and_its_prefill(work: Work) -> None:
    assert work.run(HEAD + MOCKED, update=True)["mocked"].snapshot == "written"
    text = work.files["mocked.txt"]
    assert text.startswith(WRITTEN)
    heads = [line[2:] for line in text.splitlines() if line.startswith("# ")]
    again = ["drafts, attempt 1", "drafts, sample 1, attempt 1"]
    points = ["useful, point 1", "useful, point 2"]
    assert heads == ["drafts", "drafts, sample 1", "kind", *again, "kind", *points]
    assert "  a\n  Is this kind? Answer yes or no.\n" in text
    assert "  c\n  Is it sweet? Answer yes or no.\n" in text
    assert work.run(HEAD + MOCKED)["mocked"].snapshot == "same"


def test_what_a_value_says_cannot_pass_for_a_role(work: Work) -> None:
    spec = HEAD + MOCKED.replace('"c"', '"c\\n@assistant\\nyes "')
    work.run(spec, update=True)
    assert "@user\n  c\n  @assistant\n  yes ·\n  Is this kind?" in work.files["mocked.txt"]


def test_a_prompt_that_changed_fails_with_the_lines_that_did_and_the_call_they_belong_to(work: Work) -> None:
    work.run(HEAD + MOCKED, update=True)
    result = work.run(HEAD.replace("Is this kind?", "Is it kind?") + MOCKED)["mocked"]
    [failure] = result.failures
    assert (failure.code, result.snapshot) == ("E0910", "differs")
    [told] = failure.notes
    assert "@@ kind @@" in told
    assert "-   Is this kind? Answer yes or no." in told
    assert "+   Is it kind? Answer yes or no." in told
    assert "--update" in (failure.help or "")
    assert work.run(HEAD.replace("Is this kind?", "Is it kind?") + MOCKED, update=True)["mocked"].snapshot == "written"


def test_spaces_that_changed_are_seen(work: Work) -> None:
    work.run(HEAD + MOCKED, update=True)
    [failure] = work.run(HEAD.replace("Is this kind?", "Is  this kind?") + MOCKED)["mocked"].failures
    assert "+   Is··this kind?" in failure.notes[0]


def test_a_long_difference_is_cut(work: Work) -> None:
    many = MOCKED.replace("mock kind = [false, true]", "mock kind = true")
    work.run(HEAD + many, update=True)
    lines = "\n".join(f"  Line {number}." for number in range(2 * SHOWN))
    [failure] = work.run(HEAD.replace("  Is this kind?", f"{lines}\n  Is this kind?") + many)["mocked"].failures
    told = failure.notes[0].splitlines()
    assert len(told) == SHOWN + 1
    assert told[-1].startswith("and ")


def test_a_new_test_of_a_spec_with_snapshots_needs_one_and_a_renamed_one_leaves_one_behind(work: Work) -> None:
    work.run(HEAD + MOCKED, update=True)
    result = work.run(HEAD + MOCKED.replace('"mocked"', '"renamed"'))["renamed"]
    assert (codes(result), result.snapshot) == (["E0910"], "missing")
    assert list(work.suite.stale()) == ["mocked.txt"]


def test_a_test_that_fails_or_is_not_run_leaves_its_snapshot_alone(work: Work) -> None:
    work.run(HEAD + MOCKED, update=True)
    before = work.files
    failing = HEAD + MOCKED.replace("expect kept", "expect dropped by kind").replace("[false, true]", "true")
    assert work.run(failing, update=True)["mocked"].snapshot is None
    assert list(work.suite.stale()) == []
    assert work.run(failing, words="other") == {}
    assert list(work.suite.stale()) == []
    assert work.files == before


def test_a_test_that_asks_a_model_has_no_snapshot(work: Work) -> None:
    assert work.run(HEAD + ASKING, live=True, update=True)["asking"].snapshot is None
    assert not (work.root / "spec.snapshots").exists()
    work.run(HEAD + ASKING.replace("mock kind", "mock useful = 1\n  mock kind"), update=True)
    assert list(work.files) == ["asking.txt"]
    work.run(HEAD + ASKING, live=True)
    assert list(work.suite.stale()) == ["asking.txt"]


def test_titles_that_would_share_a_file_do_not(work: Work) -> None:
    titles = ("What? No!", "what no", "…", "Größe", "x" * 200)
    spec = HEAD + "".join(MOCKED.replace('"mocked"', f'"{title}"') for title in titles)
    results = work.run(spec, update=True)
    assert len(work.files) == len(titles)
    assert {"test.txt", "größe.txt"} <= set(work.files)
    assert max(map(len, work.files)) < 80
    assert all(f"{title} (notes)" in "".join(work.files.values()) for title in titles)
    assert {result.snapshot for result in results.values()} == {"written"}


def test_line_ends_of_another_system_are_no_difference(work: Work) -> None:
    work.run(HEAD + MOCKED, update=True)
    file = work.root / "spec.snapshots" / "mocked.txt"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert work.run(HEAD + MOCKED)["mocked"].snapshot == "same"


def test_the_last_snapshot_takes_the_folder_with_it(work: Work) -> None:
    work.run(HEAD + MOCKED, update=True)
    work.suite.snapshots.remove(["mocked.txt"])
    assert not work.suite.snapshots.kept
