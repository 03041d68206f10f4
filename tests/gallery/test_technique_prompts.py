"""Techniques 1 to 6, proved on the gallery's specs: what stands in a prompt, and who is asked."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from pathlib import Path

from runtime.engines.protocol import Request
from tests.acceptance.test_support_mix import written
from tests.acceptance.workshop import Row
from tests.gallery.actor import Actor, act, calls, last
from tests.gallery.exhibit import SPECS, Exhibit

SUPPORT = SPECS / "support_mix" / "inputs"
TWO_MODELS = """
[engines.large]
kind = "deterministic"
revision = "large"
[engines.other]
kind = "deterministic"
revision = "other"
[profile.small]
engine = "large"
audits = "warn"
[profile.small.roles]
second_teacher = "other"
"""


def records(file: Path) -> list[Row]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def judged(request: Request) -> float:
    """The gold cases as they are expected; every other ticket is a good one."""
    wrong = [case for case in records(SUPPORT / "on_topic_gold.jsonl") if not case["expected"]]
    asked, _, text = last(request).partition("\n")
    found = any(f"about {case['product']}?" in asked and case["ticket"]["body"] in text for case in wrong)
    return 0.1 if found else 0.9


def author_or_ticket(request: Request) -> str | None:
    """A persona that quotes its page, or a ticket in the language that is asked for."""
    _, asked, page = last(request).partition("Text: ")
    return f"One who wrote: {page[:80]}" if asked else written(request)


def support(folder: Path) -> tuple[Exhibit, Actor]:
    actor = Actor(respond=author_or_ticket, says=judged)
    return act("support_mix", folder, actor, limit=9, wanted=9), actor


def test_each_page_gives_a_persona_and_each_ticket_is_written_by_the_one_of_its_row(tmp_path: Path) -> None:
    work, _ = support(tmp_path)
    personas = {row["id"]: row["text"] for row in work.rows("authors")}
    assert len(personas) == 9 and all(text.startswith("One who wrote: ") for text in personas.values())
    customers = {row["key"]: row["customer"] for row in work.rows("tickets")}
    assert len(set(customers.values())) > 1
    writers = {call["row"]: call["arguments"]["customer"]["text"] for call in calls(work, "tickets", "ticket")}
    assert {key: personas[customer] for key, customer in customers.items()} == writers


def test_criteria_are_drawn_shuffled_by_weight_and_condition_and_the_subset_is_a_column(tmp_path: Path) -> None:
    work = act("clean", tmp_path, Actor(), limit=400, wanted=60)
    rows = work.rows("synthetic")
    drawn = Counter(criterion for row in rows for criterion in row["asked"])
    assert {len(row["asked"]) for row in rows} == {1, 2} and all(
        len({*row["asked"]}) == len(row["asked"]) for row in rows
    )
    assert {row["thing"] for row in rows if "how loud it is" in row["asked"]} == {"kettle"}
    assert {row["thing"] for row in rows if "the weather on the first day" in row["asked"]} == {"bicycle", "tent"}
    assert drawn.most_common(1)[0][0] == "what it was bought for"
    pairs = {tuple(row["asked"]) for row in rows}
    assert any((second, first) in pairs for first, second in (pair for pair in pairs if len(pair) == 2))


def test_half_of_the_rows_have_two_random_words_in_place_of_a_persona(tmp_path: Path) -> None:
    work = act("sums", tmp_path, Actor(), limit=40, samples=1)
    voices = {call["row"]: call["arguments"]["voice"] for call in calls(work, "sums", "problem")}
    drawn = {call["row"]: call["value"] for call in calls(work, "sums", "voiced")}
    noise = [voice for row, voice in voices.items() if drawn[row] == "noise"]
    tellers = [voice for row, voice in voices.items() if drawn[row] == "teller"]
    assert len(noise) + len(tellers) == 40 and min(len(noise), len(tellers)) > 10
    assert all(re.fullmatch(r"Think of: [a-z]+ [1-9][0-9]{3}[.]", voice) for voice in noise)
    assert len(set(noise)) == len(noise) and len(set(tellers)) <= len(lines("sums/inputs/tellers.jsonl"))


def lines(file: str) -> list[str]:
    return (SPECS / file).read_text(encoding="utf-8").splitlines()


def test_the_model_that_is_drawn_for_a_row_answers_it_and_is_a_column(tmp_path: Path) -> None:
    work = Exhibit.copy("distill", tmp_path)
    (work.root / "synth.toml").write_text(TWO_MODELS)
    work.small()
    authors = {row["key"]: row["author"] for row in work.rows("distill")}
    asked = {call["row"]: call["model"] for call in calls(work, "distill", "answer")}
    assert set(authors.values()) == {"teacher", "second_teacher"}
    weights = {"teacher": "deterministic:large", "second_teacher": "deterministic:other"}
    assert {key: weights[author] for key, author in authors.items()} == {key: asked[key] for key in authors}


def test_two_real_examples_are_drawn_for_each_row_and_stand_before_what_is_asked(tmp_path: Path) -> None:
    actor = Actor()
    act("clean", tmp_path, actor)
    with (SPECS / "clean" / "inputs" / "real.csv").open(encoding="utf-8") as file:
        real = {row["text"] for row in csv.DictReader(file)}
    shown = [tuple(m.content for m in request.messages if m.role == "assistant") for request in actor.asked]
    assert all(len({*shots}) == 2 and {*shots} <= real for shots in shown)
    assert len(set(shown)) > 6
    assert all(request.messages[-1].role == "user" for request in actor.asked)


def test_a_glossary_stands_once_in_each_prompt_before_all_that_varies(tmp_path: Path) -> None:
    _, actor = support(tmp_path)
    glossary = (SUPPORT / "glossary.md").read_text(encoding="utf-8").strip()
    tickets = actor.asked_with("Write a support ticket")
    assert len({last(request) for request in tickets}) > 1
    for request in tickets:
        assert (request.messages[0].role, request.messages[0].content) == ("system", glossary)
        assert "".join(message.content for message in request.messages).count(glossary) == 1
