"""Calls that are asked again as they were: found without being rendered, and the same as if they had been."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.build import local
from runtime.build.held import CHECKED, Held, Index
from runtime.build.stamps import stamps
from runtime.merge import commit_merge, merge
from tests.acceptance.workshop import Workshop
from tests.incremental.lesson import CANDIDATES, LESSON, Lessons, pages

EDITS = {
    "last prompt": ("REWRITE {{ answer }}", "REWRITE briefly {{ answer }}"),
    "threshold": (".p >= 0.5", ".p >= 0.3"),
    "second prompt": ("ANSWER {{ question }}", "ANSWER plainly {{ question }}"),
    "criterion": ('  "asks for a name"\n', ""),
    "retry": (
        "  gen notes:",
        "  require words(answer) > 12 else retry 1\n  gen notes:",
    ),
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Lessons.built(tmp_path_factory.mktemp("held") / "first").work.root


@pytest.fixture
def lessons(built: Path, tmp_path: Path) -> Lessons:
    copytree(built, tmp_path / "a")
    return Lessons(Workshop(tmp_path / "a"))


class Watched(Held):
    found = 0

    def find(self, *call: Any) -> Any:
        held = super().find(*call)
        Watched.found += held is not None and held.answer is not None
        return held

    def same(self, recorded: Any, cell: str, *asked: Any) -> bool:
        same = super().same(recorded, cell, *asked)
        Watched.found += same and cell in self.proven
        return same


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> type[Watched]:
    Watched.found = 0
    monkeypatch.setattr("runtime.build.held.Held", Watched)
    return Watched


def manifest(lessons: Lessons) -> Any:
    return lessons.work.at("lessons").manifest


@pytest.mark.parametrize("edit", EDITS)
def test_the_version_is_the_same_as_if_every_call_had_been_rendered(
    lessons: Lessons, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, edit: str
) -> None:
    copytree(built, tmp_path / "b")
    asked = lessons.edited(EDITS[edit])
    monkeypatch.setattr(local, "held_calls", lambda *_: None)
    usual = Lessons(Workshop(tmp_path / "b"))
    assert usual.edited(EDITS[edit]) == asked
    one, other = manifest(lessons), manifest(usual)
    assert (one.root, one.calls.root, one.rejected.root) == (other.root, other.calls.root, other.rejected.root)
    assert one.counts == other.counts


def test_what_did_not_change_is_found(
    lessons: Lessons, watched: type[Watched], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once the first of each cell have shown that they are asked as they were: not before their keys are there."""
    monkeypatch.setattr("runtime.build.local.WINDOW", 0)
    kept = len(lessons.rows())
    assert lessons.edited(EDITS["last prompt"]).total() == kept
    assert 0 < watched.found <= 3 * (CANDIDATES - CHECKED) + kept - CHECKED


