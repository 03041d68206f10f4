"""The TextMate grammar is the language's: its words come from the registries, and no word is left out."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from dsl.grammar import keywords
from dsl.template_lines import MARKERS
from dsl.words import STATEMENTS
from editors.textmate.expressions import WORDS
from editors.textmate.grammar import FILE, written
from editors.textmate.statements import CLAUSES, ELSEWHERE, OPENERS

ROOT = Path(__file__).parents[2]
EXTENSION = ROOT / "editors" / "vscode"


def test_the_grammar_file_is_as_the_generator_writes_it(pytestconfig: pytest.Config) -> None:
    if pytestconfig.getoption("update_golden"):
        FILE.write_text(written(), encoding="utf-8")
    assert FILE.read_text(encoding="utf-8") == written(), "run: python -m editors.textmate"


def test_every_word_that_opens_a_statement_is_coloured() -> None:
    assert set(OPENERS) == STATEMENTS


def test_every_other_keyword_is_coloured() -> None:
    inside = {word for words in WORDS.values() for word in words}
    assert {*CLAUSES, *ELSEWHERE, *inside, "role", "with"} - {"role"} >= set(keywords()) - STATEMENTS
    assert {*CLAUSES, *ELSEWHERE, *inside} <= set(keywords())


def test_every_marker_of_a_template_is_coloured() -> None:
    patterns = json.dumps(json.loads(written())["repository"]["marker"])
    assert [marker for marker in MARKERS if not re.search(rf"\b{marker}\b", patterns)] == []


def test_every_pattern_that_is_included_is_there() -> None:
    grammar = json.loads(written())
    named = set(re.findall(r'"include": "#([\w-]+)"', written()))
    assert named == set(grammar["repository"])


def test_the_extension_has_the_version_of_synth() -> None:
    project = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert project is not None
    assert json.loads((EXTENSION / "package.json").read_text())["version"] == project[1]


def test_the_lock_of_the_packages_names_no_registry() -> None:
    locked = json.loads((EXTENSION / "package-lock.json").read_text())["packages"]
    assert [name for name, package in locked.items() if "resolved" in package] == []
    assert [name for name, package in locked.items() if name and "integrity" not in package] == []
