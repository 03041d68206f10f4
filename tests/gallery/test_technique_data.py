"""Techniques 20 to 25, 29 and 30, proved on the gallery's specs: the data that comes out, looked at and kept."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from pathlib import Path

import pytest

from runtime.cli import run
from runtime.engines.protocol import Request
from tests.gallery.actor import Actor, act, calls, last
from tests.gallery.conftest import Said
from tests.gallery.exhibit import SPECS, Exhibit

ONE_AT_A_TIME = """
[engines.test]
kind = "deterministic"
concurrency = 1
[profile.default]
engine = "test"
"""
QUOTE = "I bought it in May. It boils a litre in under three minutes and the handle stays cool. So there it is."


def test_a_demonstration_and_a_pair_of_chosen_and_rejected_come_from_the_same_row(tmp_path: Path) -> None:
    work = act("distill", tmp_path, Actor())
    attempts = {call["row"]: call["value"] for call in calls(work, "distill", "attempt")}
    pairs = {row["key"]: row for row in work.rows("distill", "pairs")}
    rows = work.rows("distill")
    assert len(rows) == len(pairs) == 5
    for row in rows:
        pair = pairs[row["key"]]
        assert (pair["prompt"], pair["chosen"]) == (row["prompt"], row["response"])
        assert pair["rejected"] == attempts[row["key"]] != row["response"]


def test_what_quotes_the_evaluation_set_goes_and_half_of_the_rows_are_real(tmp_path: Path) -> None:
    quoting = Actor(respond=lambda request: QUOTE if "review of a kettle" in last(request) else None)
    work = act("clean", tmp_path, quoting)
    dropped = work.rows("synthetic", "rejected")
    assert {row["key"].split("/")[0] for row in dropped} == {"kettle"}
    assert any(row["statement"].startswith("decontaminate") for row in dropped)
    with (SPECS / "clean" / "inputs" / "real.csv").open(encoding="utf-8") as file:
        real = {row["text"] for row in csv.DictReader(file)}
    train = work.rows("train")
    made = {row["text"] for row in work.rows("synthetic")}
    assert len({row["text"] for row in train}) == len(train) == 2 * len(made)
    assert Counter(row["source"] for row in train) == {"synthetic": len(made), "real": len(made)}
    assert all(row["text"] in (real if row["source"] == "real" else made) for row in train)


def test_near_copies_go_and_diversity_is_measured_at_every_build_and_in_the_diff(tmp_path: Path, said: Said) -> None:
    work = act("clean", tmp_path, Actor())
    before = work.at("synthetic").manifest.measures
    assert {"distinct_1(text)", "distinct_2(text)", "duplicates(text)", "values(thing)", "evenness(thing)"} <= set(
        before
    )
    same = Actor(respond=lambda request: f"It stood on the table and it did what a thing does, {last(request)[-30:]}")
    work.spec.write_text(work.spec.read_text(encoding="utf-8").replace("max_tokens = review_tokens", "max_tokens = 90"))
    work.small(same)
    assert {row["statement"].split(" ")[0] for row in work.rows("synthetic", "rejected")} == {"dedup"}
    after = work.at("synthetic").manifest.measures
    (compared,) = json.loads(said(work, "diff", "main~1..main", "synthetic", "--json"))["datasets"]
    (shown,) = [measure for measure in compared["measures"] if measure["name"] == "distinct_2(text)"]
    assert (shown["before"], shown["after"]) == (before["distinct_2(text)"], after["distinct_2(text)"])
    assert shown["after"] < shown["before"]


def test_the_extremes_are_one_command_away(tmp_path: Path, said: Said) -> None:
    work = act("distill", tmp_path, Actor())
    rows = {row["key"]: row for row in work.rows("distill")}

    def first(order: str) -> str:
        (found,) = json.loads(said(work, "sql", f"select key from distill order by {order} limit 1", "--json"))
        return str(found["key"])

    assert first("likelihood desc") == max(rows, key=lambda key: rows[key]["likelihood"])
    assert first("likelihood") == min(rows, key=lambda key: rows[key]["likelihood"])
    assert first("len(response) desc") == max(rows, key=lambda key: len(rows[key]["response"]))
    assert first("len(response)") == min(rows, key=lambda key: len(rows[key]["response"]))


def short(request: Request) -> str | None:
    """Every person but the first asks the first question again, which ends the conversation."""
    if request.open_role != "user":
        return "You do it with care."
    opening = next(message.content for message in request.messages if message.role == "user")
    return f"And what do I do after step {len(request.messages)}?" if "egg" in opening else opening


def test_rows_that_a_person_should_read_are_flagged_and_listed(tmp_path: Path, said: Said) -> None:
    work = act("conversation", tmp_path, Actor(respond=short, says=lambda _: 0.9))
    turns = {row["key"]: row["turns"] for row in work.rows("conversation")}
    assert sorted(turns.values()) == [2, 2, 3]
    listed = said(work, "show", "--flagged")
    assert {key for key in turns if key in listed} == {key for key, count in turns.items() if count < 3}


def test_a_row_that_a_person_rejects_stays_away_from_the_next_build(tmp_path: Path, said: Said) -> None:
    actor = Actor(respond=short, says=lambda _: 0.9)
    work = act("conversation", tmp_path, actor)
    before = {row["key"]: row["turns"] for row in work.rows("conversation")}
    shortest = min(before, key=lambda key: before[key])
    said(work, "decide", "conversation", shortest, "--reject", "--note", "ends too soon")
    work.small(actor)
    assert {row["key"] for row in work.rows("conversation")} == {*before} - {shortest}
    (dropped,) = [row for row in work.rows("conversation", "rejected") if row["key"] == shortest]
    assert dropped["reason"] == "a person: ends too soon"


def test_a_plan_says_what_a_build_will_call_and_a_budget_stops_it(
    tmp_path: Path, said: Said, capsys: pytest.CaptureFixture[str]
) -> None:
    work = Exhibit.copy("distill", tmp_path)
    (work.root / "synth.toml").write_text(ONE_AT_A_TIME)
    (planned,) = json.loads(said(work, "plan", "distill.synth", "--json"))
    assert run(["build", "distill.synth", "--budget", "calls=6"]) == 2
    assert "E0907" in capsys.readouterr().err and work.head is None
    spent = len(work.answered())
    assert 6 <= spent < 10
    (built,) = json.loads(said(work, "build", "distill.synth", "--json"))["datasets"]
    assert built["calls"]["reused"] == spent
    assert planned["calls"]["low"] <= sum(built["calls"].values()) <= planned["calls"]["high"]
    assert built["tokens"]["prompt"] > 0 and built["tokens"]["completion"] > 0
    assert "nothing to do" in said(work, "plan", "distill.synth")


def test_every_build_is_a_commit_that_can_be_read_compared_and_queried(tmp_path: Path, said: Said) -> None:
    work = act("clean", tmp_path, Actor())
    before = {row["text"] for row in work.rows("synthetic")}
    said(work, "tag", "v1", "main")
    work.spec.write_text(work.spec.read_text(encoding="utf-8").replace("You write short reviews", "You write reviews"))
    work.small(Actor())
    after = {row["text"] for row in work.rows("synthetic")}
    assert before.isdisjoint(after)
    assert len(work.store.log("main")) == 2
    old = json.loads(said(work, "sql", "select text from synthetic@v1", "--json"))
    assert {row["text"] for row in old} == before
    assert "prompt review_of changed" in re.sub(r"\s+", " ", said(work, "diff", "v1..main", "synthetic", "--stat"))


def test_demonstrations_have_the_forms_that_trainers_read(tmp_path: Path) -> None:
    work = act("distill", tmp_path, Actor())
    for row in work.rows("distill"):
        assert [message["role"] for message in row["prompt"]] == ["user"] and isinstance(row["response"], str)
    chats = [row["messages"] for row in work.rows("distill", "chats")]
    assert len(chats) == 5 and all(set(message) == {"role", "content"} for chat in chats for message in chat)
    assert all([message["role"] for message in chat] == ["user", "assistant"] for chat in chats)
    labels = Counter(row["label"] for row in work.rows("distill", "labelled"))
    assert labels == {True: 5, False: 5}
