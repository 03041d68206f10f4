"""Specs of the repository with other space and further comments: formatted, they say what they said."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from random import Random

import pytest

from dsl.format import format_source
from dsl.lexer import NEWLINE, Lexer
from dsl.source import Source
from tests.dsl.test_format_properties import ROOT, SPECS, fingerprints, notes, shaken
from tests.properties.slices import for_seeds, in_slices

LONGEST = 9_000
FILES = [file for file in SPECS if file.stat().st_size < LONGEST]


def commented(source: Source, dice: Random) -> str:
    """With comments behind some lines and above others."""
    text = source.text
    for token in reversed([one for one in Lexer(source).tokens if one.type == NEWLINE]):
        chance = dice.random()
        if chance < 0.06 and "#" not in source.line(source.position(token.start).line):
            text = f"{text[: token.start]}  # note {token.start}{text[token.start :]}"
        elif chance < 0.1:
            text = f"{text[: token.end]}{' ' * dice.randint(0, 6)}# note {token.start}\n{text[token.end :]}"
    return text


@cache
def known(file: Path) -> tuple[Path, Source, list[tuple[str, str]]]:
    root = ROOT / "dsl" if file.parent.name == "std" else file.parent
    source = Source(str(file.relative_to(root)), file.read_text())
    return root, source, fingerprints(source, root)


@pytest.mark.soak
@in_slices
def test_no_comment_is_lost_and_no_fingerprint_changes(number: int, tried: Counter[str]) -> None:
    def check(seed: int) -> None:
        dice = Random(seed)
        root, source, before = known(dice.choice(FILES))
        loose = Source(source.path, shaken(Source(source.path, commented(source, dice)), dice))
        made = Source(source.path, format_source(loose))
        assert notes(made) == notes(loose)
        assert format_source(made) == made.text
        assert fingerprints(made, root) == before
        tried["other space and comments: formatted, no comment lost, same fingerprints"] += 1

    for_seeds(number, check)
