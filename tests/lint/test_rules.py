"""The rules: each tells what its cases mark and nothing else, its page is right, and its fix mends what it tells."""

from __future__ import annotations

from pathlib import Path

import pytest

import dsl.diagnostics as diagnostics
from compiler.lint.rules import CODES
from dsl.diagnostics import Page, Severity, render
from dsl.diagnostics.fixing import mend
from dsl.source import Source
from tests.docs.specs import check
from tests.lint import page
from tests.lint.cases import CASES, by_line, marked, told

INDEX = Path(__file__).parents[2] / "docs" / "lint.md"
PAGES = [found for code in CODES if (found := diagnostics.page(code)) is not None]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}-{case.stem}")
def test_a_case_has_the_remarks_it_marks_and_no_other(case: Path) -> None:
    source = Source("spec.synth", case.read_text())
    shown = render(told(source), {source.path: source}.get)
    assert check(source.text, upto="plan").errors == (), render(
        check(source.text, upto="plan").errors, lambda _: source
    )
    assert by_line(source) == marked(source), shown


@pytest.mark.parametrize("case", [case for case in CASES if case.with_suffix(".fixed").exists()], ids=lambda c: c.stem)
def test_fixing_leaves_nothing_that_can_be_fixed(case: Path) -> None:
    done = mend(Source("spec.synth", case.read_text()), told, unsafe=True)
    assert done.text == case.with_suffix(".fixed").read_text()
    assert check(done.text, upto="plan").errors == ()
    assert [one for one in told(Source("spec.synth", done.text)) if one.fixes] == []


def test_every_rule_has_a_page_and_is_a_warning() -> None:
    assert [about.code for about in PAGES] == list(CODES)
    assert {diagnostics.Diagnostic(code, "").severity for code in CODES} == {Severity.WARNING}


@pytest.mark.parametrize("about", PAGES, ids=lambda page: page.code)
def test_a_page_shows_what_is_told_and_what_is_not(about: Page) -> None:
    for example in about.bad:
        assert about.code in {one.code for one in told(Source("spec.synth", example.text))}
    for example in about.good:
        analysis = check(example.text, upto="plan")
        assert not analysis.errors, render(analysis.errors, analysis.source)
        assert about.code not in {one.code for one in told(Source("spec.synth", example.text))}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_spec_that_is_half_typed_is_looked_at_all_the_same(case: Path) -> None:
    """Cut at each line end and within lines: no rule stumbles over what is not there."""
    text = case.read_text()
    for end in range(0, len(text), 37):
        told(Source("spec.synth", text[:end]))
        told(Source("spec.synth", text[:end] + text[end + 11 :]))


def test_the_page_of_rules_is_current(pytestconfig: pytest.Config) -> None:
    if pytestconfig.getoption("update_golden"):
        INDEX.write_text(page.render(), encoding="utf-8")
    assert INDEX.read_text(encoding="utf-8") == page.render()


@pytest.mark.parametrize("about", PAGES, ids=lambda page: page.code)
def test_the_page_says_of_each_rule_whether_it_has_a_fix(about: Page) -> None:
    found = [one for example in about.bad for one in told(Source("spec.synth", example.text)) if one.code == about.code]
    safe = {fix.safe for one in found for fix in one.fixes}
    assert page.FIXED.get(about.code) == {True: "yes", False: "`--unsafe-fixes`", None: None}[next(iter(safe), None)]
