from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.tables import merging
from runtime.tables.merging import Run, merged, write_run

MB = 2**20
keys = st.lists(st.binary(min_size=1, max_size=3), min_size=1, max_size=12)


def table(names: Sequence[bytes], size: int = 0) -> pa.Table:
    return pa.table({"_key": pa.array(names, pa.binary()), "text": ["x" * size] * len(names)})


def run(path: Path, names: Sequence[bytes], size: int = 0) -> Run:
    return write_run(path, [table(sorted(names), size)])


def most_held(blocks: Iterator[pa.Table]) -> int:
    """MB that Arrow holds at most while the blocks are taken one by one."""
    before, most = pa.total_allocated_bytes(), 0
    for _ in blocks:
        most = max(most, pa.total_allocated_bytes() - before)
    return most // MB


@settings(max_examples=60, deadline=None)
@given(runs=st.lists(keys, min_size=1, max_size=9), loose=st.lists(keys, max_size=2), fan=st.integers(2, 4), block=...)
def test_merged_runs_are_all_rows_in_key_order(
    tmp_path_factory: pytest.TempPathFactory,
    runs: list[list[bytes]],
    loose: list[list[bytes]],
    fan: int,
    block: bool,
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(merging, "FAN_IN", fan)
        patch.setattr(merging, "BLOCK_BYTES", 1 if block else 40)
        folder = tmp_path_factory.mktemp("runs")
        written = [run(folder / f"{number}.arrow", names) for number, names in enumerate(runs)]
        as_they_come = [merging.split(table(sorted(names)), 30) for names in loose]
        found = [key for rows in merged(written, as_they_come) for key in rows.column("_key").to_pylist()]
    assert found == sorted(key for names in (*runs, *loose) for key in names)


def test_runs_that_follow_each_other_are_never_in_memory_together(tmp_path: Path) -> None:
    """As those of a build, whose candidates come in the order of their keys."""

    def held(count: int) -> int:
        names = [[f"{number:03}{place:03}".encode() for place in range(16)] for number in range(count)]
        runs = [run(tmp_path / f"{count}-{number}", some, MB // 8) for number, some in enumerate(names)]
        return most_held(merged(runs))

    assert held(4) == held(24) <= 2


def test_runs_that_lie_over_each_other_take_the_memory_of_a_few(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merging, "FAN_IN", 4)

    def held(count: int) -> int:
        names = [[f"{place:03}{number:03}".encode() for place in range(16)] for number in range(count)]
        runs = [run(tmp_path / f"{count}-{number}", some, MB // 8) for number, some in enumerate(names)]
        return most_held(merged(runs))

    assert held(24) <= held(4) + 1
