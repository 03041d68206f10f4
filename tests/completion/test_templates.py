"""What is offered inside a template: `¦` marks the place."""

from __future__ import annotations

import pytest

from tests.completion.typed import Project, at_top, first, fitting, labels


def in_template(text: str) -> str:
    return at_top(f'prompt ask(ticket: Ticket, others: Ticket[], tone: str?) """\n  {text}\n"""')


FIELDS = "id text level topic"
FITS = {
    "Say {{ ticket.¦ }}": FIELDS,
    "Say {{ ticket.te¦ }} now": FIELDS,
    "Say {{ ticket.¦": FIELDS,
    "Say {{ ticket.¦ and more text": FIELDS,
    "Say {{ ticket.¦\n  and {{ tone }}": FIELDS,
    "{% if ticket.¦ %}x{% endif %}": FIELDS,
    "{% if ticket.¦": FIELDS,
    "{% for other in others %}{{ other.¦ }}{% endfor %}": FIELDS,
    "{% for other in others %}{{ other.¦": FIELDS,
    "{% for other in others %}{{ loop.¦ }}{% endfor %}": "index index0 first last length revindex",
    '{% if ticket.level == "¦" %}x{% endif %}': "low high",
    '{% if ticket.level == "lo¦': "low high",
    '{% if ticket.level == "¦ %}x{% endif %}': "low high",
    "{{ others.where(¦) }}": "id text level topic it",
    "@¦": "@system @user @assistant @chat @open @raw",
    "{% ¦ %}": "if elif else endif for endfor raw endraw",
    "{% i¦": "if elif else endif for endfor raw endraw",
}


@pytest.mark.parametrize("text", FITS)
def test_a_template_is_offered_what_fits_there(text: str) -> None:
    assert " ".join(fitting(in_template(text))) == FITS[text]


@pytest.mark.parametrize("text", ["{{ ¦ }}", "{{ ¦", "{% if ¦ %}", "{% for x in ¦", "@chat {{ ¦ }}", "{{ join(¦) }}"])
def test_the_parameters_come_first_and_prompts_never(text: str) -> None:
    assert first(in_template(text), 3) == ["ticket", "others", "tone"]
    assert not {"reply", "polite", "ask"} & labels(in_template(text))


@pytest.mark.parametrize("text", ["Say ¦", "mail me@¦", "{# a ¦ #}", "{% raw %} {{ ¦ }} {% endraw %}"])
def test_plain_text_and_comments_are_left_alone(text: str) -> None:
    assert labels(in_template(text)) == set()


def test_filters_are_those_of_the_value() -> None:
    assert {"upper", "default"} <= labels(in_template("{{ ticket.text | ¦ }}"))
    assert "join" in labels(in_template("{{ others | ¦ }}"))
    assert "upper" not in labels(in_template("{{ others | ¦ }}"))


def test_a_tag_comes_with_its_end() -> None:
    items = {item.label: item for item in Project().offers(in_template("{% ¦ %}")).items}
    assert items["for"].text == "for ${1:x} in ${2:xs} %}\n$0\n{% endfor"
