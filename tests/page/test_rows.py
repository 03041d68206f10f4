"""Which rows a page lists, in which order, and what it says of each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from runtime.diff import word_marks
from tests.page.client import Client
from tests.page.conftest import let_in
from tests.page.project import HOSTILE, Reviewed, large_project

PULL = "/api/pulls/1"
ROWS = f"{PULL}/rows"


def ask(client: Client, **query: object) -> dict[str, Any]:
    found = client.get(ROWS, dataset="notes", table="notes", **query)
    assert isinstance(found, dict)
    return found


def keys(found: dict[str, Any]) -> list[str]:
    return [row["key"] for row in found["rows"]]


def test_rows_stand_in_key_order_with_both_versions(read_only: Client) -> None:
    found = ask(read_only)
    assert (found["total"], found["changed"], found["offset"]) == (46, 46, 0)
    assert keys(found) == sorted(keys(found))
    by_key = {row["key"]: row for row in found["rows"]}
    assert (by_key["page040"]["state"], by_key["page040"]["before"]) == ("added", None)
    assert (by_key["page001"]["state"], by_key["page001"]["after"], by_key["page001"]["hash"]) == (
        "removed",
        None,
        None,
    )
    changed = by_key["page008"]
    assert changed["state"] == "changed" and len(bytes.fromhex(changed["hash"])) == 16
    assert changed["before"]["topic"] == changed["after"]["topic"]
    assert [cell["column"] for cell in changed["cells"]] == ["note"]
    assert found["columns"][0] == {"name": "note", "type": "str"}


def test_words_are_marked_so_that_both_texts_can_be_read_off(read_only: Client) -> None:
    for row in ask(read_only, only="changed")["rows"]:
        for cell in row["cells"]:
            kept = {
                side: "".join(text for op, text in cell["marks"] if op in ("same", side)) for side in ("del", "ins")
            }
            assert (kept["del"], kept["ins"]) == (cell["before"], cell["after"])
            assert len(cell["marks"]) == len(word_marks(cell["before"], cell["after"]))


@pytest.mark.parametrize("key", HOSTILE)
def test_what_a_row_holds_arrives_as_it_is(read_only: Client, key: str) -> None:
    (row,) = ask(read_only, where=f'key == "{key}"')["rows"]
    assert row["after"]["note"].startswith(HOSTILE[key])
    assert row["flags"] == ["flag note when page.score > 90"]


def test_filters_count_what_they_leave(read_only: Client) -> None:
    assert keys(ask(read_only, only="added")) == ["page040", "page041"]
    assert keys(ask(read_only, only="removed")) == ["page000", "page001", "page002", "page007"]
    assert keys(ask(read_only, reason="filter words(page.short) > 2")) == ["page007"]
    assert keys(ask(read_only, flag="flag note when page.score > 90")) == sorted(HOSTILE)
    few = ask(read_only, where='topic == "names" and score < 9')
    assert keys(few) == ["page000", "page003", "page006"]
    assert (few["total"], few["changed"], few["coverage"]) == (3, 46, {"shown": 3, "of": 3})
    assert ask(read_only, where="score > 1000")["rows"] == []


def test_a_removed_row_says_what_dropped_it(read_only: Client) -> None:
    reasons = {row["key"]: row["reason"] for row in ask(read_only, only="removed")["rows"]}
    assert reasons["page007"] == "filter words(page.short) > 2"
    assert reasons["page001"] is None


def test_pages_lie_side_by_side(read_only: Client) -> None:
    whole = ask(read_only)["rows"]
    parts = [ask(read_only, offset=offset, limit=7)["rows"] for offset in range(0, 49, 7)]
    assert [row for part in parts for row in part] == whole
    assert ask(read_only, offset=10**9)["rows"] == [] and ask(read_only, limit=0)["rows"] == []


def test_a_sample_says_of_how_many_it_is_and_is_the_same_every_time(read_only: Client) -> None:
    found = ask(read_only, sample=5)
    assert (found["total"], found["coverage"]) == (5, {"shown": 5, "of": 46})
    assert keys(found) == sorted(keys(found)) == keys(ask(read_only, sample=5))
    assert set(keys(found)) < set(keys(ask(read_only, sample=9)))
    assert ask(read_only, sample=5, only="changed")["coverage"] == {"shown": 5, "of": 40}


def test_the_page_that_holds_a_row_is_found_by_its_key(read_only: Client) -> None:
    found = ask(read_only, near="page010", limit=5)
    assert keys(ask(read_only))[found["index"]] == "page010"
    assert found["offset"] % 5 == 0 and "page010" in keys(found)
    assert ask(read_only, near="page010", only="added")["index"] is None
    assert ask(read_only, near="nothing/such")["index"] is None


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with let_in(large_project(tmp_path_factory.mktemp("large") / "project", rows=5_000)) as client:
        yield client


@pytest.mark.parametrize("offset", [0, 2_450, 4_900, 4_990])
def test_any_page_of_many_rows_holds_the_rows_of_its_place(large: Client, offset: int) -> None:
    found = ask(large, offset=offset)
    assert found["total"] == 5_000
    assert keys(found) == [f"note{n:06}" for n in range(offset, min(offset + 100, 5_000))]
    row = found["rows"][0]
    assert row["cells"][0]["marks"][1:3] == [["del", "is"], ["ins", "was"]]


def test_the_last_of_many_rows_is_found_by_its_key(large: Client) -> None:
    assert ask(large, near="note004999")["index"] == 4_999


def test_no_more_rows_are_given_at_once_than_a_page_may_hold(large: Client) -> None:
    assert len(ask(large, limit=5_000)["rows"]) == 1_000


def test_two_questions_are_answered_side_by_side(reviewed: Reviewed) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with let_in(reviewed) as client, ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: keys(ask(client, offset=n % 7, limit=3)), range(40)))
    assert {tuple(keys) for keys in found} == {tuple(found[n]) for n in range(7)}


def _joined(marks: list[list[str]], side: str) -> str:
    return "".join(text for op, text in marks if op in ("same", side))
