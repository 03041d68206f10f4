"""Techniques 7, 8, 26, 27 and 28, proved on the gallery's specs: forms, settings, probabilities, languages."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from runtime.engines.protocol import Request
from tests.gallery.actor import Actor, act, calls, last
from tests.gallery.conftest import Said

GOOD = "There are 3 rows of 14 plums in the garden. How many plums are there?"
PLAN: dict[str, Any] = {
    "title": "Do it",
    "priority": "high",
    "steps": [{"title": "Go there", "minutes": 10}, {"title": "Come back", "minutes": 5}],
    "contact": {"name": "Lena", "phone": "555-0134"},
}
TAILS = {
    "English": "that this is true wherever you look and whoever you ask in the whole world?",
    "German": ", dass das überall stimmt, wo man hinschaut und wen man auch immer danach fragt?",
    "French": "que cela est vrai partout où l'on regarde et pour tous ceux à qui on le demande ?",
    "Spanish": ", honestly, that this is true wherever you look and whoever you ask in the whole world?",
}


class Stubborn:
    """Answers every prompt wrongly the first time, and well from then on."""

    def __init__(self, wrong: str, well: str) -> None:
        self.wrong, self.well = wrong, well
        self.met: set[str] = set()

    def __call__(self, request: Request) -> str:
        again = last(request) in self.met
        self.met.add(last(request))
        return self.well if again else self.wrong


def test_a_pattern_is_decoded_where_the_engine_can_and_asked_for_again_where_it_cannot(tmp_path: Path) -> None:
    able, unable = Actor(), Actor(respond=Stubborn("No question.", "Why does the text say so?"))
    unable.capabilities = replace(unable.capabilities, regex=False, json_schema=False)
    decoded = calls(act("sums", tmp_path / "able", able, limit=3), "sums", "problem")
    assert {request.constraint.source for request in able.asked if request.constraint} == {"[A-Z][^?\\n]{20,220}[?]"}
    assert all(call["error"] is None for call in decoded)
    checked = calls(act("python_qa", tmp_path / "unable", unable, limit=3), "python_qa", "question")
    assert not any(request.constraint for request in unable.asked)
    assert Counter(call["error"] is None for call in checked if call["attempt"] < 2) == {False: 3, True: 3}


def test_an_answer_of_the_wrong_length_is_asked_for_again(tmp_path: Path) -> None:
    work = act("distill", tmp_path, Actor(respond=Stubborn("No.", "It is so because of the sun and the rain.")))
    answers = calls(work, "distill", "answer")
    assert {call["text"] for call in answers if call["attempt"] == 0} == {"No."}
    assert all(row["response"] != "No." for row in work.rows("distill"))


def planned(request: Request) -> str | None:
    """Plans of two steps; for milk one of a priority that there is not, for keys one of one step only."""
    if "into a plan" not in request.messages[0].content:
        return "# Do it\n\n- Go there" if "Markdown" in request.messages[0].content else None
    odd = {"milk": {"priority": "soon"}, "keys": {"steps": PLAN["steps"][:1]}}
    return json.dumps(next((PLAN | change for word, change in odd.items() if word in last(request)), PLAN))


def test_a_record_is_decoded_under_its_schema_and_kept_with_its_types_or_not_at_all(tmp_path: Path) -> None:
    actor = Actor(respond=planned)
    work = act("structured", tmp_path, actor)
    schema = next(json.loads(r.constraint.source) for r in actor.asked if r.constraint and "into a plan" in str(r))
    assert schema["properties"]["priority"]["enum"] == ["low", "normal", "high"]
    assert (schema["properties"]["steps"]["minItems"], schema["properties"]["steps"]["maxItems"]) == (2, 3)
    assert schema["properties"]["steps"]["items"]["properties"]["minutes"]["maximum"] == 120
    for row in work.rows("plans"):
        assert (row["priority"], row["steps"], row["contact"]) == ("high", PLAN["steps"], PLAN["contact"])
        assert row["minutes"] == 15
    reasons = {row["key"]: row["reason"] for row in work.rows("plans", "rejected")}
    assert set(reasons) == {"milk", "keys"} and "priority" in reasons["milk"] and "steps" in reasons["keys"]


def test_a_tool_s_arguments_are_decoded_under_the_schema_that_the_drawn_row_holds(tmp_path: Path) -> None:
    actor = Actor(respond=planned)
    work = act("structured", tmp_path, actor)
    tools = {call["row"]: json.loads(call["value"]["parameters"]) for call in calls(work, "tool_calls", "tool")}
    asked = {r.constraint.source for r in actor.asked if r.constraint and "You call the tool" in str(r)}
    assert [json.loads(source) for source in asked if json.loads(source) not in tools.values()] == []
    for row in work.rows("tool_calls"):
        assert set(tools[row["key"]]["required"]) <= set(json.loads(row["arguments"]))


def test_sampling_stands_in_the_spec_and_a_call_is_made_again_only_if_it_changed(tmp_path: Path) -> None:
    first, again, edited = Actor(), Actor(), Actor()
    work = act("distill", tmp_path, first)
    teacher = [r.sampling for r in first.asked if r.sampling.temperature == 0.6]
    assert {(s.top_p, s.top_k, s.min_p, s.max_tokens, s.stop) for s in teacher} == {(0.9, 40, 0.02, 60, ("\n\n",))}
    assert len({request.seed for request in first.asked}) == len(first.asked)
    work.small(again)
    assert again.asked == []
    text = work.spec.read_text(encoding="utf-8")
    work.spec.write_text(text.replace("model student { temperature = 1.2", "model student { temperature = 1.1"))
    work.small(edited)
    assert {request.sampling.temperature for request in edited.asked} == {1.1}


def test_the_log_probability_of_a_cell_is_kept_with_its_call_and_can_be_a_column(tmp_path: Path) -> None:
    work = act("distill", tmp_path, Actor())
    kept = {call["row"]: call["logprob"] for call in calls(work, "distill", "answer") if call["error"] is None}
    rows = work.rows("distill")
    assert rows and all(row["likelihood"] == kept[row["key"]] < 0 for row in rows)


def told(request: Request) -> str | None:
    """The rest of a fact in the language that is asked for, but in English where it should be Spanish."""
    language = request.messages[0].content.removeprefix("You tell facts in ").split(",")[0]
    fact = request.messages[-1].content.rstrip(".")
    return f"{TAILS[language]} ({fact[:2]})" if language in TAILS else None


TOKENS = """
    select language, sum(completion_tokens)::int as tokens
    from languages join languages.calls c on c.row = languages.key where c.cell = 'rest' group by 1
"""


def test_rows_are_told_in_each_language_and_what_is_in_another_is_dropped(tmp_path: Path, said: Said) -> None:
    work = act("languages", tmp_path, Actor(respond=told))
    assert Counter(row["language"] for row in work.rows("languages")) == {"en": 4, "de": 4, "fr": 4}
    dropped = work.rows("languages", "rejected")
    assert {row["key"].split("/")[1] for row in dropped} == {"es"}
    assert {row["reason"] for row in dropped} == {"filter language_of(text) == language"}
    tokens: Counter[str] = Counter()
    for call in calls(work, "languages", "rest"):
        tokens[call["row"].split("/")[1]] += call["completion_tokens"]
    counted = {row["language"]: row["tokens"] for row in json.loads(said(work, "sql", TOKENS, "--json"))}
    assert counted == {language: tokens[language] for language in ("en", "de", "fr")}
