"""The specs that ship with synth are read without a mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

import dsl
from dsl.parser import parse, read_source

STD = sorted((Path(dsl.__file__).parent / "std").glob("*.synth"))


@pytest.mark.parametrize("file", STD, ids=lambda f: f.name)
def test_standard_library_parses_without_a_mistake(file: Path) -> None:
    parsed = parse(read_source(file))
    assert parsed.diagnostics == ()
    assert len(parsed.file.declarations) >= 2