def test_an_engine_that_is_given_another_prompt_for_the_same_program_is_asked(
    lessons: Lessons, watched: type[Watched], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a later version of synth might: the first calls of a cell show it, and then none of it is taken as it was."""
    from runtime.program.prompt import Prompt

    messages = Prompt.messages
    monkeypatch.setattr(
        Prompt, "messages", lambda self, last=None, **values: [
            (role, f"{text}.") for role, text in messages(self, last, **values)
        ]
    )  # fmt: skip
    lessons.work.edit(*EDITS["threshold"])
    asked, _ = lessons.again()
    assert asked["question"] == CANDIDATES and watched.found == 0


def test_an_answer_that_the_journal_lost_is_asked_again(lessons: Lessons) -> None:
    import sqlite3

    lost = next(iter(lessons.made("answer").values()))
    (file,) = (lessons.work.state / "journal").glob("*.db")
    with sqlite3.connect(file) as connection:
        connection.execute("delete from effects where key = ?", (bytes.fromhex(lost),))
    before = lessons.rows()
    asked = lessons.edited((".p >= 0.5", ".p >= 0.51"))
    assert asked["answer"] == 1 and asked.total() == 1
    assert lessons.rows().items() <= before.items()


def test_another_model_is_asked_all(lessons: Lessons, watched: type[Watched]) -> None:
    from runtime.engines.deterministic import DeterministicEngine

    lessons.work.build(DeterministicEngine(revision="2"))
    assert watched.found == 0


def test_after_a_merge_no_call_of_the_other_sides_prompt_is_taken_for_this_ones(
    lessons: Lessons, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The merge has one side's prompt, and for the rows that the other side added the calls of the other prompt."""
    monkeypatch.setattr("runtime.build.local.WINDOW", 0)
    store, one = lessons.work.store, EDITS["last prompt"]
    base = store.head("main")
    assert base is not None
    store.create_branch("more", base)
    lessons.edited(one)
    edited = (lessons.work.root / "spec.synth").read_text()
    lessons.work.edit(*reversed(one))
    lessons.work.write((lessons.work.root / "spec.synth").read_text(), pages=pages(40))
    lessons.again(branch="more")
    ours, theirs = store.head("main"), store.head("more")
    assert ours is not None and theirs is not None
    commit_merge(store, "main", merge(store, ours, theirs), "Merge more")
    lessons.work.write(edited, pages=pages(40))
    lessons.again()
    anew = Lessons.built(tmp_path / "anew", edited, pages(40))
    assert manifest(lessons).calls.root == manifest(anew).calls.root and lessons.rows() == anew.rows()


words = st.integers(0, 2**64 - 1)


@given(
    held=st.dictionaries(st.tuples(words, words), st.binary(min_size=16, max_size=16), min_size=1),
    other=st.tuples(words, words),
)
def test_an_index_finds_every_call_and_no_other(held: dict[tuple[int, int], bytes], other: tuple[int, int]) -> None:
    index = Index(list(held), list(held.values()))
    for call, key in held.items():
        place = index.find(*call)
        assert place is not None and index.key(place) == key
    assert (index.find(*other) is None) == (other not in held)
    assert index.keys(0, len(held) + 5) == list(held.values())


def test_calls_that_begin_alike_are_told_apart() -> None:
    index = Index([(7, n) for n in range(5)], [bytes([n]) * 16 for n in range(5)])
    assert [index.find(7, n) for n in range(5)] == list(range(5))
    assert index.find(7, 9) is None


PROGRAM = """
HALF = 0.5
ASK = Prompt("ask", {template!r})
@sgl.function
def ask(s, page, call=None):
    s += ASK(page=page)
LINE = Shape.text({shape})
@sgl.function
def rows(s, row):
    page = row.axis("page")
    heat = row.draw("heat", None)
    row.gen("line", ask, {given}, "writer", dict(page=page), {settings})
    {rest}
"""
USUAL = {"template": "{{ page }}", "shape": "", "given": "LINE", "settings": "max_new_tokens=60", "rest": "pass"}


def stamp(**parts: str) -> str | None:
    return stamps(PROGRAM.format(**{**USUAL, **parts})).get("line")


@pytest.mark.parametrize(
    "parts", [{"template": "{{ page }}!"}, {"shape": "regex='a+'"}, {"settings": "max_new_tokens=61"}]
)
def test_what_a_call_is_made_of_changes_its_stamp(parts: dict[str, str]) -> None:
    assert stamp(**parts) not in (None, stamp())


@pytest.mark.parametrize(
    "parts", [{"rest": 'row.filter("filter 1", page)'}, {"settings": "max_new_tokens=60, when=heat, attempts=5"}]
)
def test_what_only_decides_whether_it_is_made_does_not(parts: dict[str, str]) -> None:
    assert stamp(**parts) == stamp() is not None


@pytest.mark.parametrize(
    "parts",
    [
        {"settings": "temperature=heat"},
        {"given": "Shape.of(heat)"},
        {"template": "{{ fn.logprob(page) }}"},
        {"template": "{{ page.p }}"},
    ],
)
def test_a_call_that_depends_on_more_than_its_arguments_has_no_stamp(parts: dict[str, str]) -> None:
    assert stamp(**parts) is None


def test_a_fresh_copy_of_the_project_finds_them_too(
    lessons: Lessons, tmp_path: Path, watched: type[Watched], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a journal: the branch's calls fill it, and are found by what they were asked."""
    clone = tmp_path / "clone"
    copytree(lessons.work.root, clone, ignore=lambda folder, names: ["journal"] if folder.endswith(".synth") else [])
    monkeypatch.setattr("runtime.build.local.WINDOW", 0)
    assert Lessons(Workshop(clone)).edited((".p >= 0.5", ".p >= 0.6")).total() == 0
    assert watched.found > CANDIDATES


def test_it_is_the_same_spec() -> None:
    assert all(LESSON.count(old) == 1 for old, _ in EDITS.values()) and len(pages()) * 2 == CANDIDATES
