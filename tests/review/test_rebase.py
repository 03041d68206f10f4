"""An approval survives a rebase that changes nothing in the diff, and goes stale with one that changes a cell of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtime.merge import commit_merge, merge
from runtime.review import Reviews, merge_pull
from runtime.store.port import CommitId, Store
from tests.review.built import PAGES, Built
from tests.review.desk import ADA, BOB, Desk, rows, version

MORE = {**PAGES, "a": "another one"}


@pytest.fixture
def work(tmp_path: Path) -> Built:
    """Bob has approved one row of `more`; then `main` moves on, elsewhere."""
    found = Built(tmp_path)
    found.branch("more")
    found.pages(**MORE)
    found.build("more")
    pull = found.reviews.open("more", "main", "Another a", "", ADA)
    found.reviews.review(1, "approve", BOB, found.reviews.digest(pull))
    found.pages(**{**PAGES, "b": "changed on main"})
    found.build("main")
    return found


def stale(reviews: Reviews) -> bool:
    (approval,) = reviews.get(1).approvals
    return approval.stale


def take_in(store: Store, branch: str, other: str = "main") -> CommitId:
    """`other` merged into `branch`."""
    ours, theirs = store.head(branch), store.head(other)
    assert ours is not None and theirs is not None
    return commit_merge(store, branch, merge(store, ours, theirs), f"Merge {other}").id


def test_a_target_that_moves_elsewhere_leaves_it(work: Built) -> None:
    assert not stale(work.reviews)


def test_taking_in_the_target_leaves_it(work: Built) -> None:
    before = work.reviews.digest(work.reviews.get(1))
    take_in(work.store, "more")
    assert work.reviews.digest(work.reviews.get(1)) == before
    assert not stale(work.reviews)
    merge_pull(work.store, work.project.config, 1, BOB)
    texts = {row["key"]: row["text"] for row in table(work)}
    assert (texts["a"], texts["b"]) == ("another one", "changed on main")


def test_building_the_branch_anew_on_top_of_the_target_leaves_it(work: Built) -> None:
    """What git calls a rebase: the branch begins anew at the target, and the same work is done on it."""
    work.store.delete_branch("more")
    work.branch("more")
    work.pages(**{**MORE, "b": "changed on main"})
    work.build("more")
    assert not stale(work.reviews)


@pytest.mark.parametrize("cell", [{"a": "another two"}, {"c": "one two 3"}])
def test_a_rebase_that_changes_a_cell_makes_it_stale(work: Built, cell: dict[str, str]) -> None:
    take_in(work.store, "more")
    work.pages(**{**MORE, "b": "changed on main", **cell})
    work.build("more")
    assert stale(work.reviews)


def test_taking_the_change_back_makes_it_stand_again(work: Built) -> None:
    work.pages(**{**MORE, "c": "on the way"})
    work.build("more")
    assert stale(work.reviews)
    work.pages(**MORE)
    work.build("more")
    assert not stale(work.reviews)


def test_another_cell_of_an_approved_row_changed_on_the_target_makes_it_stale(tmp_path: Path) -> None:
    """Nobody saw the row that merging makes: one cell from here, another one from there."""
    desk = Desk(tmp_path)
    pull = desk.open()
    desk.reviews.review(1, "approve", BOB, desk.reviews.digest(pull))
    other = rows(40)
    other["r20",] = {"answer": "answer r20", "score": 99}
    desk.builder.commit("main", qa=version(other))
    assert not stale(desk.reviews)
    other["r03",] = {"answer": "answer r03", "score": 99}
    desk.builder.commit("main", qa=version(other))
    assert stale(desk.reviews)


def test_a_conflict_makes_it_stale(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    pull = desk.open()
    desk.reviews.review(1, "approve", BOB, desk.reviews.digest(pull))
    desk.builder.commit("main", qa=version(rows(40, r03="another one")))
    assert stale(desk.reviews)


def table(work: Built) -> list[dict[str, object]]:
    import pyarrow.parquet as pq

    from runtime.query.catalog import dataset_at

    found = dataset_at(work.store, "notes", "main")
    assert found is not None
    return [row for path in found.parts()["notes"].paths() for row in pq.read_table(path).to_pylist()]
