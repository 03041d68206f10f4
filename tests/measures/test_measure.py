"""Measures of a table: what they count, and that they agree with the language's own functions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compiler.functions import results
from runtime.measures import measure
from runtime.measures.table import evenness
from runtime.store.port import ObjectId
from runtime.tables.schema import INT, STR, Type, list_of, optional, record_of, schema
from runtime.tables.writer import TableWriter

MESSAGES = list_of(record_of({"role": STR, "content": STR}))


def measured(folder: Path, types: Mapping[str, Type], rows: list[dict[str, Any]]) -> dict[str, float]:
    """Through the real writer, which puts shards from several threads."""

    def put(data: bytes) -> ObjectId:
        name = f"{sha256(data).hexdigest()}.parquet"
        (folder / name).write_bytes(data)
        return ObjectId(name)

    with TableWriter(schema(types), "t", put, cut_rows=8) as writer:
        for n, row in enumerate(rows):
            writer.add((n,), row)
        table = writer.finish()
    return measure(table, list(folder.iterdir()))


TEXTS = st.lists(st.text(alphabet="aB é'-.\n\u00a0世_1", max_size=12), min_size=1, max_size=12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=TEXTS)
def test_distinct_is_what_the_language_calls_distinct(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    found = measured(tmp_path_factory.mktemp("m"), {"note": optional(STR), "text": STR}, [{"text": t} for t in texts])
    if "values(text)" in found:
        return
    for n in (1, 2):
        expected = results.distinct(texts, n)
        assert math.isclose(found.get(f"distinct_{n}(text)", 0.0), expected or 0.0, abs_tol=1e-6)
    assert math.isclose(found["mean_words(text)"], sum(len(t.split()) for t in texts) / len(texts), abs_tol=1e-6)


def test_messages_are_measured_by_their_content(tmp_path: Path) -> None:
    turns = [
        ({"role": "user", "content": f"Why {n}?"}, {"role": "assistant", "content": "So it is."}) for n in range(4)
    ]
    rows = [{"messages": list(pair)} for pair in turns]
    found = measured(tmp_path, {"messages": MESSAGES}, rows)
    assert found["mean_words(messages.content)"] == 5
    assert found["distinct_2(messages.content)"] == 0.5
    assert found["duplicates(messages.content)"] == 0


def test_duplicates_count_rows_that_say_what_another_says(tmp_path: Path) -> None:
    texts = ["It stops.", "it stops.", "It goes on.", "One more."]
    assert measured(tmp_path, {"text": STR}, [{"text": text} for text in texts])["duplicates(text)"] == 0.25


def test_categories_are_measured_by_how_evenly_rows_fall_on_them(tmp_path: Path) -> None:
    rows = [{"topic": "abcd"[n % 4], "level": "low" if n else "high", "score": n} for n in range(40)]
    found = measured(tmp_path, {"topic": STR, "level": STR, "score": INT}, rows)
    assert (found["values(topic)"], found["evenness(topic)"]) == (4, 1)
    assert found["evenness(level)"] == pytest.approx(0.168661)
    assert not any("score" in name or "distinct_1(topic)" in name for name in found)


def test_evenness_is_one_for_all_alike_and_small_for_all_on_one() -> None:
    assert evenness([5, 5, 5]) == pytest.approx(1)
    assert evenness([7]) == 1
    assert evenness([1000, 1]) < 0.02


def test_a_table_without_rows_has_no_measures_but_its_size(tmp_path: Path) -> None:
    assert measured(tmp_path, {"text": STR}, []) == {"rows": 0}


def test_rows_without_text_are_left_out(tmp_path: Path) -> None:
    found = measured(tmp_path, {"note": optional(STR)}, [{"note": None}, {"note": "a b"}, {"note": "c d"}])
    assert found["mean_words(note)"] == 2


def test_a_large_table_is_measured_by_a_sample_that_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"text": f"word{n} and word{n + 1} again"} for n in range(400)]
    monkeypatch.setattr("runtime.measures.table.SAMPLE_ROWS", 100)
    for name in ("first", "again"):
        (tmp_path / name).mkdir()
    first = measured(tmp_path / "first", {"text": STR}, rows)
    edited = [row | {"text": row["text"].upper()} for row in rows]
    assert first == measured(tmp_path / "again", {"text": STR}, edited)
    assert first["mean_words(text)"] == 4
    assert first["duplicates(text)"] == 0
    assert 0.4 < first["distinct_1(text)"] < 0.9
