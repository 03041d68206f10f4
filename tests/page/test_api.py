"""What the page says of pull requests, and what it does to them."""

from __future__ import annotations

import pytest

from runtime.page.handlers import ADDRESSES
from tests.page.client import Client
from tests.page.project import AUTHOR, HOSTILE, REVIEWER, Reviewed

PULL = "/api/pulls/1"
PLACE = {"dataset": "notes", "table": "notes", "key": "page008"}


def test_me_says_who_and_where(read_only: Client) -> None:
    found = read_only.get("/api/me")
    assert found == {
        "name": REVIEWER,
        "project": "project",
        "store": {"kind": "git", "where": ".synth/store.git"},
        "branches": ["main", "tone"],
    }


def test_the_list_says_how_much_each_pull_request_changes(read_only: Client) -> None:
    (pull,) = read_only.get("/api/pulls")
    assert pull["datasets"] == [{"name": "notes", "added": 2, "removed": 4, "changed": 40}]
    assert (pull["number"], pull["source"], pull["target"], pull["state"]) == (1, "tone", "main", "open")
    assert pull["author"] == AUTHOR
    assert read_only.get("/api/pulls", state="merged") == []
    assert len(read_only.get("/api/pulls", state="all")) == 1


def test_a_pull_request_is_shown_with_what_merging_it_asks_for(read_only: Client) -> None:
    pull = read_only.get(PULL)
    assert {"head", "base", "digest", "rules", "mergeable", "conflicts", "problems"} <= pull.keys()
    assert HOSTILE["markup"] in pull["description"]
    assert [event["kind"] for event in pull["events"]] == ["opened"]
    assert (pull["conflicts"], pull["problems"]) == (0, [])


def test_the_diff_names_causes_sources_measures_reasons_and_marks(read_only: Client) -> None:
    found = read_only.get(f"{PULL}/diff")
    (dataset,) = found["datasets"]
    (table,) = dataset["tables"]
    assert found["digest"] == read_only.get(PULL)["digest"]
    assert {cause["name"] for cause in dataset["causes"]} == {"let note", "filter 1", "pages"}
    assert any(line.startswith("+  let note") for line in dataset["sources"][0]["lines"])
    assert table["counts"] == {"added": 2, "removed": 4, "changed": 40, "same": 0}
    assert table["flags"] == [{"name": "flag note when page.score > 90", "rows": 4}]
    assert {column["name"]: column["share"] for column in table["columns"]} == {"note": 1.0, "topic": 0.0, "score": 0.0}
    assert [(reason["reason"], reason["went"]) for reason in dataset["reasons"]] == [
        ("filter words(page.short) > 2", 1)
    ]
    assert "rows" not in table


def test_comments_stand_at_a_row_a_cell_or_the_whole_and_answer_each_other(client: Client) -> None:
    text = HOSTILE["markup"] + HOSTILE["bidi"] + HOSTILE["control"]
    (first,) = client.post(f"{PULL}/comments", {"text": text}).json["comments"]
    assert (first["text"], first["at"], first["by"]) == (text, None, REVIEWER)
    body = {"text": "Which?", "at": {**PLACE, "column": "note"}, "reply_to": first["id"]}
    second = client.post(f"{PULL}/comments", body).json["comments"][1]
    assert (second["at"], second["reply_to"]) == ({**PLACE, "column": "note"}, first["id"])
    (row,) = client.get(f"{PULL}/rows", dataset="notes", where='key == "page008"')["rows"]
    assert row["comments"] == [second["id"]]


def test_an_approval_is_of_the_diff_that_was_seen(client: Client) -> None:
    digest = client.get(PULL)["digest"]
    got = client.post(f"{PULL}/reviews", {"verdict": "approve", "text": "Good.", "digest": "0" * 64})
    assert (got.status, got.codes) == (409, ["E1087"])
    pull = client.post(f"{PULL}/reviews", {"verdict": "approve", "text": "Good.", "digest": digest}).json
    assert [(one["by"], one["verdict"], one["stale"]) for one in pull["approvals"]] == [(REVIEWER, "approve", False)]
    _reject(client, "page008")
    assert client.get(PULL)["approvals"][0]["stale"]
    assert client.get("/api/pulls")[0]["approvals"] == 0


def test_a_row_that_was_read_is_unread_when_it_changes(client: Client, reviewed: Reviewed) -> None:
    assert not _row(client, "markup")["read"]
    client.post(f"{PULL}/read", {"places": [{**PLACE, "key": "markup"}]})
    assert _row(client, "markup")["read"]
    assert not _row(client, "bidi")["read"]


