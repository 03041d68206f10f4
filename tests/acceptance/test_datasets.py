"""Datasets made from datasets: order, keys, what is built again and what is not, and rows whatever the concurrency."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsl.diagnostics import SynthError
from runtime.build.build import Build
from runtime.cli import run
from runtime.config.model import Budget
from runtime.engines.deterministic import DeterministicEngine
from tests.acceptance.specs import pages
from tests.acceptance.workshop import Workshop, root_of

TWO = '''edition 1

record Page {
  id: str
  text: str
}

input pages: Page = jsonl("pages.jsonl") { key = id }

## Declared before what it is made from.
dataset letters {
  each author from customers
  each take in 1..2
  draw friend ~ authors
  draw others ~ authors.pick(2)
  let count = authors.rows.count
  gen letter: str with writer { max_tokens = 60 } """
    {{ author }} writes letter {{ take }} to {{ friend.text }}.
  """
  emit { letter = letter, author = author.id, age = author.age, friend = friend.id, count = count }
}

personas customers = authors

dataset authors {
  each page from pages
  gen who: str with writer { max_tokens = 60 } """
    Who wrote this? {{ page.text }}
  """
  filter page.id != "page0002"
  emit { id = page.id, text = who, age = 40 }
}
'''

DIAMOND = '''edition 1
record Page {
  id: str
  text: str
}
input pages: Page = jsonl("pages.jsonl") { key = id }

dataset top {
  each page from pages
  gen text: str with writer { max_tokens = 40 } """
    Top of {{ page.text }}
  """
  emit { text = text, size = len(page.text) }
}
dataset left {
  each row from top
  each take in 1..2
  gen text: str with writer { max_tokens = 40 } """
    Left of {{ row.text }}, {{ take }}
  """
  emit { text = text }
}
dataset right {
  each row from top
  gen text: str with writer { max_tokens = 40 } """
    Right of {{ row.size }}
  """
  emit { text = text }
}
dataset bottom {
  each a from left
  draw b ~ right
  emit { a = a.text, b = b.text }
}
'''


def project(folder: Path, spec: str = TWO, count: int = 6) -> Workshop:
    return Workshop(folder).write(spec, pages=pages(count))


def how(build: Build) -> dict[str, str]:
    return {one.manifest.dataset: one.how for one in build.datasets}


def calls_of(work: Workshop, dataset: str) -> set[str]:
    """The calls that a dataset's rows came from."""
    return {row["call"] for row in work.rows(dataset, "calls") if row["call"] is not None}


def test_one_build_makes_all_in_order_and_one_commit(tmp_path: Path) -> None:
    work = project(tmp_path)
    made = work.build()
    assert how(made) == {"authors": "ran", "letters": "ran"}
    assert len(work.store.log("main")) == 1
    rows = work.rows("letters")
    assert len(rows) == 10 and {row["count"] for row in rows} == {5}
    assert {row["author"] for row in rows} == {f"page000{n}" for n in (0, 1, 3, 4, 5)}
    assert {row["age"] for row in rows} == {40}


def test_rows_keep_the_keys_that_they_have_in_their_dataset(tmp_path: Path) -> None:
    work = project(tmp_path, DIAMOND, 2)
    work.build()
    assert [row["key"] for row in work.rows("left")] == ["page0000/1", "page0000/2", "page0001/1", "page0001/2"]
    assert [row["key"] for row in work.rows("bottom")] == [row["key"] for row in work.rows("left")]
    assert [(part.name, part.type.kind) for part in work.at("bottom").manifest.key] == [
        ("a_row", "str"),
        ("a_take", "int"),
    ]


def test_the_manifest_names_the_rows_that_it_was_made_from(tmp_path: Path) -> None:
    work = project(tmp_path, DIAMOND, 2)
    work.build()
    top = work.at("top").manifest.tables["top"]
    found = work.at("left").manifest.inputs["top"]
    assert (found.digest, found.rows) == (top.root, 2)


def test_an_edit_below_leaves_what_is_above_as_it_is(tmp_path: Path) -> None:
    work = project(tmp_path)
    before = work.build()
    work.edit("writes letter", "sends letter")
    engine = DeterministicEngine()
    after = work.build(engine)
    assert how(after) == {"authors": "described", "letters": "ran"}
    assert root_of(after.datasets[0]) == root_of(before.datasets[0])
    assert engine.calls == len(calls_of(work, "letters"))


def test_an_edit_above_makes_what_depends_on_it_anew_and_nothing_else(tmp_path: Path) -> None:
    work = project(tmp_path, DIAMOND, 3)
    work.build()
    work.edit("Right of {{ row.size }}", "Right: {{ row.size }}")
    engine = DeterministicEngine()
    after = work.build(engine)
    assert how(after) == {"top": "described", "left": "described", "right": "ran", "bottom": "ran"}
    assert engine.calls == len(calls_of(work, "right"))


