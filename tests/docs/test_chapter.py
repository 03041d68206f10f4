"""The tests shown in the reference are run, not only checked: they pass, with a real project around them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from compiler.analysis import analyse
from runtime.build.session import Session
from runtime.build.suite import Result, Suite
from runtime.config.project import Project
from runtime.engines.deterministic import DeterministicEngine
from runtime.engines.labels import judgement
from runtime.engines.protocol import Answer, Request
from runtime.sources.catalog import ProjectCatalog
from tests.compiler.front.project import FILES
from tests.docs.specs import Block, blocks, marked

PAGE = Path(__file__).parents[2] / "docs" / "language" / "11-tests.md"
BLOCKS = [block for block in blocks(PAGE.read_text(encoding="utf-8")) if not marked(block.text, "E")]
ROWS: dict[str, list[dict[str, object]]] = {
    "pages.jsonl": [{"id": name, "text": f"A page about {name}."} for name in ("loops", "sets", "names")],
    "readers.jsonl": [{"id": "r1", "text": "a child", "role": "pupil", "age": 9}],
}


class Agreeing(DeterministicEngine):
    """Says yes to every judge; only the chapter's test that is about asking a model comes to it."""

    async def complete(self, request: Request) -> Answer:
        return judgement({"yes": -0.1, "no": -2.3}, prompt_tokens=1)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: f"line {block.line}")
def test_a_test_that_is_shown_passes(block: Block, tmp_path: Path) -> None:
    rows = {name: "".join(json.dumps(row) + "\n" for row in found) for name, found in ROWS.items()}
    for name, text in {**FILES, **rows, "spec.synth": block.text}.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    project = Project.find(tmp_path)
    results: list[Result] = []
    with Session(project, project.config.profile(), Agreeing()) as session:
        analysis = analyse("spec.synth", ProjectCatalog(tmp_path, session.facts), upto="lower")
        assert analysis.ok, analysis.errors
        Suite(analysis, session, "main", live=True).run(lambda title: True, results.append)
    assert [result.spent.made for result in results] == [int("itself tells" in block.text)] * len(results)
    assert [(result.verdict.test.title, result.failures) for result in results if result.failures] == []
