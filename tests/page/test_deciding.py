"""Rows that a person accepts, rejects and edits on the page: what is committed, and what stays in sight."""

from __future__ import annotations

from typing import Any

import pytest

from tests.page.client import Client, Got
from tests.page.project import REVIEWER, Reviewed

PULL = "/api/pulls/1"
NOTES = {"dataset": "notes", "table": "notes"}


def listed(client: Client, **query: object) -> dict[str, dict[str, Any]]:
    return {row["key"]: row for row in client.get(f"{PULL}/rows", **NOTES, **query)["rows"]}


def decide(client: Client, key: str, verdict: str, **more: object) -> Got:
    seen = listed(client)[key]["hash"]
    body = {"decisions": [{**NOTES, "key": key, "seen": seen, "verdict": verdict, **more}]}
    return client.post(f"{PULL}/decisions", body)


def withdraw(client: Client, key: str) -> Got:
    return client.post(f"{PULL}/decisions", {"withdraw": [{**NOTES, "key": key}]})


@pytest.mark.parametrize("key", ["page008", "page040"])
def test_a_rejected_row_leaves_the_branch_and_stays_in_its_place_on_the_page(
    client: Client, reviewed: Reviewed, key: str
) -> None:
    before = listed(client)
    got = decide(client, key, "reject", note="Not about the page.")
    assert got.status == 200
    assert key not in reviewed.rows("tone")
    after = listed(client)
    assert list(after) == list(before)
    assert {name: after[key][name] for name in ("state", "before", "after", "hash", "cells")} == {
        name: before[key][name] for name in ("state", "before", "after", "hash", "cells")
    }
    decision = after[key]["decision"]
    assert (decision["verdict"], decision["by"], decision["note"]) == ("reject", REVIEWER, "Not about the page.")
    assert decision["state"] == "applied"
    assert list(listed(client, only=before[key]["state"])) == list(_of_state(before, before[key]["state"]))


def test_an_edited_row_shows_its_new_values_and_is_known_by_the_row_that_was_seen(
    client: Client, reviewed: Reviewed
) -> None:
    before = listed(client)["page009"]
    assert decide(client, "page009", "edit", values={"note": "Said otherwise.", "score": 10}).status == 200
    assert reviewed.rows("tone")["page009"]["note"] == "Said otherwise."
    after = listed(client)["page009"]
    assert (after["after"]["note"], after["after"]["score"]) == ("Said otherwise.", 10)
    assert (after["before"], after["hash"]) == (before["before"], before["hash"])
    assert after["decision"]["values"] == {"note": "Said otherwise.", "score": 10}
    assert decide(client, "page009", "edit", values={"note": "And again."}).status == 200
    assert reviewed.rows("tone")["page009"]["note"] == "And again."


def test_a_row_that_is_edited_back_to_what_it_was_stays_in_sight(client: Client, reviewed: Reviewed) -> None:
    row = listed(client)["page009"]
    assert decide(client, "page009", "edit", values={"note": row["before"]["note"]}).status == 200
    after = listed(client)["page009"]
    assert (after["state"], after["cells"], after["decision"]["verdict"]) == ("changed", [], "edit")
    assert len(listed(client)) == 46


@pytest.mark.parametrize("verdict", ["accept", "reject", "edit"])
def test_what_is_taken_back_leaves_no_trace(client: Client, reviewed: Reviewed, verdict: str) -> None:
    rows, digest = listed(client), client.get(PULL)["digest"]
    values = {"values": {"note": "Other."}} if verdict == "edit" else {}
    assert decide(client, "page010", verdict, **values).json["digest"] != digest
    got = withdraw(client, "page010")
    assert got.status == 200
    assert listed(client) == rows
    assert reviewed.rows("tone")["page010"]["note"] == rows["page010"]["after"]["note"]


def test_a_sample_stays_the_same_while_its_rows_are_rejected(client: Client) -> None:
    drawn = list(listed(client, sample=6))
    for key in drawn[:3]:
        if listed(client)[key]["state"] != "removed":
            assert decide(client, key, "reject").status == 200
    assert list(listed(client, sample=6)) == drawn


