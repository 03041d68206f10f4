"""What lies on disk comes back as it was, with little of it in memory."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.program.values import Meta, Text, Verdict, generated
from runtime.scratch import Mapped, ScratchRows, Spool, spool
from runtime.scratch.arrow import MappedTables

values = st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.tuples(inner))


@given(st.lists(values))
def test_a_spool_gives_back_what_it_got_in_order_and_by_index(given_values: list[object]) -> None:
    spool = Spool()
    for value in given_values:
        spool.append(value)
    assert list(spool) == given_values
    assert [spool[place] for place in range(len(spool))] == given_values
    assert spool[-2:] == given_values[-2:]


def test_a_spool_keeps_what_generated_values_carry() -> None:
    spool = Spool()
    spool.append({"text": generated("hello", Meta(-0.5)), "verdict": Verdict(True, 0.75)})
    [found] = spool
    assert isinstance(found["text"], Text) and found["text"].meta.logprob == -0.5
    assert found["verdict"].p == 0.75


def test_a_large_spool_takes_little_memory() -> None:
    spool = Spool()
    tracemalloc.start()
    for number in range(20_000):
        spool.append({"number": number, "text": "x" * 1_000})
    assert sum(item["number"] for item in spool) == sum(range(20_000))
    held, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 1 << 20 and peak < 12 << 20


@given(st.integers(0, 400), st.integers(1, 70))
def test_rows_come_back_by_index_and_in_blocks(count: int, size: int) -> None:
    rows = np.random.default_rng(count).integers(0, 255, (count, 1_000)).astype(np.uint8)
    held = ScratchRows(1_000, np.uint8)
    for row in rows:
        held.append(row)
    assert len(held) == count
    starts = [start for start, _ in held.blocks(size)]
    assert starts == list(range(0, count, size))
    found = [block for _, block in held.blocks(size)]
    assert (np.concatenate(found) == rows).all() if count else not found
    places = np.arange(0, count, 7)
    assert (held.take(places) == rows[places]).all()


def test_a_mapped_array_keeps_its_content_when_its_pages_are_given_back() -> None:
    held = Mapped((1_000, 40), np.int32)
    assert not held.array.any()
    held.array[:] = np.arange(40_000).reshape(1_000, 40)
    held.release()
    assert (held.array == np.arange(40_000).reshape(1_000, 40)).all()


@given(st.lists(st.binary(max_size=60), max_size=60), st.data())
def test_a_spool_is_read_between_appends_whatever_lies_on_disk(values: list[bytes], data: st.DataObject) -> None:
    limits = data.draw(st.tuples(st.integers(0, 400), st.integers(1, 400)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spool, "IN_MEMORY", limits[0])
        patch.setattr(spool, "READ", limits[1])
        held = Spool()
        for number, value in enumerate(values, 1):
            held.append(value)
            place = data.draw(st.integers(0, number - 1))
            assert held[place] == values[place]
        assert list(held) == values


@given(st.lists(st.lists(st.text(max_size=9), max_size=5), max_size=5))
def test_mapped_tables_are_those_that_were_added(blocks: list[list[str]]) -> None:
    """Beside each other in one file, each in one piece, also when their pages were given back."""
    tables = MappedTables()
    whole = [text for block in blocks for text in block]
    found = [tables.add(pa.table({"text": pa.array(block, pa.string())}) for block in blocks) for _ in range(3)]
    tables.read(1 << 40)
    for table in found:
        assert ([] if table is None else table.column("text").to_pylist()) == whole
        assert table is None or table.column("text").num_chunks == 1
