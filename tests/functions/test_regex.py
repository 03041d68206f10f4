"""Patterns: what can be decoded under constraint keeps its meaning, in Python and in Rust; what cannot is refused."""

from __future__ import annotations

import re

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.functions import constraint_regex, regex_problem
from compiler.functions import library as fn

QUESTION = "(Why|How|What|When) [^?]{12,110}[?]"

DECODABLE = [
    QUESTION,
    r"^\d{4}-\d\d-\d\d$",
    r"(?P<year>[0-9]{4})(?:,|;)?",
    r"[\w.+-]+@[a-z]+[.](com|org)",
    r"a{,3}b{2,}c{1}",
    r".*?end",
    r"[[]x[]]",
    r"[]a]+",
    r"[^]a]+",
    r"[a&&b~]+",
    r"[-a]+[a-]",
    r"[\[\]\-\\]",
    r"\$\d+[.]\d\d",
    r"{not a repeat}",
    r"a|b|",
    r"\x41\u00e9[\t ]",
]


@pytest.mark.filterwarnings("ignore:Possible (nested set|set intersection)")
@pytest.mark.parametrize("pattern", DECODABLE)
@given(data=st.data())
def test_the_decoded_form_accepts_the_same_texts_in_python_and_in_rust(pattern: str, data: st.DataObject) -> None:
    decoded = constraint_regex(pattern)
    assert decoded is not None
    # Rust's regex engine, by way of a JSON schema's pattern: the syntax that engines decode under.
    rust = jsonschema_rs.validator_for({"pattern": f"^(?:{decoded})$"}, pattern_options=jsonschema_rs.RegexOptions())
    text = data.draw(st.from_regex(re.compile(pattern, re.ASCII), fullmatch=True) | st.text(alphabet="ab[]&~-x^ ?"))
    if text.isascii() and "\n" not in text:
        expected = fn.matches(text, pattern)
        assert (re.fullmatch(decoded, text) is not None) == expected
        assert rust.is_valid(text) == expected


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?=a)a",
        r"(?<!a)b",
        r"(a)\1",
        r"(?P<x>a)(?P=x)",
        r"\bword\b",
        r"(?i)abc",
        r"a++",
        r"(?>a)",
        r"a^b",
        r"^a|b$",
        r"\Aa\Z",
        r"(unclosed",
        r"\N{DASH}",
    ],
)
def test_what_an_engine_cannot_decode_is_refused(pattern: str) -> None:
    assert constraint_regex(pattern) is None


@given(st.text(alphabet="ab[](){}|*+?\\^$.-&d1,:<P>=!#"))
def test_no_pattern_makes_the_translation_raise(pattern: str) -> None:
    decoded = constraint_regex(pattern)
    assert decoded is None or regex_problem(decoded) is None
    fn.matches("ab", pattern)


def test_a_broken_pattern_says_what_is_wrong_and_where() -> None:
    assert regex_problem("ab(") == ("missing ), unterminated subpattern", 2)
    assert regex_problem(QUESTION) is None


def test_matches_means_the_whole_text() -> None:
    assert fn.matches("What happens to the rest of the loop?", QUESTION)
    assert not fn.matches("What happens to the rest of the loop? Yes", QUESTION)
    assert not fn.matches("anything", "(broken")


def test_find_gives_the_first_group_or_the_whole_match() -> None:
    assert fn.find("born 1815", "[0-9]+") == "1815"
    assert fn.find("born 1815", "born ([0-9]+)") == "1815"
    assert fn.find("born", "[0-9]+") is None
