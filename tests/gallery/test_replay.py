"""What the embedded model said once, replayed: each spec makes the tables and stories that its technique promises.

Not one call reaches a model: an answer that was not recorded is a failure, and `make record` records it anew. What is
asserted is the technique, never the model's words.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.replay import Recording, SilentEngine
from tests.acceptance.workshop import Row, root_of
from tests.gallery.exhibit import Exhibit
from tests.gallery.record import FOLDER, file_of

Replayed = Callable[[str], Exhibit]
RECORDINGS = sorted(file.stem for file in FOLDER.glob("*.jsonl"))


def replay(name: str, folder: Path, concurrency: int = 4) -> tuple[Exhibit, dict[str, str]]:
    """The project after its build, and the root of each dataset."""
    recording = Recording.read(file_of(name))
    work = Exhibit.copy(name, folder)
    work.fill(recording.effects())
    built = work.small(SilentEngine(recording, concurrency)).datasets
    return work, {one.manifest.dataset: root_of(one) for one in built}


DONE: dict[str, tuple[Exhibit, dict[str, str]]] = {}


@pytest.fixture
def replayed(tmp_path_factory: pytest.TempPathFactory) -> Replayed:
    """`replayed("bios")`: a spec is built once for all tests of this file."""

    def of(name: str) -> Exhibit:
        if name not in DONE:
            DONE[name] = replay(name, tmp_path_factory.mktemp(name))
        return DONE[name][0]

    return of


def calls(work: Exhibit, dataset: str, kind: str) -> list[Row]:
    return [row for row in work.rows(dataset, "calls") if row["kind"] == kind]


def value(call: Row) -> Any:
    return json.loads(call["value"]) if call["value"] is not None else None


# --- every spec ---


@pytest.mark.parametrize("name", RECORDINGS)
def test_a_replayed_build_keeps_every_candidates_story(name: str, replayed: Replayed) -> None:
    work = replayed(name)
    identity = Recording.read(file_of(name)).identity
    for dataset in DONE[name][1]:
        counts = work.at(dataset).manifest.counts
        assert counts.kept + sum(counts.rejected.values()) == counts.attempted
        rejected = work.rows(dataset, "rejected")
        assert len(rejected) == sum(counts.rejected.values())
        assert all(row["statement"] and row["reason"] for row in rejected)
        asked = [row for row in work.rows(dataset, "calls") if row["kind"] == "gen" and row["call"]]
        assert {row["model"] for row in asked} <= {identity}


@pytest.mark.parametrize("name", ["feedback", "knowledge"])
def test_a_replayed_root_does_not_depend_on_concurrency(name: str, tmp_path: Path) -> None:
    assert replay(name, tmp_path / "one", 1)[1] == replay(name, tmp_path / "sixteen", 16)[1]


# --- one by one ---


def test_bios_searches_in_rounds_and_tells_the_next_what_samples_agree_on(replayed: Replayed) -> None:
    work = replayed("bios")
    drafts = calls(work, "bios", "gen")
    assert {call["cell"] for call in drafts} == {"drafts", "claims"}
    samples = defaultdict(set)
    for call in drafts:
        if call["cell"] == "drafts":
            samples[call["round"]].add(call["sample"])
    assert samples[1] == {0, 1, 2}
    carried = {call["round"]: value(call) for call in calls(work, "bios", "next") if call["cell"] == "facts"}
    assert all(fact["support"] >= 0.6 for facts in carried.values() for fact in facts)
    for call in drafts:
        if call["cell"] == "drafts" and call["round"] > 1:
            assert json.loads(call["arguments"])["facts"] == carried[call["round"] - 1]


def test_tested_code_keeps_no_row_that_its_tests_did_not_pass(replayed: Replayed) -> None:
    work = replayed("tested_code")
    passed = {call["row"] for call in calls(work, "tested_code", "run") if call["cell"] == "after"}
    assert {row["key"] for row in work.rows("tested_code")} <= passed
    counts = work.at("tested_code").manifest.counts
    assert counts.attempted == 1 and set(work.at("tested_code").manifest.tables) >= {"tested_code", "preferences"}


def test_support_mix_makes_personas_from_pages_and_as_many_real_rows_as_synthetic_ones(replayed: Replayed) -> None:
    work = replayed("support_mix")
    authors = {row["key"] for row in work.rows("authors")}
    assert authors
    tried = {call["row"].split("/")[0] for call in work.rows("tickets", "calls")}
    assert tried <= authors
    by_source = Counter(row["source"] for row in work.rows("train"))
    assert by_source["tickets"] == by_source["real"]
    assert {"customer", "product", "language", "author", "subject", "body", "mood"} <= columns(work, "tickets")


def test_feedback_has_three_of_six_models_and_a_pair_only_where_ratings_differ(replayed: Replayed) -> None:
    work = replayed("feedback")
    rows = {row["key"]: row for row in work.rows("feedback")}
    assert rows
    for row in rows.values():
        assert len(set(row["models"])) == len(row["models"]) == len(row["answers"]) == len(row["ratings"]) == 3
        assert all(1 <= rating["rating"] <= 5 for rating in row["ratings"])
    pairs = {row["key"].rsplit("/", 1)[0]: row for row in work.rows("feedback", "preferences")}
    for key, row in rows.items():
        ratings = [rating["rating"] for rating in row["ratings"]]
        assert (key in pairs) is (max(ratings) > min(ratings))
        if key in pairs:
            assert pairs[key]["margin"] == max(ratings) - min(ratings)
            assert pairs[key]["chosen"] in row["answers"] and pairs[key]["rejected"] in row["answers"]


def test_text_to_sql_draws_what_fits_together_and_runs_what_it_is_given(replayed: Replayed) -> None:
    work = replayed("text_to_sql")
    drawn: dict[str, dict[str, Any]] = defaultdict(dict)
    for call in calls(work, "text_to_sql", "draw"):
        drawn[call["row"]][call["cell"]] = value(call)
    assert len(drawn) == work.at("text_to_sql").manifest.counts.attempted
    assert all(row["challenge"] in ("none", "types") for row in drawn.values() if row["complexity"] == "beginner")
    schemas = {call["row"] for call in calls(work, "text_to_sql", "gen") if call["cell"] == "schema" and call["value"]}
    loaded = {call["row"] for call in calls(work, "text_to_sql", "run") if call["cell"] == "loaded"}
    assert loaded == schemas


def test_knowledge_goes_from_a_chunk_to_two_documents_to_many_questions(replayed: Replayed) -> None:
    work = replayed("knowledge")
    documents = work.rows("documents")
    spelling = work.rows("documents", "spelling")
    assert spelling and len(documents) == 2 * len(spelling)
    assert {row["kind"] for row in documents} == {"scanned", "corrected"}
    questions = work.rows("questions")
    of = Counter(row["key"].rsplit("/", 1)[0] for row in questions)
    assert set(of) <= {row["key"] for row in documents} and max(of.values()) > 1
    assert work.at("knowledge").manifest.counts.attempted <= len(questions)


def test_knowledge_asks_no_judge_after_one_that_said_no(replayed: Replayed) -> None:
    asked: dict[str, list[str]] = defaultdict(list)
    for call in calls(replayed("knowledge"), "knowledge", "judge"):
        asked[call["row"]].append(call["cell"])
    order = ["faithful", "relevancy", "verified"]
    assert asked and all(cells == order[: len(cells)] for cells in asked.values())


def test_rewrites_has_a_table_for_each_form_and_reads_each_document_once(replayed: Replayed) -> None:
    work = replayed("rewrites")
    forms = ("faq", "tutorial", "table", "math")
    tables = work.at("rewrites").manifest.tables
    assert {f"rewrites/{form}" for form in forms} <= set(tables)
    answers = [json.loads(effect) for _, effect in Recording.read(file_of("rewrites")).effects()]
    read_before = [answer for answer in answers if answer["cached_tokens"] >= answer["prompt_tokens"] // 2]
    assert len(read_before) >= len(answers) // 2
    for row in work.rows("rewrites", "rewrites/table"):
        assert row["text"].count("|") >= 8


def columns(work: Exhibit, dataset: str) -> set[str]:
    return {column.name for column in work.at(dataset).manifest.tables[dataset].schema.columns}
