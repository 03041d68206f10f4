"""Patterns: what is read, written and made up agrees with Python's own `re`."""

from __future__ import annotations

import re
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.engines.patterns import UnsupportedPattern, decoder_text, parse
from runtime.engines.samples import of_pattern

ATOMS = st.sampled_from(
    ["a", "Z", "é", r"\.", r"\d", r"\w", r"\s", ".", "[a-z]", "[^?\n]", r"[\w-]", "[^a-y]", "(?:ab|c)", "-", "/", r"\S"]
)
COUNTS = st.sampled_from(["", "?", "*", "+", "{2}", "{1,3}", "{2,}", "*?"])


def patterns() -> st.SearchStrategy[str]:
    parts = st.builds(lambda atom, count: f"(?:{atom}){count}", ATOMS, COUNTS)
    joined = st.lists(parts, min_size=1, max_size=4).map("".join)
    return st.lists(joined, min_size=1, max_size=3).map("|".join)


@given(patterns(), st.integers(0, 2**32))
def test_a_made_up_text_matches_its_pattern_from_end_to_end(pattern: str, seed: int) -> None:
    assert re.fullmatch(pattern, of_pattern(Random(seed), parse(pattern)))


@given(patterns(), st.integers(0, 2**32))
def test_what_is_written_for_decoders_matches_only_what_the_pattern_does(pattern: str, seed: int) -> None:
    written = decoder_text(pattern)
    assert re.fullmatch(pattern, of_pattern(Random(seed), parse(written)))
    assert re.fullmatch(written, of_pattern(Random(seed), parse(pattern)))


@given(patterns())
def test_writing_is_stable(pattern: str) -> None:
    written = decoder_text(pattern)
    assert decoder_text(written) == written


@pytest.mark.parametrize(
    ("pattern", "written"),
    [
        ("(Why|How) [^?]{12,110}[?]", r"(?:Why|How) [^\?]{12,110}\?"),
        (r"^\d+$", "[0-9]{1,}"),
        (r"\A(?:ab|c)\Z", "(?:ab|c)"),
        ("(?s).", r"[\s\S]"),
        (".", r"[^\x0a]"),
        ("a/b", r"a\/b"),
        ("", ""),
    ],
)
def test_patterns_as_decoders_read_them(pattern: str, written: str) -> None:
    assert decoder_text(pattern) == written


@pytest.mark.parametrize(
    "pattern",
    ["(?=a)b", r"(a)\1", r"\bfoo", "a$b", "(", "(?i)a", "a(?>b)", "(?<!x)y", "x{3,2}", "a(?i:b)", "a" * 3 + "++"],
)
def test_what_no_decoder_follows_is_refused(pattern: str) -> None:
    with pytest.raises(UnsupportedPattern):
        decoder_text(pattern)
