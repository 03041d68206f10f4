"""What is offered inside a dataset, a test, a record: `¦` marks the place."""

from __future__ import annotations

import pytest

from tests.completion.typed import Project, at_top, first, fitting, in_dataset, labels

STATEMENTS = "each draw let gen run require filter dedup decontaminate flag select loop emit audit"
SAMPLING = "temperature top_p top_k min_p max_tokens stop frequency_penalty presence_penalty repetition_penalty"
FIELDS = "id text level topic"
FITS = {
    "¦": STATEMENTS,
    "fil¦": STATEMENTS,
    "each other from ¦": "tickets readers",
    "gen answer: str = ¦": "reply",
    "gen answer: str = reply(¦": "ticket",
    "gen answer: str = reply(ticket, ¦": "reader",
    "gen answer: str = reply(ticket, reader) with ¦": "writer",
    "gen answer: str = reply(ticket, reader) with writer { top_¦ }": f"{SAMPLING} attempts salt",
    "run made = ¦": "python pytest sql command",
    "run made = python(ticket.text) { ¦": "timeout memory",
    "dedup ticket.text by ¦": "exact minhash meaning",
    "decontaminate ticket.text against tickets.rows.map(text) by ¦": "ngram exact minhash meaning",
    "require polite(ticket.text) else ¦": "",
    "filter ¦": "polite",
    "filter not ¦": "polite",
    "let x = ticket.¦": FIELDS,
    "let x = ticket.te¦": FIELDS,
    "filter ticket.¦ == 3": FIELDS,
    "gen answer: str = reply(ticket.¦) with writer": FIELDS,
    "let x = Level.¦": "low high",
    "draw x ~ readers.¦": "rows pick",
    "draw x ~ tones.¦": "pick",
    "filter ticket.level == ¦": "Level.low Level.high",
    'filter ticket.level == "¦"': "low high",
    'filter ticket.level == "lo¦': "low high",
    "let x = tickets.rows.where(¦)": "id text level topic it",
    "let x = tickets.rows.where(te¦ == 3)": "id text level topic it",
    "let x = tickets.rows.where(it.¦)": FIELDS,
    "let x = tickets.rows.first.¦": FIELDS,
    "draw m ~ [¦": "writer",
    "draw m ~ [writer, ¦]": "writer",
    'draw m ~ if ticket.level == "low" then ¦': "writer int uniform normal",
    "emit ¦ { }": "sft chat dpo kto",
    "emit dpo as pairs { ¦": "prompt chosen rejected",
    "emit dpo as pairs { chosen = ticket.text, ¦ }": "prompt rejected",
    "loop i in 1..2 carry facts: str[] = [] {\n    next ¦\n  }": "facts",
    "loop i in 1..2 {\n    ¦\n  }": "draw let gen run require filter next until",
}


@pytest.mark.parametrize("statement", FITS)
def test_a_statement_is_offered_what_fits_there(statement: str) -> None:
    assert " ".join(fitting(in_dataset(statement))) == FITS[statement]


TOP = {
    "¦": "edition from param const enum record input personas criteria model prompt judge dataset mix test",
    'from "std/claims.synth" import ¦': "Claim atomic_claims supported_by",
    'from "std/claims.synth" import Claim, ¦': "atomic_claims supported_by",
    'input more: Ticket = jsonl("tickets.jsonl") { key = ¦': "id text level priority",
    "judge calm(t: str) -> ¦": "bool points score",
    'judge calm(t: str) -> bool by ask """x""" { accuracy = 90%, ¦ }': "threshold within gold",
    "model second { ¦": SAMPLING,
    "const level = Level.¦": "low high",
    "dataset a {\n  ¦": STATEMENTS,
    'dataset a { each t from tickets\n emit { a = t.id } }\ntest "x" of ¦': "a",
    'dataset a { each t from tickets\n emit { a = t.id } }\ntest "x" of a {\n  ¦\n}': "given mock expect",
    'dataset a { each t from tickets\n emit { a = t.id } }\ntest "x" of a {\n  given ¦\n}': "t",
    'dataset a { each t from tickets\n emit { a = t.id } }\ntest "x" of a {\n  mock ¦\n}': "polite",
    'dataset a { each t from tickets\n emit { a = t.id } }\ntest "x" { given t = { id: "1", ¦ } }': "text level topic",
    "dataset a { each t from tickets\n emit { a = t.id } }\nmix both { ¦": "tickets a",
}


@pytest.mark.parametrize("declaration", TOP)
def test_a_declaration_is_offered_what_fits_there(declaration: str) -> None:
    assert " ".join(fitting(at_top(declaration))) == TOP[declaration]


