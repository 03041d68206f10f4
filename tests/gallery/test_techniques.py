"""`docs/techniques.md` is true: thirty techniques, each with a spec that builds, a proof that is there, and a page."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.gallery.exhibit import LIVE, NAMES, RECORDED, SPECS
from tests.gallery.page import render
from tests.gallery.techniques import TECHNIQUES, Technique, named

HERE = Path(__file__).parent
DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "techniques.md"
each = pytest.mark.parametrize("technique", TECHNIQUES, ids=lambda technique: technique.name)


def test_the_page_is_made_from_the_list() -> None:
    made = "python -m tests.gallery.page > docs/techniques.md"
    assert PAGE.read_text(encoding="utf-8") == render(), f"run: {made}"


def test_it_has_thirty_rows() -> None:
    numbers = re.findall(r"(?m)^\| ([0-9]+) \|", PAGE.read_text(encoding="utf-8"))
    assert numbers == [str(number) for number in range(1, 31)]
    assert len({technique.name for technique in TECHNIQUES}) == 30


@each
def test_its_specs_say_that_they_show_it_and_are_built_in_every_test_run(technique: Technique) -> None:
    for spec in technique.specs:
        assert technique.name in named(SPECS / spec / "README.md")
        assert spec in NAMES and spec in (*RECORDED, *LIVE)


@each
def test_its_proofs_are_tests_that_build_its_specs(technique: Technique) -> None:
    tree = ast.parse((HERE / technique.file).read_text(encoding="utf-8"))
    tests = {found.name for found in tree.body if isinstance(found, ast.FunctionDef)}
    assert {f"test_{proof}" for proof in technique.proofs} <= tests
    built = {found.value for found in ast.walk(tree) if isinstance(found, ast.Constant)}
    assert set(technique.specs) <= built


def test_every_proof_belongs_to_a_technique() -> None:
    told = {f"test_{proof}" for technique in TECHNIQUES for proof in technique.proofs}
    files = sorted({technique.file for technique in TECHNIQUES})
    bodies = [ast.parse((HERE / file).read_text(encoding="utf-8")).body for file in files]
    there = {found.name for body in bodies for found in body if isinstance(found, ast.FunctionDef)}
    assert {name for name in there if name.startswith("test_")} == told


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)]+)\)", render()))))
def test_every_link_leads_to_a_page_and_a_heading_that_are_there(link: str) -> None:
    path, _, heading = link.partition("#")
    target = (DOCS / path).resolve()
    assert target.is_file()
    if heading:
        headings = re.findall(r"(?m)^#+ (.+)$", target.read_text(encoding="utf-8"))
        assert heading in [anchor(found) for found in headings]


def anchor(heading: str) -> str:
    """As Markdown viewers name a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
