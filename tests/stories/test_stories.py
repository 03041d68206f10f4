"""`why` and `blame`: every candidate's whole story, kept or not, from what was committed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from compiler.analysis import analyse
from dsl.diagnostics import SynthError
from dsl.source import Source
from runtime.build.build import Options, build
from runtime.build.session import Session
from runtime.config.project import Project
from runtime.engines.deterministic import DeterministicEngine
from runtime.query import Reference
from runtime.sources.catalog import ProjectCatalog
from runtime.store.open import open_store
from runtime.store.port import Store
from runtime.stories import latest_rejections, story
from runtime.stories.lineage import makers

SPECS = Path(__file__).parents[2] / "specs"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    root = tmp_path_factory.mktemp("stories")
    for name in ("python_qa.synth", "inputs", "fixtures"):
        source = SPECS / name
        shutil.copytree(source, root / name) if source.is_dir() else shutil.copy(source, root)
    project = Project.find(root)
    with Session(project, project.config.profile(), DeterministicEngine()) as session:
        analysis = analyse("python_qa.synth", ProjectCatalog(root), upto="lower")
        build(analysis, session, Options("main"))
    return open_store(project.state_dir)


QA = Reference("python_qa")


def test_a_dropped_row_tells_its_statement_its_values_and_every_call(store: Store) -> None:
    dropped = latest_rejections(store, QA, "main")[0]
    told = story(store, QA, dropped.key, "main")
    assert told.kept == ()
    assert told.rejected is not None
    assert "filter" in told.rejected.reason
    assert told.rejected.values["answer"]
    assert [call.cell for call in told.calls][:4] == ["reader", "rules", "question", "answer"]


def test_a_kept_row_tells_prompt_answer_seed_attempt_and_log_probability(store: Store) -> None:
    from runtime.query import query

    key = query(store, "select key from python_qa limit 1").rows()[0][0]
    told = story(store, QA, key, "main")
    assert told.rejected is None
    assert told.kept[0]["messages"][0]["role"] == "user"
    [question] = [call for call in told.calls if call.cell == "question"]
    assert question.seed is not None
    assert question.logprob is not None
    assert question.arguments is not None
    assert question.arguments["passage"]["id"]
    verdicts = {call.cell: call.p for call in told.calls if call.kind == "judge"}
    assert set(verdicts) == {"repetitive", "answered_by"}
    assert verdicts["repetitive"] is not None
    assert verdicts["repetitive"] < 0.5


def test_an_unknown_key_is_a_mistake_with_a_guess(store: Store) -> None:
    with pytest.raises(SynthError, match="E1037"):
        story(store, QA, "asert-1/1", "main")


def test_an_unknown_key_like_no_other_comes_with_the_query_that_lists_them(store: Store) -> None:
    with pytest.raises(SynthError) as raised:
        story(store, QA, "zzzzzzzzzzzz", "main")
    (told,) = raised.value.diagnostics
    assert told.help is not None
    assert "synth sql 'select distinct row from " in told.help


def test_a_column_is_traced_to_the_steps_that_its_expression_names() -> None:
    sources = [Source("python_qa.synth", (SPECS / "python_qa.synth").read_text())]
    assert {"question", "answer"} <= makers(sources, "python_qa", "messages")
    assert "reader" in makers(sources, "python_qa", "reader")
    with pytest.raises(SynthError, match="E1036"):
        makers(sources, "python_qa", "mesages")
