"""Specs of the repository with one fault each: one message at most, and every question about them is answered."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import pytest

from dsl.incremental import Rereader
from dsl.parser import parse
from dsl.source import Source
from tests.completion.test_properties import (
    a_fault_is_at_most_one_message,
    mutant,
    reading_again_is_reading_whole,
    what_is_offered_is_known,
)
from tests.dsl.edits import edited
from tests.dsl.mutations import MUTATIONS
from tests.dsl.test_format_properties import holds
from tests.dsl.test_incremental import FILES, shown
from tests.properties.slices import for_seeds, in_slices

KINDS = tuple(MUTATIONS)
EDITS = 10


@pytest.mark.soak
@in_slices
def test_one_fault_is_one_message_at_most_and_every_question_is_answered(number: int, tried: Counter[str]) -> None:
    def check(seed: int) -> None:
        kind = KINDS[seed % len(KINDS)]
        text = mutant(kind, seed)
        a_fault_is_at_most_one_message(kind, seed)
        reading_again_is_reading_whole(kind, seed)
        what_is_offered_is_known(text, Random(seed))
        holds(text, seed)
        tried[f"one fault ({kind}): one message at most, read again as whole, completed"] += 1

    for_seeds(number, check)


@pytest.mark.soak
@in_slices
def test_after_any_edits_a_file_reads_as_the_first_time(number: int, tried: Counter[str]) -> None:
    def check(seed: int) -> None:
        if seed % EDITS == 0:
            _rereads(FILES[seed // EDITS % len(FILES)], seed, tried)

    for_seeds(number, check)


def _rereads(file: Path, seed: int, tried: Counter[str]) -> None:
    reader = Rereader()
    for after in edited(file.read_text(), Random(seed), EDITS):
        assert shown(reader.parse(Source("a.synth", after))) == shown(parse(Source("a.synth", after))), after
        tried["edited many times: read again as read whole"] += 1
