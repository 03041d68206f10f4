"""A row that comes round again: what it computed and how it was marked stand in its story, each under its own key."""

from __future__ import annotations

from pathlib import Path

from compiler.analysis import analyse
from runtime.build.build import Options, build
from runtime.build.session import Session
from runtime.config.project import Project
from runtime.engines.deterministic import DeterministicEngine
from runtime.query import query
from runtime.sources.catalog import ProjectCatalog

SPEC = '''edition 1

record Page {
  id: str
}

input pages: Page = jsonl("pages.jsonl") { key = id }

dataset qa {
  each page from pages
  gen a: str with writer """
    Ask about {{ page.id }}.
  """
  let n = words(a)
  flag a when n > 0
  require n > 2 else retry 1
  emit { n = n }
}
'''


def test_a_retried_row_keeps_every_value_and_is_marked_once(tmp_path: Path) -> None:
    (tmp_path / "qa.synth").write_text(SPEC)
    (tmp_path / "pages.jsonl").write_text('{"id": "a"}\n')
    project = Project.find(tmp_path)
    answers = iter(["one", "one two three"])
    engine = DeterministicEngine(concurrency=1, respond=lambda request: next(answers))
    with Session(project, project.config.profile(), engine) as session:
        build(analyse("qa.synth", ProjectCatalog(tmp_path), upto="lower"), session, Options("main"))
        sql = "select cell, attempt, value from qa.calls where kind in ('let', 'flag') order by all"
        told = query(session.store, sql)
        kept = query(session.store, "select n from qa").rows()
    assert told.rows() == [("flag 1", 0, '"flag a when n > 0"'), ("n", 0, "1"), ("n", 1, "3")]
    assert kept == [(3,)]
