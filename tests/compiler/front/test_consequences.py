"""A mistake in the syntax of one statement is one message: what follows from it for names and types goes unsaid."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler.analysis import analyse
from compiler.catalog import MemoryCatalog

PATH = "specs/qa.synth"
SPEC = (Path(__file__).parents[2] / "dsl/examples/python_qa.synth").read_text()
TABLES = {
    "inputs/pydoc_passages.py": {"id": "str", "topic": "str", "text": "str"},
    "inputs/shots.jsonl": dict.fromkeys(("text", "reader", "rules", "question", "answer"), "str"),
    "inputs/readers.jsonl": {"id": "str", "text": "str", "role": "str"},
}


def mistakes(text: str) -> list[tuple[str, str]]:
    """Code and text of every message."""
    files = {PATH: text, "specs/fixtures/break.txt": "x"}
    found = analyse(PATH, MemoryCatalog(files, TABLES)).diagnostics  # type: ignore[arg-type]
    return [(one.code, one.message) for one in found]


GEN = "gen question: str = ask(passage, reader, rules, shots.rows) with writer { max_tokens = 40 }"
IMPORT = 'from "std/judges.synth" import answered_by, repetitive'
PROMPT = 'prompt reply(passage: Passage, question: str, examples: Shot[]) """'
INPUT = 'input passages: Passage = python("inputs/pydoc_passages.py") { key = id }'
FIELD = "  text: str where len(text) in 120..400\n"
TYPED = [
    # what stood there, and what is typed instead
    (FIELD, "  text str where len(text) in 120..400\n"),
    (FIELD, "  text: str where len(text in 120..400\n"),
    (FIELD, "  text: str where\n"),
    ("record Passage {", "record Passage"),
    ("record Passage {", "record {"),
    (FIELD + "}\n", FIELD),
    (IMPORT, 'from "std/judges.synth" import answered_by,'),
    (IMPORT, 'from "std/judges.synth"'),
    (IMPORT, 'from "std/jud'),
    ("edition 1", "editio 1"),
    ("edition 1", "edition"),
    ("param takes: int = 2", "param "),
    ("param takes: int = 2", "param takes: int ="),
    (INPUT, "input "),
    (INPUT, "input passages"),
    (INPUT, 'input passages: Passage = python("inputs/pydoc'),
    (PROMPT, PROMPT.replace("prompt reply", "prompt ")),
    (PROMPT, PROMPT.replace("examples: ", "examples ")),
    (PROMPT, PROMPT[:-3]),
    (PROMPT, PROMPT[:-2]),
    (PROMPT, PROMPT[:-1]),
    ("{{ question }}", "{{ question "),
    ("{{ question }}", "{{ "),
    ("{{ passage.text }}", "{{ passage. }}"),
    ("{% for shot in examples %}", "{% for shot in %}"),
    ("dataset python_qa {", "dataset {"),
    ("dataset python_qa {", "dataset python_qa"),
    (GEN, "gen"),
    (GEN, "gen : str = ask(passage, reader, rules, shots.rows) with writer"),
    (GEN, "gen question: "),
    (GEN, "gen question: str = ask(passage, reader, rules, shots.rows with writer"),
    (GEN, "gen question: str = ask("),
    (GEN, GEN.replace("gen", "ge", 1)),
    ("draw reader ~ readers", "draw reader ~ "),
    ("each passage from passages", "each passage from "),
    ("messages = [user(question), assistant(answer)]", "messages = [user(question), "),
    ("messages = [user(question), assistant(answer)]", "messages = "),
    ("filter not repetitive(answer)", "filter not repetitive("),
    ("require words(answer) in 4..60 else retry 1", "require words(answer in 4..60 else retry 1"),
    ('  "describes a surprise"\n', '  "describes a surprise\n'),
    ("expect dropped by answer", "expect "),
    ("audit kept / attempted >= 10%", "audit kept / "),
]


def test_the_spec_itself_has_no_mistake() -> None:
    assert mistakes(SPEC) == []


@pytest.mark.parametrize(("stood", "typed"), TYPED, ids=[typed.strip()[:40] for _, typed in TYPED])
def test_what_is_half_typed_is_one_message(stood: str, typed: str) -> None:
    assert stood in SPEC
    found = mistakes(SPEC.replace(stood, typed, 1))
    assert [code[:3] for code, _ in found] in (["E01"], ["E05"]), found


def test_an_unknown_name_elsewhere_is_told_beside_it() -> None:
    text = SPEC.replace("draw reader ~ readers", "draw reader ~ ").replace(
        "filter not repetitive(answer)", "filter not gone(1)"
    )
    assert [code for code, _ in mistakes(text)] == ["E0101", "E0201"]
