"""Which call stands around a place, and which of its parameters is being given: `¦` marks the place."""

from __future__ import annotations

import pytest

from tests.completion.typed import PATH, Project, at_top, in_dataset, placed

ACTIVE = {
    "gen a: str = reply(¦": "ticket: Ticket",
    "gen a: str = reply(ticket, ¦) with writer": "reader: Persona",
    "gen a: str = reply(ticket, reader, tone = ¦": 'tone: str = "calm"',
    "gen a: str = reply(tone = ¦": 'tone: str = "calm"',
    'gen a: str = reply(ticket, reader, "ca¦lm")': 'tone: str = "calm"',
    "filter polite(ticket.text¦)": "text: str",
    "filter len(ticket.text.upper(¦)) > 3": None,
    "let x = tickets.rows.top(3, ¦": "by: each any = it",
    "let x = tickets.rows.top(len(¦": "value: str | any[]",
    "let x = round(1.5¦)": "number: float",
    "let x = round(1.5, ¦)": "digits: int = 0",
    "draw x ~ int(¦": "range: any",
    "draw x ~ tones.pick(¦": "k: any",
    "run x = python(ticket.text, ¦": "input?",
    "dedup ticket.text by minhash(¦": "at: float",
    "audit mean(¦": "value: each float",
}


@pytest.mark.parametrize("statement", ACTIVE)
def test_the_parameter_that_is_being_given(statement: str) -> None:
    text, offset = placed(in_dataset(statement))
    found = Project().analysis(text).signature(PATH, offset)
    assert found is not None
    assert (found.params[found.active].label if found.active is not None else None) == ACTIVE[statement]
    assert all(param.label in found.label for param in found.params)


def test_a_prompts_signature_is_as_it_was_written_with_its_doc() -> None:
    text, offset = placed(in_dataset("gen a: str = reply(¦"))
    found = Project().analysis(text).signature(PATH, offset)
    assert found is not None
    assert found.label == 'reply(ticket: Ticket, reader: Persona, tone: str = "calm")'
    assert found.doc == "Asks for an answer."


def test_a_hole_of_a_template_has_signatures_too() -> None:
    text, offset = placed(at_top('prompt a(x: str) """\n  {{ truncate(x, ¦) }}\n"""'))
    found = Project().analysis(text).signature(PATH, offset)
    assert found is not None
    assert found.label.startswith("truncate(") and found.active == 1


@pytest.mark.parametrize("statement", ["let x = (¦", "let x = [¦]", "¦", "gen a: str = reply(ticket, reader) ¦"])
def test_outside_of_a_call_there_is_none(statement: str) -> None:
    text, offset = placed(in_dataset(statement))
    assert Project().analysis(text).signature(PATH, offset) is None
