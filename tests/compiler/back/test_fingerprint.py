"""What changes data and what does not: the two fingerprints of a dataset."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compiler.model import Fingerprint
from dsl import tree
from dsl.parser import parse
from dsl.source import Source
from tests.compiler.back.specs import TEXTS, analysed, messages

SPEC = '''## A file's docs.
edition 1

from "library.synth" import kind

param takes: int = 2
param wanted: int = 12
const rules = lines("rules.txt")

enum Tone { calm, angry }

record Page {
  ## The key.
  id: str
  title: str where len(title) in 1..80
  text: str
}

input pages: Page = jsonl("pages.jsonl") { key = id }
personas readers = jsonl("readers.jsonl") { key = id }

criteria asks(page: Page) {
  "asks why"            weight 2
  "names the title"     when page.text.contains("title")
}

model writer { temperature = 0.7, max_tokens = 100 }

prompt ask(page: Page, reader: Persona, rules_: str[]) """
  @system
  {{ rules | join(" ") }}
  @user
  {{ page.text }} for {{ reader }}: {{ rules_ | join("; ") }}
"""

dataset out {
  target = wanted
  each page from pages
  each take in 1..takes
  draw reader ~ readers
  draw some ~ asks(page).pick(1)
  gen question: str = ask(page, reader, some) with writer { max_tokens = 40, temperature = 0.5 }
  require matches(question, "(Why|How) [^?]+[?]")
  filter words(question) > 3 and kind(question)
  dedup question by minhash(0.8)
  emit { question = question, page = page.id }
  audit kept / attempted >= 10%
}

test "a test never changes data" of out {
  mock question = "Why?"
  expect dropped by question
}
'''
LIBRARY = '''edition 1
judge kind(text: str) -> bool by critic """
  Is this kind? {{ text }}
"""
'''


def prints(
    text: str = SPEC,
    library: str = LIBRARY,
    *,
    name: str = "out",
    path: str = "input.synth",
    library_path: str = "library.synth",
    params: dict[str, str] | None = None,
    seed: int | None = None,
    rules: str = TEXTS["rules.txt"],
) -> Fingerprint:
    files = {library_path: library, "rules.txt": rules}
    analysis = analysed(text, "fingerprint", files, params, seed, path)
    assert analysis.ok, messages(analysis)
    node = analysis.model.scopes[path].names[name].node
    assert node is not None
    return analysis.model.fingerprints[node]


BASE = prints()
BLOCKS = [
    SPEC[d.span.start : d.span.end]
    for d in parse(Source("s", SPEC)).file.declarations
    if not isinstance(d, tree.Edition | tree.Import)
]


@settings(max_examples=25, deadline=None)
@given(st.permutations(BLOCKS))
def test_moving_a_declaration_changes_no_data(blocks: list[str]) -> None:
    moved = prints('edition 1\nfrom "library.synth" import kind\n\n' + "\n\n".join(blocks) + "\n")
    assert moved.data == BASE.data


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False))
def test_comments_docs_and_blank_lines_change_no_data(random: object) -> None:
    choose = random.choice  # type: ignore[attr-defined]
    lines = SPEC.split("\n")
    start, end = lines.index('prompt ask(page: Page, reader: Persona, rules_: str[]) """'), lines.index("dataset out {")
    noisy = [
        line if start <= place < end or not line else choose([line, line + "  # why", f"\n{line}", f"# so\n{line}"])
        for place, line in enumerate(lines)
    ]
    assert prints("\n".join(noisy)).data == BASE.data


SAME = {
    "an edited doc": (r"## A file's docs\.", "## Other docs."),
    "a field's doc": (r"  ## The key\.\n", ""),
    "settings in another order": (r"max_tokens = 40, temperature = 0\.5", "temperature = 0.5, max_tokens = 40"),
    "a number written otherwise": (r"10%", "10.0%"),
    "a test's body": (r'mock question = "Why\?"', 'mock question = "How?"'),
    "a test's title": (r"a test never changes data", "another"),
    "a prompt's name": (r"\bask\(", "inquire("),
    "a record's name": (r"\bPage\b", "Leaf"),
    "a parameter's name": (r"\btakes\b", "rounds"),
    "a constant's name": (r"(?<!\()\brules\b(?!\.txt)", "laws"),
    "a pool's name": (r"\basks\(", "wishes("),
    "an unused declaration": (r"enum Tone \{ calm, angry \}", "enum Tone { calm, angry, sad }"),
    "parentheses": (r"words\(question\) > 3 and", "(words(question) > 3) and"),
}


