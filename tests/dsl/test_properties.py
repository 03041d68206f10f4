"""What holds for every text: the parser never raises, places are real, and formatting changes nothing but space."""

from __future__ import annotations

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from dsl.diagnostics import codes, render
from dsl.dump import dump_tree
from dsl.format import format_source
from dsl.parser import parse, read_source
from dsl.source import Source
from tests.dsl.specs import DEBRIS, damaged, specs

FAST = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))


def holds_for_any_text(text: str) -> None:
    source = Source("a.synth", text)
    parsed = parse(source)
    assert parsed.diagnostics or not (parsed.file.broken or parsed.file.lost), "what is left out is told"
    for diagnostic in parsed.diagnostics:
        assert diagnostic.code in codes()
        assert diagnostic.span is not None
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text)
    assert render(parsed.diagnostics, {source.path: source}.get).count("\n = help") >= 0
    dump_tree(parsed.file)


def formatting_keeps_the_meaning(text: str) -> None:
    source = Source("a.synth", text)
    parsed = parse(source)
    assume(not parsed.diagnostics)
    made = format_source(source)
    again = Source("a.synth", made)
    assert dump_tree(parse(again).file) == dump_tree(parsed.file)
    assert format_source(again) == made


@FAST
@given(damaged())
def test_damaged_specs_never_raise(text: str) -> None:
    holds_for_any_text(text)


@FAST
@given(st.lists(st.one_of(st.sampled_from(DEBRIS), st.text(max_size=5)), max_size=40).map("".join))
def test_rubbish_never_raises(text: str) -> None:
    holds_for_any_text(text)


@FAST
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_with_a_message(data: bytes) -> None:
    from dsl.diagnostics import SynthError

    try:
        source = read_source(data)
    except SynthError as error:
        assert [d.code for d in error.diagnostics] == ["E0112"]
    else:
        holds_for_any_text(source.text)


@FAST
@given(specs)
def test_specs_made_from_the_grammar_parse(text: str) -> None:
    assert parse(Source("a.synth", text)).diagnostics == ()


@FAST
@given(specs)
def test_formatting_a_generated_spec_keeps_its_meaning(text: str) -> None:
    formatting_keeps_the_meaning(text)


@settings(FAST, max_examples=15)
@given(damaged())
def test_formatting_a_damaged_example_keeps_its_meaning(text: str) -> None:
    formatting_keeps_the_meaning(text)
