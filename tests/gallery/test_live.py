"""Three specs of the gallery built on the embedded model itself: few-shot questions, nested calls, and a sandbox."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from runtime.build.build import Build, Options, build
from runtime.build.session import Session
from runtime.config.project import Project
from runtime.engines.llamacpp import LlamaCppEngine
from tests.gallery.exhibit import FIRST, LIVE, Exhibit

FOLLOWERS = ("supporter", "troll", "alarmist")


def live(name: str, folder: Path, limit: int) -> tuple[Exhibit, Build]:
    """A build of the first candidates, under `small` where there is such a profile."""
    work = Exhibit.copy(name, folder)
    project = Project.find(work.root)
    profile = project.config.profile("small" if name in LIVE else None)
    with Session(project, profile, LlamaCppEngine()) as session:
        analysis = work.compiled(session, work.params())
        return work, build(analysis, session, Options("main", limit=limit, audits="warn"))


@pytest.mark.live
def test_questions_are_decoded_under_their_pattern(tmp_path: Path) -> None:
    work, _ = live(FIRST, tmp_path, limit=3)
    assert work.at(FIRST).manifest.counts.attempted == 3
    asked = [call for call in work.rows(FIRST, "calls") if call["cell"] == "question"]
    assert len({call["row"] for call in asked}) == 3
    assert all(re.fullmatch("(Why|How|What|When) [^?]{12,110}[?]", call["text"]) for call in asked if call["value"])


@pytest.mark.live
def test_each_follower_has_a_table_of_replies_by_the_same_persons(tmp_path: Path) -> None:
    work, _ = live("social", tmp_path, limit=1)
    tables = {kind: work.rows("social", f"social/{kind}") for kind in FOLLOWERS}
    said = [row for rows in tables.values() for row in rows]
    assert said and all(10 <= len(row["reply"]) <= 200 for row in said)
    persons = {kind: {(row["post"], row["persona"]) for row in rows} for kind, rows in tables.items()}
    assert persons["supporter"] == persons["troll"] == persons["alarmist"]
    assert all(len({persona for post, persona in pairs if post == "bakery"}) == 2 for pairs in persons.values())


@pytest.mark.live
def test_a_program_computes_what_the_samples_voted_on(tmp_path: Path) -> None:
    work, _ = live("sums", tmp_path, limit=4)
    calls = work.rows("sums", "calls")
    assert work.at("sums").manifest.counts.attempted == 4
    for run in (call for call in calls if call["kind"] == "run"):
        drawn = {
            call["cell"]: json.loads(call["value"])
            for call in calls
            if call["row"] == run["row"] and call["kind"] == "draw"
        }
        first, second = drawn["first"], drawn["second"]
        truth = {"add": second + first, "subtract": second - first, "multiply": second * first}[drawn["operation"]]
        assert json.loads(run["value"])["output"] == str(truth)
    for row in work.rows("sums"):
        assert row["agreement"] > 0
