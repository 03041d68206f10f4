"""A small project in memory: files, tables and their columns. A spec's text in; what the checker says out."""

from __future__ import annotations

from collections.abc import Mapping

from compiler.analysis import Analysis, analyse
from compiler.catalog import Columns, MemoryCatalog
from dsl.parser import parse_expression

FILES: Mapping[str, str] = {
    "shared.synth": "edition 1\nrecord Page {\n  id: str\n  text: str\n}\n",
    "rules.txt": "Be brief.\nBe kind.\n",
    "glossary.md": "Router: the box by the door.\n",
    "fixtures/page.txt": "A page about loops.",
    "fixtures/answers.jsonl": '"Yes."\n"No."\n',
    "inputs/house_rules.txt": "Name every argument.\nReturn early.\n",
    "inputs/glossary.md": "Router: the box by the door.\n",
    "fixtures/break.txt": "The break statement leaves the loop.",
    "fixtures/claims/ada_one_outlier.jsonl": "[]\n",
    "fixtures/claims/ada_support.jsonl": "true\n",
}
TABLES: Mapping[str, Columns] = {
    "pages.jsonl": {"id": "str", "text": "str"},
    "readers.jsonl": {"id": "str", "text": "str", "role": "str", "age": "int"},
    "gold.jsonl": {"text": "str", "expected": "bool"},
    "counts.parquet": {"id": "int", "n": "int"},
    "inputs/pydoc_passages.py": {"id": "str", "topic": "str", "text": "str"},
    "inputs/shots.jsonl": dict.fromkeys(("text", "reader", "rules", "question", "answer"), "str"),
    "inputs/readers.jsonl": {"id": "str", "text": "str", "role": "str"},
    "inputs/people.csv": {"id": "str", "name": "str"},
    "inputs/pages/*.parquet": {"id": "str", "text": "str"},
    "inputs/real_tickets.csv": {"subject": "str", "body": "str", "mood": "str"},
    "inputs/eval.jsonl": {"subject": "str", "body": "str", "mood": "str"},
    "inputs/on_topic_gold.jsonl": {"product": "str", "ticket": "record", "expected": "bool"},
    "inputs/tasks.jsonl": {"id": "str", "statement": "str", "signature": "str"},
}


def check(text: str, path: str = "spec.synth", *, files: Mapping[str, str] | None = None, **params: str) -> Analysis:
    """Check `text` as the spec at `path`; `params` are written as on the command line."""
    catalog = MemoryCatalog({**FILES, **(files or {}), path: text}, TABLES)
    given = {name: parse_expression(value, f"-p {name}") for name, value in params.items()}
    return analyse(path, catalog, given)


def codes(analysis: Analysis) -> list[str]:
    return [diagnostic.code for diagnostic in analysis.diagnostics]
