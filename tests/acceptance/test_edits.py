"""What an edit costs: one row its own candidates, a prompt what depends on it, words and layout nothing at all."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.diff.compare import diff
from runtime.diff.model import TableDiff
from runtime.engines.deterministic import DeterministicEngine
from tests.acceptance.command import start
from tests.acceptance.specs import LINES, QA, page, pages, readers
from tests.acceptance.workshop import SPEC, Workshop, root_of, shards_of


def changes(work: Workshop, dataset: str) -> TableDiff:
    """The dataset's own table, between the last commit and the one before."""
    (found,) = diff(work.store, "main~1", "main", dataset).datasets
    return next(table for table in found.tables if table.name == dataset)


@pytest.mark.parametrize("place", [0, 300])
def test_one_input_row_runs_its_candidates_and_touches_one_shard(tmp_path: Path, place: int) -> None:
    inputs = pages(300)
    work = Workshop(tmp_path).write(LINES, pages=inputs)
    work.build()
    before = work.at("lines")
    inputs.insert(place, {**page(place), "id": f"page{place:04}x", "text": "A page that is new."})
    engine = DeterministicEngine()
    work.write(LINES, pages=inputs).build(engine)
    assert engine.calls == 3
    table = changes(work, "lines")
    assert (table.counts.added, table.counts.removed, table.counts.changed) == (12, 0, 0)
    assert {row.key.split("/")[0] for row in table.rows()} == {f"page{place:04}x"}
    old, new = shards_of(before), shards_of(work.at("lines"))
    assert len(old) > 1 and len(old - new) <= 1 and 1 <= len(new - old) <= 2


def test_the_diff_of_one_input_row_shows_it_added_and_nothing_else(tmp_path: Path) -> None:
    work = Workshop(tmp_path / "a").write(LINES, pages=pages(3))
    work.build()
    work.write(LINES, pages=pages(4)).build()
    command = start(work.root, "diff", "lines", "--stat")
    assert command.wait() == 0
    assert "+12 −0 ~0 =36" in command.out and "input pages changed: 3 rows → 4 rows" in command.out


def test_a_prompt_reruns_what_depends_on_it(tmp_path: Path) -> None:
    work, first = Workshop(tmp_path).write(QA, pages=pages(10), readers=readers(4)), DeterministicEngine()
    work.build(first)
    calls = work.rows("qa", "calls")
    work.edit("You answer from the text.", "You answer from the text alone.")
    second = DeterministicEngine()
    work.build(second)
    cells = [call["cell"] for call in work.rows("qa", "calls") if call["call"]]
    assert second.calls == cells.count("answer") + cells.count("sound")
    assert second.calls < first.calls
    questions = [call["text"] for call in calls if call["cell"] == "question"]
    assert questions == [call["text"] for call in work.rows("qa", "calls") if call["cell"] == "question"]


def test_the_diff_of_a_prompt_says_which_column_changed_and_why(tmp_path: Path) -> None:
    work = Workshop(tmp_path).write(QA, pages=pages(10), readers=readers(4))
    work.build()
    work.edit("You answer from the text.", "You answer from the text alone.")
    work.build()
    (found,) = diff(work.store, "main~1", "main", "qa").datasets
    assert ("prompt", "reply", "changed") in {(cause.kind, cause.name, cause.state) for cause in found.causes}
    assert not [cause for cause in found.causes if cause.kind == "prompt" and cause.name != "reply"]
    changed = {column.name: column.changed for column in changes(work, "qa").columns}
    assert changed["answer"] > 0
    assert changed["question"] == changed["reader"] == 0


def test_a_filter_that_changes_asks_nothing(tmp_path: Path) -> None:
    work = Workshop(tmp_path).write(QA, pages=pages(10), readers=readers(4))
    work.build()
    work.edit("filter sound(answer)", "filter sound(answer) and words(answer) > 3")
    engine = DeterministicEngine()
    assert work.made(engine).how == "ran"
    assert engine.calls == 0


def test_a_doc_line_is_described_anew_without_a_call(tmp_path: Path) -> None:
    work = Workshop(tmp_path).write(QA, pages=pages(4), readers=readers(2))
    first = work.made()
    work.edit("## One question and one answer a row.", "## One question, one answer.")
    engine = DeterministicEngine()
    second = work.build(engine)
    assert engine.calls == 0 and second.commit is not None
    assert second.datasets[0].how == "described" and root_of(second.datasets[0]) == root_of(first)
    counts = changes(work, "qa").counts
    assert (counts.added, counts.removed, counts.changed) == (0, 0, 0)


