"""The tree-sitter grammar: its corpus, its queries, and the parser that is committed, by the real runtime."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest
from tree_sitter import Query, QueryCursor

from dsl.grammar import keywords
from tests.editors.grammar import GRAMMAR, compile_parser, language, needs_compiler, parsed

pytestmark = [pytest.mark.editors, needs_compiler]

_CASE = re.compile(
    r"^=+\n(?P<title>[^\n]+)\n=+\n(?P<text>.*?)\n-{3,}\n\n(?P<tree>.*?)\n(?=\n=|\Z)", re.MULTILINE | re.DOTALL
)
TREE_SITTER = os.environ.get("TREE_SITTER") or shutil.which("tree-sitter")
QUERIES = sorted((GRAMMAR / "queries").glob("*.scm"))


@dataclass(frozen=True, slots=True)
class Case:
    title: str
    text: str
    tree: str


def corpus() -> Iterator[Case]:
    for file in sorted((GRAMMAR / "test" / "corpus").glob("*.txt")):
        for found in _CASE.finditer(file.read_text(encoding="utf-8")):
            yield Case(f"{file.stem}: {found['title']}", found["text"], " ".join(found["tree"].split()))


CASES = list(corpus())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_corpus(case: Case) -> None:
    without_fields = re.sub(r"\b\w+: ", "", str(parsed(case.text).root_node))
    assert without_fields == case.tree.replace(" )", ")")


def test_the_corpus_has_every_node_of_the_grammar() -> None:
    told = json.loads((GRAMMAR / "src" / "node-types.json").read_text())
    nodes = {node["type"] for node in told if node["named"] and not node["type"].startswith("_")}
    shown = set(re.findall(r"\((\w+)", " ".join(case.tree for case in CASES)))
    assert nodes - shown == {"comment", "doc_comment"} - shown


@pytest.mark.parametrize("file", QUERIES, ids=lambda file: str(file.stem))
def test_every_pattern_of_a_query_finds_something(file: Path) -> None:
    query = Query(language(), file.read_text(encoding="utf-8"))
    found: set[int] = set()
    for text in [case.text for case in CASES] + ['const a = f(matches("x", "y+"), x.find("y"))\n']:
        tree, cursor = parsed(text), QueryCursor(query)
        found |= {pattern for pattern, _ in cursor.matches(tree.root_node)}
    assert found == set(range(cast(int, query.pattern_count)))


def test_every_keyword_is_coloured() -> None:
    coloured = (GRAMMAR / "queries" / "highlights.scm").read_text(encoding="utf-8")
    words = set(re.findall(r'"([a-z]+)"', coloured))
    constants = {"true", "false", "null"}
    assert words == set(keywords()) - constants | {"elif", "endif", "endfor"}


def test_the_committed_parser_is_made_from_the_grammar() -> None:
    for line in (GRAMMAR / "src" / "made.sha256").read_text().splitlines():
        digest, name = line.split()
        assert hashlib.sha256((GRAMMAR / name).read_bytes()).hexdigest() == digest, f"{name}: run {GRAMMAR}/generate"


@pytest.mark.skipif(TREE_SITTER is None, reason="not run: no tree-sitter (cargo install tree-sitter-cli)")
def test_tree_sitter_generates_the_committed_parser(tmp_path: Path) -> None:
    shutil.copytree(GRAMMAR, tmp_path / "made")
    (tmp_path / "made" / "src" / "parser.c").unlink()
    subprocess.run(
        [str(tmp_path / "made" / "generate")], check=True, env={**os.environ, "TREE_SITTER": str(TREE_SITTER)}
    )
    assert (tmp_path / "made" / "src" / "parser.c").read_bytes() == (GRAMMAR / "src" / "parser.c").read_bytes()


def test_the_parser_compiles_without_a_warning(tmp_path: Path) -> None:
    compile_parser(tmp_path / "synth.so", "-Wall", "-Wextra", "-Wno-unused", "-Werror", "-std=c11")


def test_after_an_edit_the_tree_is_that_of_the_whole_text() -> None:
    from tree_sitter import Parser

    parser = Parser(language())
    before = 'dataset d {\n  gen a: str with w """\n    {{ x }}\n    @user\n  """\n  filter a\n}\n'
    at = before.index("{{ x")
    after = before[:at] + "{% raw %}" + before[at:]
    tree = parser.parse(before.encode())
    tree.edit(at, at, at + 9, (2, 4), (2, 4), (2, 13))
    assert str(parser.parse(after.encode(), tree).root_node) == str(parser.parse(after.encode()).root_node)


def test_the_page_of_helix_shows_its_settings_as_they_are() -> None:
    page = GRAMMAR.parents[1] / "docs" / "editors" / "helix.md"
    settings = (GRAMMAR.parent / "helix" / "languages.toml").read_text()
    assert f"```toml\n{settings}```" in page.read_text()
