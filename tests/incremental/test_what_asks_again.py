"""What each edit asks again, and what it does not: the table of docs/incremental.md, line by line."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from shutil import copytree

import pytest

from runtime.engines.deterministic import DeterministicEngine
from tests.acceptance.command import start
from tests.acceptance.workshop import Workshop, root_of
from tests.incremental.lesson import CANDIDATES, LESSON, Lessons, pages

NOTHING: Counter[str] = Counter()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Lessons.built(tmp_path_factory.mktemp("lessons") / "first").work.root


@pytest.fixture
def lessons(built: Path, tmp_path: Path) -> Lessons:
    """A copy of the built project for each test."""
    copytree(built, tmp_path / "a")
    return Lessons(Workshop(tmp_path / "a"))


def kept(lessons: Lessons) -> int:
    return len(lessons.rows())


def test_the_last_prompt_asks_its_own_calls(lessons: Lessons) -> None:
    before = lessons.rows()
    assert lessons.edited(("REWRITE {{ answer }}", "REWRITE briefly {{ answer }}")) == Counter(final=len(before))
    after = lessons.rows()
    assert after.keys() == before.keys()
    assert all(after[key]["question"] == row["question"] and after[key] != row for key, row in before.items())


def test_the_second_prompt_asks_its_calls_and_what_follows_from_them(lessons: Lessons) -> None:
    questions = lessons.made("question")
    asked = lessons.edited(("ANSWER {{ question }}", "ANSWER plainly {{ question }}"))
    going_on = kept(lessons)
    assert asked == Counter(answer=CANDIDATES, sound=CANDIDATES, notes=going_on, final=going_on)
    assert lessons.made("question") == questions


def test_a_lower_threshold_asks_no_judge_and_only_what_was_dropped_goes_on(lessons: Lessons) -> None:
    before, judged = lessons.rows(), lessons.made("sound")
    asked = lessons.edited((".p >= 0.5", ".p >= 0.3"))
    after = lessons.rows()
    fresh = after.keys() - before.keys()
    assert fresh and asked == Counter(notes=len(fresh), final=len(fresh))
    assert {key: after[key] for key in before} == before
    assert lessons.made("sound") == judged


def test_a_higher_threshold_asks_nothing(lessons: Lessons) -> None:
    before = lessons.rows()
    assert lessons.edited((".p >= 0.5", ".p >= 0.7")) == NOTHING
    after = lessons.rows()
    assert after.keys() < before.keys() and all(before[key] == row for key, row in after.items())


def test_a_criterion_more_asks_the_rows_that_drew_it_and_no_others(lessons: Lessons) -> None:
    before, drawn = lessons.rows(), lessons.drawn()
    asked = lessons.edited(('  "asks for a name"\n', '  "asks for a name"\n  "asks for a place"\n'))
    now = lessons.drawn()
    moved = {key for key in drawn if drawn[key] != now[key]}
    assert moved == {key for key in now if "asks for a place" in now[key]}, "a draw moved that it need not"
    going_on = len(lessons.rows().keys() & moved)
    assert asked == Counter(question=len(moved), answer=len(moved), sound=len(moved), notes=going_on, final=going_on)
    assert {key: row for key, row in lessons.rows().items() if key not in moved} == {
        key: row for key, row in before.items() if key not in moved
    }


def test_a_criterion_less_asks_the_rows_that_had_drawn_it_and_no_others(lessons: Lessons) -> None:
    drawn = lessons.drawn()
    asked = lessons.edited(('  "asks for a name"\n', ""))
    had = {key for key in drawn if "asks for a name" in drawn[key]}
    assert {key for key, value in lessons.drawn().items() if value != drawn[key]} == had
    assert (asked["question"], asked["answer"], asked["sound"]) == (len(had), len(had), len(had))


@pytest.mark.parametrize("place", [0, 11, 24])
def test_an_input_row_more_asks_its_candidates_wherever_it_stands(lessons: Lessons, place: int) -> None:
    before, inputs = lessons.rows(), pages()
    inputs.insert(place, {"id": "new", "text": "A page that is new."})
    asked = lessons.with_pages(inputs)
    fresh = lessons.rows().keys() - before.keys()
    assert {key.split("/")[0] for key in lessons.drawn()} == {page["id"] for page in inputs}
    assert (
        asked == Counter({"question": 2, "answer": 2, "sound": 2, "notes": len(fresh), "final": len(fresh)}) + NOTHING
    )
    assert {key: lessons.rows()[key] for key in before} == before


def test_an_input_row_less_asks_nothing(lessons: Lessons) -> None:
    before = lessons.rows()
    assert lessons.with_pages(pages()[1:]) == NOTHING
    assert lessons.rows() == {key: row for key, row in before.items() if not key.startswith("page0000/")}


def test_an_edited_input_row_asks_its_candidates(lessons: Lessons) -> None:
    inputs = pages()
    inputs[7]["text"] = "Another text."
    asked = lessons.with_pages(inputs)
    going_on = len([key for key in lessons.rows() if key.startswith("page0007/")])
    assert asked == Counter({"question": 2, "answer": 2, "sound": 2, "notes": going_on, "final": going_on}) + NOTHING


def test_inputs_in_another_order_ask_nothing(lessons: Lessons) -> None:
    before = lessons.rows()
    assert lessons.with_pages(pages()[::-1]) == NOTHING
    assert lessons.rows() == before


WORDS_ONLY = [
    ("target = wanted", "target   =   wanted  # all of them"),
    ("## Questions, answers", "## Some questions, answers"),
    ("param wanted", "# how many\nparam wanted"),
    ("  emit { question = question, answer", "  emit {\n    question = question, answer"),
]


@pytest.mark.parametrize("edit", WORDS_ONLY)
def test_comments_layout_and_docs_run_nothing(lessons: Lessons, edit: tuple[str, str]) -> None:
    lessons.work.edit(*edit)
    asked, build = lessons.again()
    assert asked == NOTHING
    assert [one.how for one in build.datasets] in (["unchanged"], ["described"])


def test_a_prompt_in_another_file_asks_nothing(lessons: Lessons) -> None:
    start_, end = LESSON.index("prompt mend"), LESSON.index("judge sound")
    (lessons.work.root / "mending.synth").write_text("edition 1\n\n" + LESSON[start_:end])
    imported = 'edition 1\n\nfrom "mending.synth" import mend\n'
    lessons.work.edit(LESSON[start_:end], "")
    assert lessons.edited(("edition 1\n", imported)) == NOTHING


def test_a_column_more_asks_nothing(lessons: Lessons) -> None:
    assert lessons.edited(("answer = final,", "answer = final, first = answer, page = page.id,")) == NOTHING
    assert all(row["first"] for row in lessons.rows().values())


def test_statements_in_another_order_ask_nothing_that_was_asked(lessons: Lessons) -> None:
    """The filter behind the notes: those are made of what the filter had dropped before, and nothing else is asked."""
    dropped = len(lessons.rejected())
    filtered = "  filter sound(question, answer).p >= 0.5\n"
    noted = "  gen notes: str = review(question, answer) with writer { max_tokens = 100 }\n"
    assert lessons.edited((filtered + noted, noted + filtered)) == Counter(notes=dropped)


def test_draws_and_axes_in_another_place_ask_nothing(lessons: Lessons) -> None:
    drawn = "  draw points ~ asks(page).pick(2..3)\n"
    other = '  draw mood ~ ["calm", "brisk"]\n'
    assert lessons.edited((drawn, other + drawn), ("points = points }", "points = points, mood = mood }")) == NOTHING


def test_a_renamed_step_asks_its_calls_because_its_seeds_are_others(lessons: Lessons) -> None:
    before = kept(lessons)
    edits = (("gen final:", "gen mended:"), ("answer = final,", "answer = mended,"))
    assert lessons.edited(*edits) == Counter(final=before)


def test_a_renamed_step_with_its_old_names_salt_asks_nothing(lessons: Lessons) -> None:
    edits = (
        ("gen final: str = mend(answer, notes) with writer { max_tokens = 100 }",
         'gen mended: str = mend(answer, notes) with writer { max_tokens = 100, salt = "final" }'),
        ("answer = final,", "answer = mended,"),
    )  # fmt: skip
    assert lessons.edited(*edits) == NOTHING


def test_a_steps_setting_asks_its_calls(lessons: Lessons) -> None:
    line = "mend(answer, notes) with writer { max_tokens = "
    assert lessons.edited((line + "100", line + "90")) == Counter(final=kept(lessons))


def test_attempts_ask_nothing_where_none_is_needed(lessons: Lessons) -> None:
    line = "mend(answer, notes) with writer { max_tokens = 100"
    assert lessons.edited((line, line + ", attempts = 5")) == NOTHING


def test_another_models_calls_are_its_own(lessons: Lessons) -> None:
    engine = DeterministicEngine(revision="2")
    made = lessons.work.made(engine)
    assert made.how == "ran" and engine.calls == made.progress.calls


def test_a_higher_target_asks_only_for_what_is_missing(tmp_path: Path) -> None:
    lessons = Lessons.built(tmp_path, params={"wanted": 10})
    before, answered = lessons.rows(), lessons.work.answered()
    asked, build = lessons.again(params={"wanted": 12})
    after = lessons.rows()
    assert len(before) == 10 and len(after) == 12 and before.items() <= after.items()
    assert 0 <= asked.total() == len(lessons.work.answered()) - len(answered)
    fresh = Workshop(tmp_path / "fresh").write(LESSON, pages=pages())
    (one,) = fresh.build(DeterministicEngine(), params={"wanted": 12}).datasets
    assert root_of(one) == root_of(build.datasets[0])


def test_a_lifted_limit_asks_only_for_what_was_left_out(tmp_path: Path) -> None:
    lessons = Lessons.built(tmp_path, limit=10)
    before = lessons.rows()
    asked, _ = lessons.again()
    assert (asked["question"], asked["sound"]) == (CANDIDATES - 10, CANDIDATES - 10)
    assert before.items() <= lessons.rows().items()


def test_what_was_asked_in_a_version_before_is_not_asked_again(lessons: Lessons) -> None:
    """There and back: the first version's answers are still there."""
    first = lessons.rows()
    lessons.edited(("ANSWER {{ question }}", "ANSWER plainly {{ question }}"))
    assert lessons.edited(("ANSWER plainly {{ question }}", "ANSWER {{ question }}")) == NOTHING
    assert lessons.rows() == first


def test_the_command_says_what_was_reused_and_what_was_asked(lessons: Lessons) -> None:
    lessons.work.edit("REWRITE {{ answer }}", "REWRITE briefly {{ answer }}")
    (lessons.work.root / "synth.toml").write_text(
        '[engines.test]\nkind = "deterministic"\n[profile.default]\nengine = "test"\n'
    )
    command = start(lessons.work.root, "build", "spec.synth")
    assert command.wait() == 0
    assert len(command.calls()) == kept(lessons)
    reused = 3 * CANDIDATES + kept(lessons)
    assert f"{kept(lessons)} calls made, {reused} reused" in " ".join(command.out.split()), command.out
