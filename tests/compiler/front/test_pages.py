"""Every page's bad example has exactly the mistake it is about, and its good example has none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import dsl.diagnostics as diagnostics
from compiler import analysis, passes
from tests.compiler.front.project import check, codes

PASSES = Path(passes.__file__).parent
_CODE = re.compile(r'"([EW]\d{4})"')


def reported() -> list[str]:
    """The codes that the checking passes report, as they stand in their source."""
    files = (Path(analysis.__file__), PASSES / "load.py", *PASSES.glob("names/*.py"), *PASSES.glob("types/*.py"))
    return sorted({code for file in files for code in _CODE.findall(file.read_text(encoding="utf-8"))})


CODES = reported()
PAGES = [code for code in CODES if code not in ("E0211", "E0720")]
"""Neither a chain of hundreds (E0211) nor the command line (E0720) is an example of a spec: see test_analysis."""


@pytest.mark.parametrize("code", CODES)
def test_every_mistake_has_a_page(code: str) -> None:
    assert diagnostics.page(code) is not None


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
        checked = check(text)
        assert checked.ok, codes(checked)
        assert code not in codes(checked)
