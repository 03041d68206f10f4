"""The digest of a diff changes with every row, spec and decision in it, and with nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime.review import changed_rows, digest
from runtime.tables.manifest import Fingerprints
from tests.diff.builder import Version
from tests.examples import few
from tests.review.desk import TYPES, Desk, rows, version


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def of(desk: Desk, source: str = "tone", target: str = "main") -> str:
    return digest(desk.store, desk.head(target), desk.head(source))


def test_it_covers_rows_that_come_go_or_change(desk: Desk) -> None:
    found = list(changed_rows(desk.store, desk.head("main"), desk.head("tone")))
    assert [(row.key, bool(row.before), bool(row.after)) for row in found] == [
        ("r03", True, True),
        ("r04", True, True),
        ("r39", True, False),
    ]


def test_the_same_rows_on_another_branch_have_the_same_digest(desk: Desk) -> None:
    before = of(desk)
    desk.branch("again")
    desk.change("again", r09="on the way")
    desk.change("again")
    assert desk.head("again") != desk.head("tone")
    assert of(desk, "again") == before


@pytest.mark.parametrize("cell", [{"r03": "Formal"}, {"r39": "x"}, {"r20": ""}])
def test_one_cell_changes_it(desk: Desk, cell: dict[str, str]) -> None:
    before = of(desk)
    changed = {"r03": "formal", "r04": "formal too", **cell}
    desk.builder.commit("tone", qa=version(rows(40 if "r39" in cell else 39, **changed), "s1"))
    assert of(desk) != before


def test_the_spec_is_part_of_it(desk: Desk) -> None:
    before = of(desk)
    changed = rows(39, r03="formal", r04="formal too")
    desk.builder.commit("tone", qa=version(changed, "s2"))
    assert of(desk) != before


def test_measures_counts_and_the_compiled_program_are_not(desk: Desk) -> None:
    before = of(desk)
    changed = rows(39, r03="formal", r04="formal too")
    told = Version(tables={"qa": (TYPES, changed)}, fingerprints=Fingerprints("s1", "s1", "p9"), measures={"m": 2.0})
    desk.builder.commit("tone", qa=told)
    assert of(desk) == before


def test_rejected_rows_are_part_of_it(desk: Desk) -> None:
    before = of(desk)
    changed = rows(39, r03="formal", r04="formal too")
    desk.builder.commit("tone", qa=version(changed, "s1", rejected={("x",): "filter 1"}))
    assert of(desk) != before


def test_what_moves_elsewhere_on_the_target_leaves_it(desk: Desk) -> None:
    before = of(desk)
    desk.builder.commit("main", other=version(rows(3), name="other"))
    assert of(desk) == before


def test_a_dataset_that_comes_or_goes_is_part_of_it(desk: Desk) -> None:
    before = of(desk)
    desk.builder.commit("tone", other=version(rows(3), name="other"))
    came = of(desk)
    assert came != before
    desk.builder.commit("tone", other=None)
    assert of(desk) == before
    desk.builder.commit("tone", qa=None)
    assert of(desk) not in (before, came)


def test_two_tables_do_not_run_together(desk: Desk) -> None:
    """A row that moves from one table to another is another diff, though keys and hashes are the same."""
    for name, table in (("one", "a"), ("two", "b")):
        desk.branch(name)
        other = Version(tables={table: (TYPES, rows(3))}, fingerprints=Fingerprints("s", "s", "p"))
        desk.builder.commit(name, new=other)
    assert of(desk, "one") != of(desk, "two")


@settings(max_examples=few(4), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(st.integers(0, 199), min_size=1, max_size=8), st.sampled_from([4, 16, 64]))
def test_how_tables_are_cut_into_shards_makes_no_difference(
    tmp_path_factory: pytest.TempPathFactory, edited: set[int], cut: int
) -> None:
    found = set()
    for cut_rows in (cut, None):
        desk = Desk(tmp_path_factory.mktemp("desk"), cut_rows)
        desk.builder.commit("main", qa=version(rows(200)))
        desk.branch("wide")
        desk.builder.commit("wide", qa=version(rows(200, **{f"r{n:02}": "edited" for n in edited})))
        found.add(of(desk, "wide"))
    assert len(found) == 1
