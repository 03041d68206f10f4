"""Datasets made from datasets: order, keys, what is built again and what is not, and rows whatever the concurrency."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsl.diagnostics import SynthError
from runtime.build.build import Build
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