def test_calls_of_rows_that_stay_are_used_again(tmp_path: Path) -> None:
    work = project(tmp_path, DIAMOND, 4)
    work.build()
    before = work.answered()
    work.write(DIAMOND, pages=pages(5))
    assert set(how(work.build()).values()) == {"ran"}
    new = work.answered() - before
    rows = [row for name in ("top", "left", "right") for row in work.rows(name, "calls") if row["call"] in new]
    assert {row["row"].split("/")[0] for row in rows} == {"page0004"}


def test_what_is_below_stays_when_the_rows_above_come_out_alike(tmp_path: Path) -> None:
    """Another statement, the same rows: the change stops there."""
    work = project(tmp_path)
    work.build()
    work.edit('filter page.id != "page0002"', 'filter page.id not in ["page0002", "none"]')
    engine = DeterministicEngine()
    assert how(work.build(engine)) == {"authors": "ran", "letters": "described"}
    assert engine.calls == 0


def test_a_second_build_has_nothing_to_do(tmp_path: Path) -> None:
    work = project(tmp_path, DIAMOND)
    work.build()
    again = work.build()
    assert again.commit is None and set(how(again).values()) == {"unchanged"}


def test_the_rows_are_the_same_at_any_concurrency(tmp_path: Path) -> None:
    roots = []
    for concurrency in (1, 64):
        work = project(tmp_path / str(concurrency), TWO, 20)
        engine = DeterministicEngine(concurrency=concurrency, jitter=0.01 if concurrency > 1 else 0.0)
        roots.append([root_of(one) for one in work.build(engine).datasets])
    assert roots[0] == roots[1]


def test_one_dataset_is_built_with_what_it_needs(tmp_path: Path) -> None:
    work = project(tmp_path, DIAMOND, 2)
    assert how(work.build(only="right")) == {"top": "ran", "right": "ran"}
    work.edit("Top of", "The top of")
    assert how(work.build(only="left")) == {"top": "ran", "left": "ran"}
    assert how(work.build()) == {"top": "unchanged", "left": "unchanged", "right": "ran", "bottom": "ran"}


def test_what_is_made_from_a_result_that_fails_its_audit_is_not_built(tmp_path: Path) -> None:
    work = project(tmp_path)
    work.edit(
        "emit { id = page.id, text = who, age = 40 }", "emit { id = page.id, text = who, age = 40 }\n  audit kept == 9"
    )
    engine = DeterministicEngine()
    with pytest.raises(SynthError, match="E0901"):
        work.build(engine)
    assert work.head is None
    assert engine.calls == len(work.answered()) < 10
    left = work.build(audits="scratch")
    assert how(left) == {"authors": "ran"} and [found.code for found in left.warnings] == ["W0901", "W0902"]
    assert how(work.build(audits="warn")) == {"authors": "ran", "letters": "ran"}


# --- other tables, other files, tests, previews ---

MANY = """edition 1
dataset words {
  each take in 1..2
  let parts = ["a", "b", "c"]
  emit for part in parts { part = part, size = take }
}
dataset sides {
  each take in 1..4
  draw side ~ weighted { left: 50%, right: 50% }
  emit split by side { take = take, side = side }
}
dataset named {
  each take in 1..2
  emit as first { text = "one" }
  emit as second { other = "two" }
}
dataset all {
  each word from words
  each place from sides
  each row from named
  emit { part = word.part, size = word.size, take = place.take, side = place.side, text = row.text }
}
"""


def test_rows_of_emits_that_are_many_split_or_named(tmp_path: Path) -> None:
    work = Workshop(tmp_path).write(MANY)
    work.build()
    rows = work.rows("all")
    assert len(rows) == 6 * 4 * 2
    assert sorted({(row["part"], row["size"]) for row in rows}) == [(part, size) for part in "abc" for size in (1, 2)]
    assert {row["take"] for row in rows} == {1, 2, 3, 4} and {row["text"] for row in rows} == {"one"}
    assert rows[0]["key"] == "1/0/1/1" and len({row["key"] for row in rows}) == len(rows)
    assert [part.name for part in work.at("all").manifest.key] == ["word_take", "word_position", "place", "row"]
    assert set(how(work.build()).values()) == {"unchanged"}


def test_an_imported_dataset_is_built_with_what_reads_it(tmp_path: Path) -> None:
    library, rest = TWO.split("## Declared before", 1)
    letters, authors = rest.split("dataset authors", 1)
    work = project(tmp_path, 'edition 1\nfrom "people.synth" import authors\n\n## Declared after' + letters)
    (work.root / "people.synth").write_text(f"{library}\ndataset authors{authors}")
    assert how(work.build()) == {"authors": "ran", "letters": "ran"}
    assert len(work.rows("letters")) == 10
    assert set(how(work.build()).values()) == {"unchanged"}


