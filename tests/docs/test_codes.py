"""Codes that the sources mention, pages about them and tests that see them: none without the others."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import dsl.diagnostics as diagnostics
from dsl.diagnostics import Page, render
from tests.docs import error_index
from tests.docs.specs import check

ROOT = Path(__file__).parents[2]
INDEX = ROOT / "docs" / "errors.md"
_CODE = re.compile(r"\b[EW]\d{4}\b")
_LITERAL = re.compile(r'"([EW]\d{4}|L\d{3})"')
PAGES = [page for code in diagnostics.codes() if (page := diagnostics.page(code)) is not None]
FROM_A_SPEC = [page for page in PAGES if error_index.origin(page) == "spec"]


def _mentioned(pattern: re.Pattern[str], *folders: str) -> set[str]:
    files = [file for folder in folders for kind in ("*.py", "*.md") for file in (ROOT / folder).rglob(kind)]
    lists = ("test_codes.py", "error_index.py")
    return {
        code for file in files if file.name not in lists for code in pattern.findall(file.read_text(encoding="utf-8"))
    }


def raised() -> set[str]:
    return {
        code
        for folder in ("dsl", "compiler", "runtime")
        for file in (ROOT / folder).rglob("*.py")
        for code in _LITERAL.findall(file.read_text(encoding="utf-8"))
    }


def whole(text: str) -> str:
    """Pages about syntax show a declaration alone."""
    return text if "edition" in text else f"edition 1\n{text}"


def test_every_code_that_is_raised_has_a_page_and_every_page_a_code() -> None:
    assert raised() == set(diagnostics.codes())


def test_every_code_is_of_a_known_family() -> None:
    codes = (page.code for page in PAGES if error_index.origin(page) != "lint")
    assert {code[1:3] for code in codes} <= set(error_index.FAMILIES)


def test_every_code_is_seen_by_a_test() -> None:
    by_example = {page.code for page in PAGES if error_index.origin(page) in ("spec", "lint")}
    assert set(diagnostics.codes()) - by_example - _mentioned(_CODE, "tests") == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.code)
def test_a_page_has_a_bad_and_a_good_example_and_short_titles(page: Page) -> None:
    assert page.bad and page.good and page.text
    assert len(page.title) <= 50 and not page.title.endswith(".")


@pytest.mark.parametrize("page", FROM_A_SPEC, ids=lambda page: page.code)
def test_every_bad_spec_shows_its_code_and_every_good_one_has_no_error(page: Page) -> None:
    for example in page.bad:
        if example.language == "synth":
            assert page.code in {d.code for d in check(example.text).diagnostics}
    for example in page.good:
        if example.language == "synth":
            analysis = check(whole(example.text), upto="plan")
            codes = {d.code for d in analysis.diagnostics}
            assert page.code not in codes
            assert not [code for code in codes if code.startswith("E")], render(analysis.diagnostics, analysis.source)


def test_the_index_of_messages_is_current(pytestconfig: pytest.Config) -> None:
    if pytestconfig.getoption("update_golden"):
        INDEX.write_text(error_index.render(), encoding="utf-8")
    assert INDEX.read_text(encoding="utf-8") == error_index.render()
