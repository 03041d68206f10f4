"""Names by what they mean: each token of a spec, with its kind and modifiers."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from compiler.analysis import analyse
from compiler.queries.semantic import KINDS, MODIFIERS
from runtime.sources.catalog import ProjectCatalog
from tests.queries.marked import marked

SPECS = sorted((Path(__file__).parents[2] / "specs").glob("[a-z]*/[a-z]*.synth"))

SPEC = '''
enum Mood { calm, angry }
prompt ask(mood: Mood) """
  {% if mood == "calm" %}{{ mood | upper }}{% endif %}
"""
dataset notes {
  each mood in Mood
  gen note: str = ask(mood = mood) with writer
  let unread = note.words()
  emit { note = note, sure = note.logprob }
}
'''

TOKENS = """
Mood enum declaration readonly
calm enumMember declaration readonly
angry enumMember declaration readonly
ask function declaration
mood parameter declaration
Mood enum readonly
mood parameter
calm enumMember readonly
mood parameter
upper method defaultLibrary
notes variable declaration
mood variable declaration
Mood enum readonly
note variable declaration
str type defaultLibrary
ask function
mood parameter
mood variable
writer namespace
unread variable declaration unused
note variable
words method defaultLibrary
note property declaration
note variable
sure property declaration
note variable
logprob property defaultLibrary
"""


def test_every_name_has_its_kind_inside_templates_too() -> None:
    case = marked(SPEC)
    text = case.files["main.synth"]
    found = case.analyse().semantic("main.synth")
    shown = [f"{text[t.span.start : t.span.end]} {t.kind} {' '.join(sorted(t.modifiers))}".strip() for t in found]
    assert shown == TOKENS.strip().splitlines()


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.stem)
def test_tokens_of_a_real_spec_stand_in_order_and_do_not_overlap(spec: Path) -> None:
    found = analyse(spec.name, ProjectCatalog(spec.parent)).semantic(spec.name)
    assert all(one.span.end <= two.span.start for one, two in pairwise(found))
    assert {token.kind for token in found} <= set(KINDS)
    assert {name for token in found for name in token.modifiers} <= set(MODIFIERS)