def test_two_datasets_of_one_name_are_not_built_into_one_commit(tmp_path: Path) -> None:
    work = Workshop(tmp_path).write(
        'edition 1\nfrom "b.synth" import more\n'
        "dataset raw {\n  each i in 1..2\n  emit { n = i }\n}\n"
        "dataset out {\n  each row from more\n  each own from raw\n  emit { n = row.n, m = own.n }\n}\n"
    )
    (work.root / "b.synth").write_text(
        "edition 1\ndataset raw {\n  each i in 1..3\n  emit { n = i }\n}\n"
        "dataset more {\n  each row from raw\n  emit { n = row.n }\n}\n"
    )
    with pytest.raises(AssertionError, match="E0202"):
        work.build()


def test_personas_need_texts(tmp_path: Path) -> None:
    work = project(tmp_path)
    work.edit("text = who, age = 40", "text = 40, age = 40")
    with pytest.raises(AssertionError, match="E0603"):
        work.build()


TEST = """
test "a letter is kept" of letters {
  GIVEN
  mock letter = "Dear friend."
  expect kept
}
"""
ROWS = '[{ id: "a", text: "a nurse", age: 30 }]'


def said(work: Workshop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    monkeypatch.chdir(work.root)
    capsys.readouterr()
    run(list(words))
    return "".join(capsys.readouterr())


def test_a_test_says_that_there_are_no_rows_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    work = project(tmp_path, TWO + TEST.replace("GIVEN", ""))
    told = said(work, monkeypatch, capsys, "test", "spec.synth")
    assert "E0909" in told and "Traceback" not in told
    work.edit("  \n  mock letter", f"  given authors = {ROWS}\n  given customers = {ROWS}\n  mock letter")
    assert "1 test passed, 0 failed" in said(work, monkeypatch, capsys, "test", "spec.synth")
    assert set(how(work.build()).values()) == {"ran"}


def test_a_test_takes_the_first_row_of_what_was_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    work = project(tmp_path, TWO + TEST.replace("GIVEN", ""))
    assert set(how(work.build()).values()) == {"ran"}
    assert "1 test passed, 0 failed" in said(work, monkeypatch, capsys, "test", "spec.synth")


def test_a_preview_shows_what_is_made_from_previewed_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    work = project(tmp_path)
    told = said(work, monkeypatch, capsys, "preview", "spec.synth", "-n", "2")
    assert "authors page0000" in told and "letters page0000/2" in told
    told = said(work, monkeypatch, capsys, "preview", "spec.synth", "-n", "2", "--only", "letters")
    assert "authors page0000" not in told and "letters page0000/2" in told
    assert work.head is None


def test_a_plan_says_what_it_cannot_know(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    work = project(tmp_path)
    told = said(work, monkeypatch, capsys, "plan", "spec.synth")
    assert "depends on authors" in told and "Then letters" in told
    work.build()
    assert "nothing to do" in said(work, monkeypatch, capsys, "plan", "spec.synth")
    work.edit("writes letter", "sends letter")
    told = said(work, monkeypatch, capsys, "plan", "spec.synth")
    assert "depends on" not in told and "10 new" in " ".join(told.split())


def test_a_budget_is_for_all_datasets_together(tmp_path: Path) -> None:
    work = project(tmp_path)
    with pytest.raises(SynthError, match="E0907"):
        work.build(DeterministicEngine(concurrency=1), budget=Budget(calls=9))
    assert len(work.answered()) in (9, 10) and work.head is None
    assert set(how(work.build(budget=Budget(calls=30))).values()) == {"ran"}


RECORD = """edition 1
record Author {
  id: str
  text: str where words(text) > 1
  age: int = 3
}
dataset authors {
  each n in 1..4
  emit { id = if n == 2 then "b" else "a", text = if n == 3 then "one" else "two words", more = n }
}
input people: Author = authors
dataset letters {
  key = [person.id, person.text, take]
  each person from people
  each take in 1..1
  emit { text = person.text, age = person.age }
}
"""


def test_a_dataset_can_be_read_as_a_record(tmp_path: Path) -> None:
    """Further columns are left out, defaults stand in, and what breaks the record's constraint is rejected."""
    work = Workshop(tmp_path).write(RECORD.replace('else "a"', 'else if n == 1 then "a" else "c"'))
    work.build(limit=3)
    assert [(row["key"], row["age"]) for row in work.rows("letters")] == [("a/two words/1", 3), ("b/two words/1", 3)]
    assert [row["key"] for row in work.rows("letters", "rejected")] == ["people/3"]


def test_tables_of_a_split_are_one_input_in_the_order_of_their_names(tmp_path: Path) -> None:
    """A version that was just made lists them as the spec does, a stored one sorted."""
    spec = """edition 1
dataset notes {
  each take in 1..4
  let tone = if take % 2 == 0 then "warm" else "dry"
  draw other ~ weighted { warm: 50%, dry: 50% }
  emit split by other { take = take, tone = tone }
}
dataset more {
  each note from notes
  emit { take = note.take }
}
"""
    work = Workshop(tmp_path).write(spec)
    assert set(how(work.build()).values()) == {"ran"}
    assert set(how(work.build()).values()) == {"unchanged"}