def test_many_decisions_are_one_commit(client: Client, reviewed: Reviewed) -> None:
    before = len(reviewed.store.log("tone"))
    rows = [row for row in listed(client).values() if row["after"] is not None]
    given = [{**NOTES, "key": row["key"], "seen": row["hash"], "verdict": "accept"} for row in rows]
    assert client.post(f"{PULL}/decisions", {"decisions": given}).status == 200
    assert len(reviewed.store.log("tone")) == before + 1
    assert all(row["decision"]["verdict"] == "accept" for row in listed(client).values() if row["after"] is not None)


@pytest.mark.parametrize("values", [{"score": "many"}, {"nothing": 1}, {"note": None}, {"score": 1.5}])
def test_a_value_that_the_column_does_not_take_is_told(
    client: Client, reviewed: Reviewed, values: dict[str, object]
) -> None:
    got = decide(client, "page009", "edit", values=values)
    assert got.status == 400 and got.codes
    assert reviewed.rows("tone")["page009"]["score"] == 9


def test_a_whole_number_beyond_javascript_arrives_with_all_its_digits(client: Client, reviewed: Reviewed) -> None:
    assert decide(client, "page009", "edit", values={"score": "9007199254740993"}).status == 200
    assert reviewed.rows("tone")["page009"]["score"] == 9007199254740993
    assert listed(client)["page009"]["after"]["score"] == "9007199254740993"


def test_a_row_that_changed_since_it_was_seen_is_not_decided_on(client: Client) -> None:
    body = {"decisions": [{**NOTES, "key": "page009", "seen": "0" * 32, "verdict": "reject"}]}
    got = client.post(f"{PULL}/decisions", body)
    assert (got.status, got.codes) == (409, ["E1107"])


def test_a_branch_that_moved_since_it_was_seen_is_a_conflict(client: Client, reviewed: Reviewed) -> None:
    head = client.get(PULL)["head"]
    assert decide(client, "page009", "reject").status == 200
    row = listed(client)["page010"]
    body = {"decisions": [{**NOTES, "key": "page010", "seen": row["hash"], "verdict": "reject"}], "head": head}
    got = client.post(f"{PULL}/decisions", body)
    assert (got.status, got.codes) == (409, ["E1004"])
    assert "page010" in reviewed.rows("tone")


def test_what_was_decided_is_merged_and_holds_through_the_next_build(client: Client, reviewed: Reviewed) -> None:
    assert decide(client, "page008", "reject").status == 200
    assert decide(client, "page009", "edit", values={"note": "Said otherwise."}).status == 200
    merged = client.post(f"{PULL}/merge", {"digest": client.get(PULL)["digest"]})
    assert merged.status == 200, merged.body
    for _ in range(2):
        rows = reviewed.rows("main")
        assert "page008" not in rows and rows["page009"]["note"] == "Said otherwise."
        reviewed.build("main")


def _of_state(rows: dict[str, dict[str, Any]], state: str) -> list[str]:
    return [key for key, row in rows.items() if row["state"] == state]


@pytest.mark.parametrize(("key", "verdict"), [("page008", "reject"), ("page040", "reject"), ("markup", "reject")])
def test_what_the_filters_count_is_what_they_list_after_a_decision_too(client: Client, key: str, verdict: str) -> None:
    before = _counted(client)
    assert decide(client, key, verdict).status == 200
    after = _counted(client)
    assert after == before
    for state, count in after["listed"].items():
        assert len(listed(client, only=state)) == count
    for name in ("flag", "reason"):
        for one in after[f"{name}s"]:
            assert len(listed(client, **{name: one["name"]})) == one["rows"]


def _counted(client: Client) -> dict[str, Any]:
    (dataset,) = client.get(f"{PULL}/diff")["datasets"]
    (table,) = dataset["tables"]
    return {name: table[name] for name in ("listed", "flags", "reasons")}
