"""The inputs that ship with the first spec: they open, fit their records, and the passages are clean prose."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from compiler.functions import library as fn
from compiler.types import PERSONA, STR
from dsl.source import Span
from runtime.sources import Source, open_source
from runtime.sources.raw import READERS
from tests.sources.conftest import record

ROOT = Path(__file__).parents[2]
SPAN = Span("specs/python_qa.synth", 0, 1)
QUESTION = "(Why|How|What|When) [^?]{12,110}[?]"


def shipped(kind: str, name: str, **more: Any) -> Source:
    return open_source(kind, {"path": f"inputs/{name}"}, ROOT, more.pop("record", None), span=SPAN, **more)


def passages() -> Source:
    def accept(row: Mapping[str, Any]) -> str | None:
        return None if 120 <= len(row["text"]) <= 400 else "length"

    kind = record(id=STR, topic=STR, text=STR)
    return shipped("python", "pydoc_passages.py", record=kind, key="id", accept=accept)


def test_passages_are_real_prose_of_the_language_reference() -> None:
    source = passages()
    assert len(source) > 300
    assert not len(source.rejected)
    for _, row in source.rows():
        assert row["text"][-1] in ".!?"
        assert not re.search(r"::=|>>>|\n|  |\[\d+\]", row["text"]), row["id"]


def test_the_first_passages_come_from_many_pages() -> None:
    source = passages()
    topics = [source.row(index)[1]["topic"] for index in range(40)]
    assert len(set(topics)) == 40


def test_the_fixture_is_a_passage_of_its_own_page() -> None:
    text = fn.fixture("break.txt", (ROOT / "specs/fixtures/break.txt").read_text(encoding="utf-8"))
    assert 120 <= len(text) <= 400
    assert "break" in text


def test_readers_are_forty_different_personas() -> None:
    source = shipped("jsonl", "readers.jsonl", record=PERSONA, key="id")
    assert len(source) == 40
    texts = [row["text"] for _, row in source.rows()]
    assert len(set(texts)) == 40
    assert all(not text.endswith(".") for text in texts)


def test_shots_show_what_the_spec_requires_of_a_question_and_an_answer() -> None:
    kind = record(text=STR, reader=STR, rules=STR, question=STR, answer=STR)
    shots = [row for _, row in shipped("jsonl", "shots.jsonl", record=kind).rows()]
    assert len(shots) == 3
    for shot in shots:
        assert 120 <= len(shot["text"]) <= 400
        assert fn.matches(shot["question"], QUESTION)
        assert fn.words(shot["answer"]) in range(4, 61)


def test_the_page_about_sources_names_every_reader() -> None:
    page = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    for name in READERS:
        assert f"`{name}" in page
