"""A spec's text in; its analysis out, over a catalogue with the few inputs that the back's tests read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from compiler.analysis import Analysis, Stage, analyse
from compiler.catalog import Columns, MemoryCatalog
from dsl import tree
from dsl.diagnostics import render
from dsl.parser import parse_expression

GOLDEN = Path(__file__).parents[2] / "golden"
TEXTS: Mapping[str, str] = {
    "glossary.md": "router: the box\nphone: the other box\n",
    "rules.txt": "Be kind.\nBe brief.\n",
    "fixtures/page.txt": "A page.\n",
}
TABLES: Mapping[str, Columns] = {
    "pages.jsonl": {"id": "str", "title": "str", "text": "str"},
    "items.jsonl": {"id": "str", "note": "str", "stars": "int"},
    "shots.jsonl": {"question": "str", "answer": "str"},
    "readers.jsonl": {"id": "str", "text": "str", "role": "str", "country": "str"},
    "rows.jsonl": {"text": "str"},
    "things.jsonl": {"name": "str", "note": "str", "good": "bool"},
    "gold.jsonl": {"text": "str", "expected": "bool"},
    "a.csv": {"id": "str", "title": "str"},
    "b/*.parquet": {"id": "str", "title": "str"},
    "select id, title from 'a.csv'": {"id": "str", "title": "str"},
}


def analysed(
    text: str,
    upto: Stage = "lower",
    files: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
    seed: int | None = None,
    path: str = "input.synth",
) -> Analysis:
    catalog = MemoryCatalog({**TEXTS, **(files or {}), path: text}, TABLES)
    given: dict[str, tree.Expr] = {
        name: parse_expression(value, f"-p {name}") for name, value in (params or {}).items()
    }
    return analyse(path, catalog, given, upto=upto, seed=seed)


def messages(analysis: Analysis) -> str:
    return render(analysis.diagnostics, analysis.source)


def program(text: str, name: str = "out", files: Mapping[str, str] | None = None) -> str:
    """The module of one dataset of a spec without mistakes."""
    analysis = analysed(text, files=files)
    assert analysis.ok, messages(analysis)
    return analysis.model.programs[name]