@pytest.mark.parametrize("change", SAME)
def test_what_a_row_cannot_see_changes_no_data(change: str) -> None:
    changed = re.sub(*SAME[change], SPEC)
    assert changed != SPEC
    assert prints(changed).data == BASE.data
    assert prints(changed).description != BASE.description


DIFFERENT = {
    "a word of a template": (r"\{\{ page\.text \}\} for", "{{ page.text }} by"),
    "a setting": (r"temperature = 0\.5", "temperature = 0.6"),
    "a model's default": (r"max_tokens = 100", "max_tokens = 101"),
    "a parameter's default": (r"takes: int = 2", "takes: int = 3"),
    "a target": (r"wanted: int = 12", "wanted: int = 13"),
    "a record's constraint": (r"in 1\.\.80", "in 1..81"),
    "an input's path": (r'jsonl\("pages\.jsonl"\)', 'parquet("b/*.parquet")'),
    "an input's key": (r"pages\.jsonl\"\) \{ key = id \}", 'pages.jsonl")'),
    "a criterion": (r"asks why", "asks how"),
    "a weight": (r"weight 2", "weight 3"),
    "a lifted condition": (r"\(Why\|How\)", "(Why|How|What)"),
    "a threshold": (r"minhash\(0\.8\)", "minhash(0.9)"),
    "a column's name": (r"page = page\.id", "leaf = page.id"),
    "an audit": (r">= 10%", ">= 20%"),
    "a draw's name": (r"\breader\b(?! ~ readers)", "reader"),
    "statements in another order": (r"(  require[^\n]*\n)(  filter[^\n]*\n)", r"\2\1"),
    "a whole number for a fraction": (r"> 3 and", "> 3.0 and"),
}
del DIFFERENT["a draw's name"]


@pytest.mark.parametrize("change", DIFFERENT)
def test_what_a_row_can_see_changes_data(change: str) -> None:
    changed = re.sub(*DIFFERENT[change], SPEC)
    assert changed != SPEC
    files_have_columns = "b/*.parquet" not in changed
    if not files_have_columns:
        changed = changed.replace("  text: str\n", "").replace("page.text", "page.title")
    assert prints(changed).data != BASE.data


def test_renaming_a_gen_changes_its_seeds_unless_salt_keeps_them() -> None:
    renamed = re.sub(r"\bquestion\b", "asked", SPEC).replace("{ asked = asked,", "{ question = asked,")
    assert prints(renamed).data != BASE.data
    salted = renamed.replace("{ max_tokens = 40,", '{ salt = "question", max_tokens = 40,')
    assert prints(salted).data == BASE.data


def test_a_file_may_be_renamed_and_an_import_may_move() -> None:
    assert prints(path="other.synth").data == BASE.data
    moved = SPEC.replace('"library.synth"', '"lib/judges.synth"')
    assert prints(moved, library_path="lib/judges.synth").data == BASE.data


def test_an_imported_declaration_counts_by_what_it_says() -> None:
    assert prints(library=LIBRARY.replace("edition 1", "edition 1\n# a comment")).data == BASE.data
    assert prints(library=LIBRARY.replace("Is this kind?", "Is it kind?")).data != BASE.data


def test_values_given_from_outside_count() -> None:
    assert prints(params={"takes": "2"}).data == BASE.data
    assert prints(params={"takes": "3"}).data != BASE.data
    assert prints(seed=1).data != BASE.data
    assert prints(rules="Be bold.\n").data != BASE.data


def test_a_function_counts_with_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from compiler.functions import declare

    monkeypatch.setitem(declare.FUNCTIONS, "words", replace(declare.FUNCTIONS["words"], version=99))
    assert prints().data != BASE.data
