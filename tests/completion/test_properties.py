"""Specs that were generated, and specs of the repository with one fault in them: what holds for all of them."""

from __future__ import annotations

from functools import cache
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compiler.analysis import analyse
from compiler.catalog import MemoryCatalog
from compiler.queries.completion.model import Item
from dsl.diagnostics import Diagnostic
from dsl.incremental import Rereader
from dsl.parser import Parsed, parse
from dsl.source import Source, Span
from tests.dsl.mutations import MUTATIONS, corpus, is_syntax
from tests.dsl.specs import specs

PATH = "a.synth"
LONGEST = 9_000
UNIT = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
mutated = st.tuples(st.sampled_from(sorted(MUTATIONS)), st.integers(0, 10**9))
NAMES = frozenset({"param", "const", "enum", "record", "input", "personas", "prompt", "judge", "value", "argument"})
UNKNOWN = frozenset({"E0201", "E0204", "E0207", "E0308", "E0309", "E0312", "E0426"})


def one(seed: int) -> str:
    return Random(seed).choice([text for text in corpus() if len(text) < LONGEST])


def mutant(kind: str, seed: int) -> str:
    return MUTATIONS[kind](one(seed), Random(seed))


def syntax(found: tuple[Diagnostic, ...]) -> list[Diagnostic]:
    return [diagnostic for diagnostic in found if is_syntax(diagnostic.code)]


def a_fault_is_at_most_one_message(kind: str, seed: int) -> None:
    parsed = parse(Source(PATH, mutant(kind, seed)))
    found = syntax(parsed.diagnostics)
    assert len(found) <= 1, found
    assert found or not (parsed.file.broken or parsed.file.lost), "what is left out is told"


@cache
def _whole(text: str) -> Parsed:
    return parse(Source(PATH, text))


def reading_again_is_reading_whole(kind: str, seed: int) -> None:
    text = one(seed)
    reader = Rereader()
    typed = mutant(kind, seed)
    for state, whole in ((text, _whole(text)), (typed, parse(Source(PATH, typed))), (text, _whole(text))):
        again = reader.parse(Source(PATH, state))
        assert again.diagnostics == whole.diagnostics
        assert (again.file.broken, again.file.lost) == (whole.file.broken, whole.file.lost)
        spans = [[declaration.span for declaration in one.file.declarations] for one in (again, whole)]
        assert spans[0] == spans[1]


def what_is_offered_is_known(text: str, random: Random) -> None:
    """Every question is answered anywhere; a name that is offered is, once inserted, no unknown name there."""
    catalog = MemoryCatalog({PATH: text})
    analysis = analyse(PATH, catalog)
    offset = random.randrange(len(text) + 1)
    offered = analysis.completions(PATH, offset)
    analysis.signature(PATH, offset)
    analysis.selections(PATH, offset)
    analysis.folds(PATH)
    analysis.hints(PATH, Span(PATH, 0, len(text)))
    names = [item for item in offered.items if item.sort in NAMES and not item.edits]
    if names:
        _is_known(text, offered.span, random.choice(names))


def _is_known(text: str, span: Span, item: Item) -> None:
    made = text[: span.start] + item.label + text[span.end :]
    place = Span(PATH, span.start, span.start + len(item.label))
    found = analyse(PATH, MemoryCatalog({PATH: made})).diagnostics
    assert not [one for one in found if one.code in UNKNOWN and one.span == place], (
        made[: place.start][-80:],
        item.label,
    )


@UNIT
@given(mutated)
def test_a_fault_is_at_most_one_message(drawn: tuple[str, int]) -> None:
    a_fault_is_at_most_one_message(*drawn)


@UNIT
@given(mutated)
def test_reading_again_what_was_edited_is_reading_the_whole(drawn: tuple[str, int]) -> None:
    reading_again_is_reading_whole(*drawn)


@UNIT
@given(mutated)
def test_in_a_spec_with_a_fault_what_is_offered_is_known(drawn: tuple[str, int]) -> None:
    kind, seed = drawn
    what_is_offered_is_known(mutant(kind, seed), Random(seed))


@UNIT
@given(specs, st.integers(0, 10**9))
def test_in_a_generated_spec_what_is_offered_is_known(text: str, seed: int) -> None:
    what_is_offered_is_known(text, Random(seed))
