"""Every page's bad example has exactly the mistake it is about, and its good example has none."""

from __future__ import annotations

import re

import pytest

import dsl.diagnostics as diagnostics
from tests.compiler.front.project import check, codes

OURS = re.compile(r"E0[234]\d\d|E052\d|E060\d|E062\d|W0[24]\d\d")
PAGES = [code for code in diagnostics.codes() if OURS.fullmatch(code)]


def examples(code: str, section: str) -> list[str]:
    page = diagnostics.page(code)
    assert page is not None
    return [example.text for example in getattr(page, section) if example.language == "synth"]


@pytest.mark.parametrize("code", PAGES)
def test_the_bad_example_has_this_mistake_and_no_other_error(code: str) -> None:
    for text in examples(code, "bad"):
        found = codes(check(text))
        assert code in found, found
        assert {c for c in found if c.startswith("E")} <= {code}, found


@pytest.mark.parametrize("code", PAGES)
def test_the_good_example_has_neither_this_mistake_nor_an_error(code: str) -> None:
    for text in examples(code, "good"):
        analysis = check(text)
        assert analysis.ok, codes(analysis)
        assert code not in codes(analysis)
