"""Hints between the words, folds, and what a selection grows by."""

from __future__ import annotations

from itertools import pairwise

from dsl.source import Span
from tests.completion.typed import PATH, Project, at_top, in_dataset, placed


def hinted(statement: str) -> str:
    """The statement with its hints in `‹ ›`."""
    text = in_dataset(statement)
    start = text.index(statement)
    made = statement
    hints = Project().analysis(text).hints(PATH, Span(PATH, start, start + len(statement)))
    for hint in reversed(hints):
        at = hint.offset - start
        made = f"{made[:at]}‹{hint.text}›{made[at:]}"
    return made


def test_inferred_types_stand_behind_the_names() -> None:
    assert hinted("let x = ticket.text") == "let x‹: str› = ticket.text"
    assert hinted("let x: str = ticket.text") == "let x: str = ticket.text"
    assert hinted("each other from tickets") == "each other‹: Ticket› from tickets"
    assert hinted("gen a: str = reply(t, reader) with writer for t in tickets.rows") == (
        "gen a: str = reply(‹ticket = ›t, reader) with writer for t‹: Ticket› in tickets.rows"
    )


def test_how_many_there_are_is_said_where_that_is_known() -> None:
    assert hinted("each n in 2..4") == "each n‹: int› in 2..4‹ × 3›"
    assert hinted("each n in 2..") == "each n‹: int› in 2.."
    assert hinted("draw few ~ tones.pick(1..2)") == "draw few‹: str[]› ~ tones.pick(1..2)‹ of 2›"


def test_arguments_that_say_nothing_themselves_are_named() -> None:
    assert hinted('gen a: str = reply(ticket, reader, "warm") with writer') == (
        'gen a: str = reply(ticket, reader, ‹tone = ›"warm") with writer'
    )
    assert hinted('let x = ticket.text.replace("a", "b")').count("‹") == 3


def folded(text: str) -> list[str]:
    return [text[fold.span.start : fold.span.end] for fold in Project().analysis(text).folds(PATH)]


def test_bodies_templates_imports_and_comments_fold_and_leave_what_closes_them() -> None:
    text = (
        'edition 1\nfrom "a.synth" import a\nfrom "b.synth" import b\n# one\n# two\nrecord R {\n  a: str\n}\n'
        'prompt p(r: R) """\n  hi\n  there\n"""\n'
    )
    assert folded(text) == ['\nfrom "b.synth" import b', "\n# two", "\n  a: str", "\n  hi\n  there"]


def test_the_arms_of_a_template_fold_up_to_the_tag_that_ends_them() -> None:
    text = (
        'prompt p(r: R) """\n  {% for x in r.xs %}\n  {% if x %}\n  yes\n  {% else %}\n  no\n  {% endif %}\n'
        "  {% endfor %}\n  {% raw %}\n  {% if %}\n  {% endraw %}\n  {% if r %}\n  open\n"
        '"""\n'
    )
    arms = [one for one in folded(text) if not one.startswith("\n  {% for")]
    assert arms == [
        "\n  {% if x %}\n  yes\n  {% else %}\n  no\n  {% endif %}",
        "\n  yes",
        "\n  no",
    ]


def test_half_a_file_folds_too() -> None:
    assert folded("edition 1\nrecord R {\n  a: str\n}\ndataset d {\n  let x = [\n    1,\n    2\n  ]\n") == [
        "\n  a: str",
        "\n    1,\n    2",
    ]


def test_a_selection_grows_from_the_word_to_the_file() -> None:
    text, offset = placed(in_dataset("gen a: str = reply(tick¦et, reader) with writer"))
    grown = [text[span.start : span.end] for span in Project().analysis(text).selections(PATH, offset)]
    assert grown[:5] == [
        "ticket",
        "ticket, reader",
        "(ticket, reader)",
        "reply(ticket, reader)",
        "gen a: str = reply(ticket, reader) with writer",
    ]
    assert grown[-1] == text
    assert all(inner in outer for inner, outer in pairwise(grown))


def test_a_selection_in_a_template_grows_by_its_hole_and_its_line() -> None:
    text, offset = placed(at_top('prompt a(x: Ticket) """\n  Say {{ x.te¦xt }} now.\n"""'))
    grown = [text[span.start : span.end] for span in Project().analysis(text).selections(PATH, offset)]
    assert grown[:4] == ["text", "x.text", "{{ x.text }}", "Say {{ x.text }} now."]
