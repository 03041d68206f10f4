"""A source as a whole: its digest, its columns, access by index, flat memory, the catalogue, and what is remembered."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.catalog import Catalog
from compiler.plan import InputPlan
from compiler.types import STR
from dsl.diagnostics import Diagnostic, SynthError
from runtime.sources import ProjectCatalog, load_facts, open_input, save_facts
from runtime.sources.columns import infer
from runtime.sources.pile import Pile
from tests.sources.conftest import SPAN, Open, record

Write = Callable[[str, str | bytes], Path]


def test_the_digest_follows_content_and_names_and_nothing_else(write: Write, opened: Open) -> None:
    path = write("a.jsonl", '{"id": 1}\n')
    before = opened("jsonl", "*.jsonl").digest
    os.utime(path, (1, 1))
    assert opened("jsonl", "*.jsonl").digest == before
    write("a.jsonl", '{"id": 2}\n')
    changed = opened("jsonl", "*.jsonl").digest
    path.rename(path.with_name("b.jsonl"))
    assert len({before, changed, opened("jsonl", "*.jsonl").digest}) == 3


def test_a_settled_file_is_hashed_once(write: Write, opened: Open) -> None:
    path = write("a.jsonl", '{"id": 1}\n')
    os.utime(path, (1, 1))
    facts: dict[str, Any] = {}
    digest = opened("jsonl", "a.jsonl", facts=facts).digest
    assert "file:specs/inputs/a.jsonl" in facts
    facts["file:specs/inputs/a.jsonl"][3] = "00" * 16
    assert opened("jsonl", "a.jsonl", facts=facts).digest != digest
    os.utime(path, (2, 2))
    assert opened("jsonl", "a.jsonl", facts=facts).digest == digest


def test_a_file_changed_just_now_is_not_remembered(write: Write, opened: Open) -> None:
    write("a.jsonl", "{}\n")
    facts: dict[str, Any] = {}
    opened("jsonl", "a.jsonl", facts=facts).digest  # noqa: B018 (a property that fills the facts)
    assert not facts


def test_the_digest_needs_no_row_of_a_file(write: Write, opened: Open) -> None:
    write("a.jsonl", "not json\n")
    assert opened("jsonl", "a.jsonl").digest


def test_the_digest_of_a_query_is_that_of_its_rows(write: Write, opened: Open) -> None:
    write("a.csv", "id,n\na,1\nb,2\n")
    first = opened("sql", "select id from 'inputs/a.csv'").digest
    assert opened("sql", "select id as id from read_csv('inputs/a.csv')").digest == first
    write("a.csv", "id,n\na,1\nc,2\n")
    assert opened("sql", "select id from 'inputs/a.csv'").digest != first


def test_facts_survive_on_disk_and_their_loss_does_no_harm(tmp_path: Path) -> None:
    assert load_facts(tmp_path) == {}
    save_facts(tmp_path, {"b": [1], "a": "x"})
    assert load_facts(tmp_path) == {"a": "x", "b": [1]}
    (tmp_path / "cache" / "facts.json").write_text("{broken", encoding="utf-8")
    assert load_facts(tmp_path) == {}


@given(st.lists(st.dictionaries(st.text(), st.integers(0, 9) | st.text() | st.none())), st.integers(1, 200))
def test_a_pile_gives_back_what_was_put_in_wherever_it_lies(values: list[Any], limit: int) -> None:
    pile = Pile(limit)
    for value in values:
        pile.append(value)
    assert len(pile) == len(values)
    assert list(pile) == values
    assert pile[1:] == values[1:]
    assert [pile[-i - 1] for i in range(len(values))] == values[::-1]
    with pytest.raises(IndexError):
        pile[len(values)]


def test_columns_are_the_narrowest_type_that_holds_the_sample() -> None:
    assert infer([{"a": 1, "b": None}, {"a": 2.5, "b": "x", "c": []}, {"d": {}, "c": 1}]) == {
        "a": "float",
        "b": "str",
        "c": "any",
        "d": "record",
    }
    cells = [
        {"a": "1", "b": "", "c": "true", "d": "[1]", "e": "x"},
        {"a": "2", "b": "1.5", "c": "FALSE", "d": "[]", "e": "1"},
    ]
    assert infer(cells, textual=True) == {"a": "int", "b": "float", "c": "bool", "d": "list", "e": "any"}


def test_columns_of_every_reader_without_reading_all(write: Write, root: Path) -> None:
    write("a.jsonl", '{"id": "a", "n": 1}\n')
    write("a.csv", "id,n\na,1\n")
    write("a.txt", "text")
    pq.write_table(pa.table({"id": ["a"], "n": [1], "tags": [["x"]]}), write("a.parquet", b""))
    catalog: Catalog = ProjectCatalog(root)
    flat = {"id": "str", "n": "int"}
    assert catalog.columns("jsonl", {"path": "inputs/a.jsonl"}, SPAN) == flat
    assert catalog.columns("csv", {"path": "inputs/a.csv"}, SPAN) == flat
    assert catalog.columns("parquet", {"path": "inputs/a.parquet"}, SPAN) == {**flat, "tags": "list"}
    assert catalog.columns("text", {"path": "inputs/a.txt"}, SPAN) == {"id": "str", "path": "str", "text": "str"}
    further = "[n] as tags, {x: 1} as r, 1.5::double as f, true as b, today() as d"
    query = f"select id, n::bigint as n, {further} from 'inputs/a.csv'"
    kinds = {**flat, "tags": "list", "r": "record", "f": "float", "b": "bool", "d": "str"}
    assert catalog.columns("sql", {"path": query}, SPAN) == kinds


def test_the_catalogue_says_why_columns_cannot_be_had(write: Write, root: Path) -> None:
    write("a.jsonl", "broken\n")
    catalog = ProjectCatalog(root)
    found = [catalog.columns("jsonl", {"path": f"inputs/{name}"}, SPAN) for name in ("a.jsonl", "b.jsonl")]
    assert [item.code for item in found if isinstance(item, Diagnostic)] == ["E0608", "E0606"]
    assert catalog.columns("xlsx", {"path": "inputs/a.xlsx"}, SPAN) is None


def test_python_is_not_run_for_its_columns_but_they_are_remembered(write: Write, opened: Open, root: Path) -> None:
    marker = root / "ran"
    write("a.py", f"open({str(marker)!r}, 'a').write('x')\ndef rows():\n    yield {{'id': 'a', 'n': 1}}\n")
    facts: dict[str, Any] = {}
    catalog = ProjectCatalog(root, facts)
    assert catalog.columns("python", {"path": "inputs/a.py"}, SPAN) is None
    assert not marker.exists()
    assert len(opened("python", "a.py", record(id=STR), facts=facts)) == 1
    assert catalog.columns("python", {"path": "inputs/a.py"}, SPAN) == {"id": "str", "n": "int"}
    assert marker.read_text(encoding="utf-8") == "x"


def test_the_catalogue_reads_specs_texts_and_the_library(write: Write, root: Path) -> None:
    write("glossary.md", "\ufeffa term")
    (root / "specs" / "a.synth").write_text("edition 1\n", encoding="utf-8")
    catalog = ProjectCatalog(root)
    source = catalog.read_source("specs/a.synth")
    assert source is not None
    assert (source.path, source.text) == ("specs/a.synth", "edition 1\n")
    assert catalog.read_text("specs/inputs/glossary.md") == "a term"
    assert catalog.read_source("specs/none.synth") is None
    assert catalog.read_text("../outside.txt") is None
    library = catalog.read_source("std/judges.synth")
    assert library is not None
    assert library.path == "std/judges.synth"


def test_a_text_that_is_not_utf_8_is_a_diagnostic(write: Write, root: Path) -> None:
    write("a.txt", b"\xff")
    with pytest.raises(SynthError, match="not UTF-8"):
        ProjectCatalog(root).read_text("specs/inputs/a.txt")


def plan(kind: str, path: str, personas: bool) -> InputPlan:
    return InputPlan(
        name="x", kind=kind, arguments={"path": path}, record=None, personas=personas, key="id", digest="", span=SPAN
    )


def test_a_planned_input_is_opened_beside_its_spec(write: Write, root: Path) -> None:
    write("r.jsonl", '{"id": "a", "text": "a nurse"}\n')
    personas = open_input(plan("jsonl", "inputs/r.jsonl", personas=True), root)
    assert personas.row(0) == ("a", {"id": "a", "text": "a nurse", "role": None})
    assert open_input(plan("jsonl", "inputs/r.jsonl", personas=False), root).row(0)[1] == {"id": "a", "text": "a nurse"}