def comment(line: str, words: str) -> str:
    return f"{line}  # {words}"


def comment_above(line: str, words: str) -> str:
    return f"# {words}\n{line}"


def indent(line: str, words: str) -> str:
    return f"{' ' * len(words)}{line.lstrip()}"


def spread(line: str, words: str) -> str:
    return line.replace(" = ", "   =  ").replace(", ", " ,  ")


def blank(line: str, words: str) -> str:
    return f"\n\n{line}  "


EDITS: list[Callable[[str, str], str]] = [comment, comment_above, indent, spread, blank]


def code_lines(spec: str) -> list[int]:
    """Lines outside of templates and doc comments: those that layout may change."""
    lines, inside, found = spec.splitlines(), False, []
    for number, line in enumerate(lines):
        marks = line.count('"""')
        if not inside and not marks and line.strip() and not line.startswith("##"):
            found.append(number)
        inside ^= marks % 2 == 1
    return found


def laid_out(spec: str, edits: list[tuple[int, Callable[[str, str], str], str]]) -> str:
    lines = spec.splitlines()
    for number, edit, words in edits:
        lines[number] = edit(lines[number], words)
    return "\n".join(lines) + "\n"


layouts = st.lists(
    st.tuples(st.sampled_from(code_lines(QA)), st.sampled_from(EDITS), st.text("abc #\"'{}", max_size=12)),
    min_size=1,
    max_size=8,
    unique_by=lambda edit: edit[0],
).map(lambda edits: laid_out(QA, edits))


@pytest.fixture(scope="module")
def built() -> Workshop:
    work = Workshop(Path(tempfile.mkdtemp())).write(QA, pages=pages(3), readers=readers(2))
    work.build()
    return work


@given(spec=layouts)
@settings(max_examples=20)
def test_comments_and_layout_are_nothing_to_do(built: Workshop, spec: str) -> None:
    check_nothing_to_do(built, spec)


@pytest.mark.soak
@given(spec=layouts)
@settings(max_examples=1000)
def test_a_thousand_layouts_are_nothing_to_do(built: Workshop, spec: str) -> None:
    check_nothing_to_do(built, spec)


def check_nothing_to_do(built: Workshop, spec: str) -> None:
    head, engine = built.head, DeterministicEngine()
    (built.root / SPEC).write_text(spec)
    done = built.build(engine)
    assert [one.how for one in done.datasets] == ["unchanged"]
    assert done.commit is None and built.head == head and engine.calls == 0


def test_plan_says_that_a_comment_is_nothing_to_do(tmp_path: Path) -> None:
    work = Workshop(tmp_path / "a").write(QA, pages=pages(3), readers=readers(2))
    work.build()
    work.edit("dataset qa {", "dataset qa {  # the only one\n")
    command = start(work.root, "plan", "spec.synth")
    assert command.wait() == 0 and command.calls() == []
    assert "nothing to do" in command.out.lower()


DRAWN = '''edition 1

personas readers = jsonl("readers.jsonl") { key = id }

prompt greet(reader: Persona) """
  Greet {{ reader }}
"""

dataset greetings {
  each take in 1..500
  draw reader ~ readers
  gen line: str = greet(reader) with writer { max_tokens = 60 }
  emit { reader = reader.id, line = line }
}
'''


def test_one_persona_moves_its_share_of_the_rows_and_no_others(tmp_path: Path) -> None:
    """Of 500 rows over 20 personas, the 21st takes about one in 21, and no row goes from an old one to an old one."""
    work = Workshop(tmp_path).write(DRAWN, readers=readers(20))
    work.build()
    before = {row["_key"]: row["reader"] for row in work.rows("greetings")}
    engine = DeterministicEngine()
    work.write(DRAWN, readers=readers(21)).build(engine)
    after = {row["_key"]: row["reader"] for row in work.rows("greetings")}
    moved = [key for key in before if before[key] != after[key]]
    assert len(before) == 500 and before.keys() == after.keys()
    assert {after[key] for key in moved} == {"reader20"}
    assert 0.5 / 21 < len(moved) / 500 < 2 / 21
    assert engine.calls == len(moved)
