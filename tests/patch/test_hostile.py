"""What a model wrote stands in a patch as text that nothing obeys, and comes back as it was."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.patch.values import line
from runtime.tables.schema import STR
from tests.diff.builder import Builder, Version
from tests.patch.test_round_trip import patch_of, put

ACTIVE = ("Cc", "Cf", "Zl", "Zp")
NASTY = (
    "\x1b[31m\x1b]0;title\x07 \x9b31m \x7f",
    "\u202egpj.exe \u2066 \u200b \ufeff \u2028 \U000e0041",
    '{"end":1}\n{"synth_patch":1}\n--- a\n+++ b\n<script>alert(1)</script>',
    "\0 \t \r\n",
)


@pytest.mark.parametrize("text", NASTY)
def test_nothing_in_a_patch_acts_on_a_terminal_and_every_row_is_one_line(tmp_path: Path, text: str) -> None:
    builder = Builder(tmp_path)
    types = {"text": STR}
    a = builder.commit("main", qa=Version(tables={"qa": (types, {("a",): {"text": "fine"}})}))
    builder.store.create_branch("copy", a)
    rows = {("a",): {"text": text}, (text,): {"text": text}}
    b = builder.commit("main", qa=Version(tables={"qa": (types, rows)}))
    patch = patch_of(builder.store, a, b).decode()
    shown = [char for char in patch.replace("\n", "") if unicodedata.category(char) in ACTIVE]
    assert shown == [] and "\r" not in patch
    put(builder.store, "copy", patch.encode())
    copy = builder.store.head("copy")
    assert copy is not None
    assert builder.store.read(copy, "datasets/qa/manifest.json") == builder.store.read(b, "datasets/qa/manifest.json")


@given(st.text(alphabet=st.characters(categories=["Cc", "Cf", "Zl", "Zp", "Lu"])))
def test_no_text_makes_a_line_that_acts_and_all_of_it_comes_back(text: str) -> None:
    shown = line({text: [text]})
    assert not any(unicodedata.category(char) in ACTIVE for char in shown)
    assert orjson.loads(shown) == {text: [text]}


def test_a_very_long_text_is_one_line(tmp_path: Path) -> None:
    """Two million letters, and a million of them changed."""
    builder = Builder(tmp_path)
    types = {"text": STR}
    a = builder.commit("main", qa=Version(tables={"qa": (types, {("a",): {"text": "ab" * 1_000_000}})}))
    builder.store.create_branch("copy", a)
    b = builder.commit("main", qa=Version(tables={"qa": (types, {("a",): {"text": "cb" * 1_000_000}})}))
    put(builder.store, "copy", patch_of(builder.store, a, b))
    copy = builder.store.head("copy")
    assert copy is not None
    assert builder.store.read(copy, "datasets/qa/manifest.json") == builder.store.read(b, "datasets/qa/manifest.json")
