"""A folder in; the small project that the pages' specs belong to, with every file they read, out."""

from __future__ import annotations

import json
import shutil
from math import log
from pathlib import Path
from typing import Any

from compiler.analysis import Analysis, analyse
from runtime.build.build import Build, Options, build
from runtime.build.session import Session
from runtime.config.project import Project
from runtime.engines.deterministic import DeterministicEngine
from runtime.engines.labels import judgement
from runtime.engines.protocol import Answer, Request
from runtime.sources.catalog import ProjectCatalog
from tests.compiler.front.project import FILES
from tests.sources.pdfs import pdf

SPEC = "spec.synth"
STORED = """edition 1
dataset authors {
  each name in ["ada", "bo"]
  emit { id = name, text = "a nurse" }
  emit as notes { id = name, text = "She is awake at night." }
}
"""
"""A dataset that is in the store before any spec of a page is built."""
REVIEWS = Path(__file__).parents[1] / "sources" / "fixtures" / "reviews"
LONG = (
    "The bridge over the river was built of stone in 1890, and it carries a road that few people use except at night."
)
PAGES = [
    {"id": "river", "text": LONG},
    {"id": "light", "text": "A lamp by the door says whether the router is up; it is green except while it starts."},
    {"id": "stone", "text": "Stones that the frost has cracked are counted once a year, and the worst are replaced."},
]
READERS = [
    {"id": "ada", "text": "a nurse of the night shift", "role": "nurse", "age": 41},
    {"id": "bo", "text": "a retired engineer", "role": "engineer", "age": 70},
]
SCHEMA = {"type": "object", "properties": {"place": {"type": "string"}}, "required": ["place"]}
TABLES: dict[str, list[dict[str, Any]]] = {
    "pages.jsonl": PAGES,
    "inputs/pages.jsonl": [{**page, "text": f"{page['text']} {LONG}"} for page in PAGES],
    "readers.jsonl": READERS,
    "gold.jsonl": [{"text": "It is about the product.", "expected": True}, {"text": "It is not.", "expected": False}],
    "grades.jsonl": [{"text": "It is not.", "expected": 3}, {"text": "It stands here.", "expected": 2}],
    "tools.jsonl": [{"name": "weather", "schema": json.dumps(SCHEMA)}],
}
DOCUMENT = "# Rivers\n\nA river carries stones.\n\n## Bridges\n\nA bridge stands over it.\n"
TEXTS = {
    "docs/river.md": DOCUMENT,
    "inputs/docs/river.html": "<h1>Rivers</h1><p>A river carries stones.</p><h2>Bridges</h2><p>One stands here.</p>",
    "letters/ada.txt": "Dear Bo,\n\nthe lamp is green again.\n",
    "inputs/readers.csv": "id,text\nada,a nurse\nbo,an engineer\n",
    "people.csv": "id,name,age\n1,Ada,41\n2,Bo,\n",
    "facts.json": json.dumps([{"id": "a", "text": "Stone cracks in frost."}]),
    "rows.py": 'def rows():\n    yield {"id": "break", "text": "It ends the loop."}\n',
}


def write(root: Path) -> Path:
    """All files, and an engine that needs no model."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = {name: "".join(json.dumps(row) + "\n" for row in table) for name, table in TABLES.items()}
    for name, text in {**FILES, **TEXTS, **rows, "synth.toml": ""}.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    pq.write_table(pa.table({"id": [1, 2], "n": [10, 20]}), root / "counts.parquet")
    (root / "papers").mkdir()
    (root / "papers/bridges.pdf").write_bytes(pdf("A bridge of stone.", "It carries a road.", title="Bridges"))
    for name, found in {"reviews": REVIEWS, "inputs/reviews": REVIEWS, "hub": REVIEWS.parent / "hub"}.items():
        shutil.copytree(found, root / name)
    return root


WRITTEN = {
    "pytest": "def test_one():\n    assert True\n",
    "code": "x = 1\n",
    "script": "print(1)\n",
    "query": "select n from pages",
    "headings": "# Page\n\n- one\n",
    "as json": '{"one": 1}',
}
"""What is decoded under nothing and checked afterwards, by a word that the prompt says."""
FORMS = {
    "what is wrong with the data": {
        "setup": "create table cards (shop text); insert into cards values ('North'); create table staff (name text);",
        "needed": ["cards"],
        "distractors": ["staff"],
    },
    "dialect: duckdb": {"sql": "select shop, count(*) as sold from cards group by shop"},
}
"""Records that tools run as they are, by words that the prompt says."""


def answer(request: Request) -> str | None:
    said = request.messages[-1].content.lower() if request.messages else ""
    if request.constraint is None:
        return next((text for word, text in WRITTEN.items() if word in said), None)
    return next((json.dumps(form) for words, form in FORMS.items() if words in said), None)


class Reader(DeterministicEngine):
    """Judges that a text is right, unless it says that something is not."""

    async def complete(self, request: Request) -> Answer:
        if not request.labels:
            return await super().complete(request)
        said = request.messages[-1].content
        doubtful = any(word in said for word in (" not", "repeat itself", "answer refuse")) or "1" in request.labels
        best = request.labels[-1 if doubtful else 0]
        return judgement({label: log(0.9 if label == best else 0.1) for label in request.labels}, prompt_tokens=1)


def analysed(root: Path, text: str) -> Analysis:
    (root / SPEC).write_text(text, encoding="utf-8")
    return analyse(SPEC, ProjectCatalog(root), upto="lower")


def built(root: Path, text: str, limit: int | None = 3) -> Build:
    """Every dataset of the spec, its own tests first unless they are said to ask a model."""
    project = Project.find(root)
    analysis = analysed(root, text)
    assert analysis.ok, analysis.errors
    with Session(project, project.config.profile(), Reader(respond=answer)) as session:
        options = Options("main", limit=limit, audits="warn", test="# tests ask a model" not in text)
        return build(analysis, session, options)
