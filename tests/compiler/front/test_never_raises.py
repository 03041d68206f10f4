"""Whatever a hand can do to a spec, checking it gives messages and never a traceback."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compiler.catalog import library_files
from tests.compiler.front.project import check
from tests.compiler.front.test_cases import CASES

ROOT = Path(__file__).parents[3]
SPECS = [
    (ROOT / "specs" / "python_qa.synth").read_text(encoding="utf-8"),
    *((ROOT / "dsl" / path).read_text(encoding="utf-8") for path in library_files()),
    *(text for _, text in CASES),
]
_TOKEN = re.compile(r'"""|"[^"\n]*"|\w+|\s+|.')
TOKENS = [_TOKEN.findall(spec) for spec in SPECS]
WORDS = sorted({token for tokens in TOKENS for token in tokens if not token.isspace()})


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A spec with a few tokens taken out, doubled, swapped with others of the file, or replaced by any word."""
    tokens = list(draw(st.sampled_from(TOKENS)))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(tokens) - 1))
        other = draw(st.integers(0, len(tokens) - 1))
        word = draw(st.sampled_from(WORDS))
        tokens[place] = draw(st.sampled_from(["", tokens[place] * 2, tokens[other], word]))
    return "".join(tokens)


@given(damaged())
@settings(max_examples=60, deadline=None)
def test_damaged_specs_give_messages(text: str) -> None:
    for diagnostic in check(text).diagnostics:
        assert diagnostic.message and diagnostic.code


@pytest.mark.soak
@given(damaged())
@settings(max_examples=20_000, deadline=None)
def test_damaged_specs_give_messages_at_length(text: str) -> None:
    check(text)