@pytest.mark.parametrize(
    ("declaration", "offered"),
    [
        ("param level: ¦", ["Ticket", "Level", "str", "int"]),
        ("param level: Lev¦ = 3", ["Level", "Ticket", "str", "int"]),
        ("prompt a(x: ¦", ["Ticket", "Level", "str", "int"]),
        ("record R { a: Ticket[], b: ¦", ["Ticket", "Level", "str", "int"]),
        ("input more: Ticket = ¦", ["tickets", "readers", "jsonl", "json"]),
    ],
)
def test_types_and_sources_of_the_file_come_before_built_in_ones(declaration: str, offered: list[str]) -> None:
    assert set(first(at_top(declaration), 4)) == set(offered)


@pytest.mark.parametrize("statement", ["require ticket.text ¦", "gen answer: str ¦", "each x ¦", "loop i ¦", "let x ¦"])
def test_where_no_name_can_stand_only_words_are_offered(statement: str) -> None:
    words = {"require ticket.text ¦": {"in", "not", "and", "or", "else"}, "gen answer: str ¦": {"with"}}
    words |= {"each x ¦": {"from", "in"}, "loop i ¦": {"in"}, "let x ¦": set()}
    assert labels(in_dataset(statement)) == words[statement]


@pytest.mark.parametrize("nowhere", ["# let x = ¦", "let x = 1¦", "let ¦ = 3", "gen ¦", 'let x = "a ¦ b"'])
def test_comments_numbers_texts_and_new_names_are_left_alone(nowhere: str) -> None:
    assert labels(in_dataset(nowhere)) == set()


def test_what_is_declared_further_down_and_the_name_itself_are_not_offered() -> None:
    offered = labels(in_dataset("let one = ¦\n  let two = 2"))
    assert "ticket" in offered
    assert not {"one", "two", "answers"} & offered


def test_roles_of_the_profile_and_those_that_others_ask_follow_the_declared_ones() -> None:
    statement = 'gen a: str with small """x"""\n  gen answer: str = reply(ticket, reader) with ¦'
    assert first(in_dataset(statement), 5, Project(bound={"large": "Qwen3-32B"})) == [
        "writer",
        "large",
        "critic",
        "small",
    ]


def test_columns_of_an_emit_are_offered_with_the_value_of_their_name() -> None:
    items = Project().offers(in_dataset("let short = ticket.text\n  emit as more { ¦ }")).items
    assert [(item.label, item.text) for item in items] == [
        ("reader", "reader = reader"),
        ("tone", "tone = tone"),
        ("short", "short = short"),
    ]


def test_measures_are_offered_in_an_audit_and_nowhere_else() -> None:
    assert {"kept", "attempted", "mean", "text"} <= labels(in_dataset("audit ¦"))
    assert not {"kept", "attempted", "mean"} & labels(in_dataset("filter ¦"))


def test_draws_are_offered_behind_a_tilde_and_nowhere_else() -> None:
    assert {"tickets", "readers", "tones", "int"} <= set(fitting(in_dataset("draw x ~ ¦")))
    assert {"normal", "uniform", "weighted"} <= labels(in_dataset("draw x ~ ¦"))
    assert not {"normal", "uniform", "weighted"} & labels(in_dataset("let x = ¦"))


def test_arguments_that_can_be_named_are_those_not_given_yet() -> None:
    assert {"tone ="} == {one for one in labels(in_dataset("gen a: str = reply(ticket, reader, ¦)")) if one[-1] == "="}
    assert {"by ="} == {one for one in labels(in_dataset("let x = tickets.rows.top(3, ¦)")) if one[-1] == "="}


def test_gold_cases_are_offered_the_readers() -> None:
    judge = 'judge calm(t: str) -> bool by critic """\nCalm? {{ t }}\n""" { gold = '
    assert first(at_top(f"{judge}¦"), 3) == ["jsonl", "json", "csv"]


def test_a_measure_is_offered_the_names_of_the_row_and_nothing_that_has_no_name() -> None:
    assert first(in_dataset("audit share(¦"), 4) == ["text", "ticket", "reader", "tone"]
    assert "it" not in labels(in_dataset("audit share(¦"))


def test_a_text_without_its_second_quote_takes_nothing_of_the_line_behind_it() -> None:
    marked = in_dataset('filter ticket.level == "lo¦ and polite(ticket.text)')
    span = Project().offers(marked).span
    assert marked.replace("¦", "")[span.start : span.end] == "lo"


def test_an_element_is_offered_as_a_value_and_not_where_something_is_called() -> None:
    assert "it" in labels(in_dataset('let x = ["a", "b"].where(¦)'))
    assert "it" not in labels(in_dataset('let x = ["a", "b"].where(¦("a"))'))
