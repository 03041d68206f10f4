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
from tests.lint.cases import CASES, by_line, marked, told

PAGES = [page for code in CODES if (page := diagnostics.page(code)) is not None]


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
    assert [page.code for page in PAGES] == list(CODES)
    assert {diagnostics.Diagnostic(code, "").severity for code in CODES} == {Severity.WARNING}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.code)
def test_a_page_shows_what_is_told_and_what_is_not(page: Page) -> None:
    for example in page.bad:
        assert page.code in {one.code for one in told(Source("spec.synth", example.text))}
    for example in page.good:
        analysis = check(example.text, upto="plan")
        assert not analysis.errors, render(analysis.errors, analysis.source)
        assert page.code not in {one.code for one in told(Source("spec.synth", example.text))}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_spec_that_is_half_typed_is_looked_at_all_the_same(case: Path) -> None:
    """Cut at each line end and within lines: no rule stumbles over what is not there."""
    text = case.read_text()
    for end in range(0, len(text), 37):
        told(Source("spec.synth", text[:end]))
        told(Source("spec.synth", text[:end] + text[end + 11 :]))