def test_closing_and_reopening_and_opening(client: Client) -> None:
    assert client.post(f"{PULL}/close", {}).json["state"] == "closed"
    again = {"decisions": [{**PLACE, "verdict": "reject", "seen": ""}]}
    assert client.post(f"{PULL}/decisions", again).codes == ["E1115"]
    assert client.post("/api/pulls", {"source": "tone", "target": "main", "title": "Again"}).json == {"number": 2}
    assert client.post(f"{PULL}/reopen", {}).json["state"] == "open"


def test_merging_takes_the_diff_that_was_seen_and_says_what_came_of_it(client: Client, reviewed: Reviewed) -> None:
    before = client.get(f"{PULL}/rows", dataset="notes")
    digest = client.get(PULL)["digest"]
    got = client.post(f"{PULL}/merge", {"digest": "0" * 64})
    assert (got.status, got.codes) == (409, ["E1087"])
    merged = client.post(f"{PULL}/merge", {"digest": digest})
    assert (merged.status, merged.json["state"], merged.json["mergeable"]) == (200, "merged", False)
    assert reviewed.rows("main") == reviewed.rows("tone")
    assert client.get(f"{PULL}/rows", dataset="notes") == before, "a merged one is shown as it was merged"
    again = client.post(f"{PULL}/merge", {"digest": digest})
    assert (again.status, again.json["events"]) == (200, merged.json["events"]), "merging twice merges once"


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/pulls/99", 404, "E1080"),
        ("/api/nothing", 404, "E1114"),
        (f"{PULL}/rows?dataset=note", 404, "E1114"),
        (f"{PULL}/rows?dataset=notes&only=new", 400, "E1112"),
        (f"{PULL}/rows?dataset=notes&offset=-1", 400, "E1112"),
        (f"{PULL}/rows?dataset=notes&limit=%C2%B2", 400, "E1112"),
        (f"{PULL}/rows?dataset=notes&where=scor%20>%201", 400, "E0201"),
    ],
)
def test_a_mistake_in_a_question_is_a_diagnostic(read_only: Client, path: str, status: int, code: str) -> None:
    got = read_only.ask(path)
    assert (got.status, got.codes) == (status, [code])


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("comments", b"{"),
        ("comments", b"[]"),
        ("comments", {"text": 3}),
        ("comments", {}),
        ("comments", {"text": "x", "at": "page008"}),
        ("comments", {"text": "x", "at": {"dataset": "notes"}}),
        ("reviews", {"verdict": "perhaps", "digest": ""}),
        ("decisions", {"decisions": {"key": "page008"}}),
        ("decisions", {"decisions": [{**PLACE, "verdict": "delete"}]}),
        ("decisions", {"decisions": [{**PLACE, "verdict": "edit", "values": ["x"]}]}),
        ("read", {"places": [3]}),
        ("merge", {}),
    ],
)
def test_a_body_that_is_not_what_is_asked_for_is_a_diagnostic(read_only: Client, path: str, body: object) -> None:
    got = read_only.post(f"{PULL}/{path}", body)
    assert (got.status, got.codes) == (400, ["E1112"])


def test_a_bug_of_ours_is_told_in_the_terminal_and_not_on_the_page(
    reviewed: Reviewed, client: Client, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken(self: object, number: int) -> None:
        raise RuntimeError(f"no {reviewed.root}")

    monkeypatch.setattr("runtime.review.Reviews.get", broken)
    got = client.ask(PULL)
    assert got.status == 500
    assert str(reviewed.root).encode() not in got.body
    assert "synth has a bug: RuntimeError" in capfd.readouterr().err


def test_every_address_that_changes_something_is_posted_to() -> None:
    reading = {handle.__name__ for method, _, handle in ADDRESSES if method == "GET"}
    assert reading == {"me", "list_pulls", "show", "show_diff", "show_rows"}


def _row(client: Client, key: str) -> dict[str, object]:
    (row,) = client.get(f"{PULL}/rows", dataset="notes", where=f'key == "{key}"')["rows"]
    assert isinstance(row, dict)
    return row


def _reject(client: Client, key: str) -> None:
    seen = _row(client, key)["hash"]
    body = {"decisions": [{**PLACE, "key": key, "seen": seen, "verdict": "reject", "note": "No."}]}
    assert client.post(f"{PULL}/decisions", body).status == 200
