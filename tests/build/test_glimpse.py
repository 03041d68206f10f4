"""The prompt of the first row while somebody types: which inputs are read for it, and that reading leaves no trace."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from compiler.analysis import analyse
from runtime.build import glanced
from runtime.build.chosen import chosen
from runtime.build.glanced import Place
from runtime.build.glimpse import Glimpse, glimpse
from runtime.sources.catalog import ProjectCatalog
from tests.acceptance.workshop import SPEC, Workshop

FACTS = ({"id": "honey", "text": "Honey keeps."}, {"id": "candle", "text": "A candle needs air."})
HEAD = "edition 1\n\nrecord Fact {\n  id: str\n  text: str\n}\n"
NOTES = '''
dataset notes {
  each fact from facts
  gen note: str with writer """Say it again: {{ fact.text }}"""
  emit { id = fact.id, text = note }
}
'''
MORE = '''
dataset more {
  each note from notes
  gen more: str with writer """Go on: {{ note.text }}"""
  emit { more = more }
}
'''


def seen(shop: Workshop, place: Place | None = None) -> Mapping[str, Glimpse]:
    analysis = analyse(SPEC, ProjectCatalog(shop.root), {}, upto="lower")
    assert analysis.ok, analysis.errors
    looks = (glimpse(loaded, place or Place(shop.root)) for loaded in chosen(analysis, None))
    return {look.dataset: look for look in looks if look is not None}


def facts(source: str) -> str:
    return f"{HEAD}\ninput facts: Fact = {source} {{ key = id }}\n{NOTES}"


def traces(shop: Workshop) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in shop.root.rglob("*")}


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path).write(facts('jsonl("facts.jsonl")'), facts=FACTS)


def test_rows_that_a_query_over_files_gives_are_read(shop: Workshop) -> None:
    shop.write(facts("sql(\"select * from 'facts.jsonl' order by id\")"))
    found = seen(shop)["notes"]
    assert (found.key, found.candidates, found.calls) == ("candle", 2, 2)
    assert "Say it again: A candle needs air." in found.prompts["note"]


def test_a_query_without_an_end_is_given_up_soon(shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glanced, "SECONDS", 0.2)
    for endless in ("range(1000000000000)", "range(1000000) a, range(1000000) b"):
        shop.write(facts(f"sql(\"select 'a' as id, 'b' as text from {endless}\")"))
        began = time.process_time()
        assert "longer than a moment" in seen(shop)["notes"].unread
        assert time.process_time() - began < 5


def test_a_dataset_of_the_hub_on_this_disk_is_read(shop: Workshop) -> None:
    folder = shop.root / "hub" / "data"
    folder.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist([*FACTS]), folder / "train-00000-of-00001.parquet")
    shop.write(facts('hf("hub")'))
    assert "Say it again: Honey keeps." in seen(shop)["notes"].prompts["note"]


def test_rows_that_were_built_before_are_read_and_nothing_is_written_for_it(shop: Workshop) -> None:
    shop.write(facts('jsonl("facts.jsonl")') + MORE)
    shop.build()
    before = traces(shop)
    found = seen(shop, Place(shop.root, shop.store, "main"))["more"]
    assert found.candidates == 2 and "Go on: " in found.prompts["more"]
    assert found.key in {"honey", "candle"}
    assert traces(shop) == before


def test_a_stored_dataset_that_an_input_names_is_read_at_its_version(shop: Workshop) -> None:
    shop.build()
    shop.write(f'{HEAD}\ninput notes: Fact = dataset("notes@main")\n{MORE}')
    found = seen(shop, Place(shop.root, shop.store, "main"))["more"]
    assert found.candidates == 2 and "Go on: " in found.prompts["more"]


def test_rows_that_are_not_there_yet_are_said_to_be_missing(shop: Workshop) -> None:
    shop.write(facts('jsonl("facts.jsonl")') + MORE)
    missing = "`notes` has no rows on this machine yet"
    assert [one.unread for one in seen(shop).values()] == ["", missing]
    (shop.root / "other").mkdir()
    empty = Workshop(shop.root / "other")
    assert seen(shop, Place(shop.root, empty.store, "main"))["more"].unread == missing


def test_code_of_the_project_is_not_run_and_said_to_be_why(shop: Workshop) -> None:
    (shop.root / "facts.py").write_text("open('ran', 'w')\ndef rows():\n    yield {'id': 'a', 'text': 'b'}\n")
    shop.write(facts('python("facts.py")'))
    found = seen(shop)["notes"]
    assert found.unread == "`facts` is read by `python(…)`, which only a command does"
    assert (found.prompts, found.calls) == ({}, None) and not list(shop.root.rglob("ran"))


def test_what_is_too_large_to_be_read_while_one_types_is_not_read(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(glanced, "LARGEST", 10)
    assert seen(shop)["notes"].unread.startswith("`facts` is larger than")
