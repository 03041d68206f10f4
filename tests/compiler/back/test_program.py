"""Printed programs run: the real row, prompts and shapes, with answers given as a spec's tests give them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler import plan
from runtime.engines.protocol import Constraint
from runtime.program import Prompt
from runtime.program.outcome import Kept, Outcome, Rejected
from runtime.program.row import Row
from runtime.program.stage import Stage
from runtime.program.values import Meta, generated
from tests.compiler.back.specs import analysed, program
from tests.compiler.back.test_golden import _analysis


@dataclass
class Answers:
    """Gives its values in order, the last one for ever; counts how often it was asked."""

    values: list[object]
    asked: list[int] = field(default_factory=list)

    def take(self, call: int, where: str = "") -> object:
        self.asked.append(call)
        return self.values[min(len(self.asked), len(self.values)) - 1]


def namespace(text: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile(text, "out.py", "exec"), names)
    return names


def run(
    text: str, answers: Mapping[str, list[object]], axes: Mapping[str, object], **drawn: object
) -> tuple[Outcome, dict[str, Answers]]:
    mocks = {name: Answers(values) for name, values in answers.items()}
    row = Row(Stage("out", mocks=mocks, given=drawn), ("a",), 0, axes)
    return row.run(namespace(text)["out"]), mocks


def case(name: str) -> str:
    return next(iter(_analysis(name).model.programs.values()))


PAGE = {"id": "a", "title": "A title", "text": "Some text of a page."}


def test_a_candidate_that_passes_everything_emits_its_row() -> None:
    outcome, _ = run(case("test"), {"answer": ["Yes."], "kind": [True]}, {"page": PAGE})
    assert outcome == Kept((("out", (), {"answer": "Yes."}),))


def test_a_failed_filter_drops_with_its_statement() -> None:
    outcome, _ = run(case("test"), {"answer": ["No."], "kind": [False]}, {"page": PAGE})
    assert isinstance(outcome, Rejected) and outcome.step == "filter 1"


def test_a_retry_asks_again_what_was_made_from_the_origin_and_nothing_else() -> None:
    ok = "w " * 20
    answers: dict[str, list[object]] = {"outline": ["plan"], "text": ["short", "short", ok], "check": ["ok"]}
    outcome, mocks = run(case("require_retry"), answers, {"page": PAGE})
    assert outcome == Kept((("out", (), {"text": ok}),))
    assert [len(mocks[name].asked) for name in ("outline", "text", "check")] == [1, 3, 3]


def test_a_retry_ends() -> None:
    answers: dict[str, list[object]] = {"outline": ["plan"], "text": ["w " * 20], "check": ["no"]}
    outcome, mocks = run(case("require_retry"), answers, {"page": PAGE})
    assert isinstance(outcome, Rejected) and outcome.step == "require 2"
    assert [len(mocks[name].asked) for name in ("outline", "text", "check")] == [2, 2, 2]


def test_and_and_or_ask_judges_left_to_right_and_only_as_needed() -> None:
    outcome, mocks = run(case("judge_bool"), {"text": ["x"], "kind": [False], "rude": [False]}, {"i": 1})
    assert isinstance(outcome, Rejected)
    assert (len(mocks["kind"].asked), len(mocks["rude"].asked)) == (1, 0)


def test_null_is_carried_through_a_row() -> None:
    item = {"id": "a", "note": None, "stars": 2}
    outcome, _ = run(case("null_safety"), {}, {"item": item})
    assert isinstance(outcome, Rejected)  # `not (null == "bad")` is null, and a null condition is false
    outcome, _ = run(case("null_safety"), {}, {"item": item | {"note": "x"}})
    assert isinstance(outcome, Kept)
    ((_, _, columns),) = outcome.rows
    assert columns == {
        "note": "x",
        "length": 1,
        "loud": False,
        "either": True,
        "missing": False,
        "safe": "X",
        "more": 3,
        "share": 2.0,
        "inside": True,
        "outside": False,
        "less": -2,
    }


def test_expressions_give_what_a_reader_expects() -> None:
    outcome, _ = run(case("expressions"), {}, {"page": PAGE, "i": 2})
    assert isinstance(outcome, Kept)
    ((_, _, columns),) = outcome.rows
    assert columns == {
        "a": 2,
        "b": 9 / 4 % 5,
        "c": 0,
        "d": False,
        "e": "x",
        "f": True,
        "g": "Some text e",
        "h": [1, 2, 2],
        "j": {"title": "A title", "a b": [True, None]},
        "k": True,
    }


def test_axes_and_keys_are_computed_by_the_program() -> None:
    names = namespace(case("key"))
    assert list(names["AXES"]["take"]) == [1, 2]
    assert names["key_of"]({"page": PAGE, "take": 2}) == ("a", 20)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, None),
        ({"title": "w " * 13}, "title: words(title) in 1..12"),
        ({"body": "short"}, 'body: len(body) in 20..400 and not contains(body, "lorem")'),
        ({"code": "abc"}, 'code: matches(code, "[A-Z]{3}-[0-9]+")'),
        ({"stars": 6}, "stars: stars in 1..5"),
        ({"note": "n" * 80}, "note: len(note) < 80"),
    ],
)
def test_a_record_says_which_constraint_a_value_breaks(change: dict[str, object], reason: str | None) -> None:
    draft = {"title": "A b", "body": "b" * 30, "code": "ABC-1", "stars": 3, "weight": 1.0, "tone": "calm"}
    value = {**draft, "tags": [], "note": None, **change}
    assert namespace(case("record_constraints"))["check_Draft"](value) == reason


FIELDS = st.fixed_dictionaries(
    {
        "title": st.text(alphabet="ab ", max_size=30),
        "body": st.text(alphabet="ab ", max_size=60),
        "code": st.sampled_from(["ABC-1", "AB-1", "ABC-", "ABC-12\n", "xABC-1"]),
        "stars": st.integers(-1, 7),
        "weight": st.floats(-1, 2, allow_nan=False),
        "tone": st.sampled_from(["calm", "angry", "sad"]),
        "tags": st.lists(st.sampled_from(["a", "b"]), max_size=5),
        "note": st.one_of(st.none(), st.text(alphabet="n", max_size=90)),
    }
)


@given(FIELDS)
def test_a_schema_refuses_only_what_the_record_refuses(value: dict[str, object]) -> None:
    """The engine decodes under the schema: were it narrower than the type, good answers could never come."""
    names = NAMES
    if names["check_Draft"](value) is None:
        assert jsonschema_rs.Draft202012Validator(names["DRAFT"].source).is_valid(value)


NAMES = namespace(case("record_constraints"))


def test_a_nested_mistake_is_named_by_its_path() -> None:
    check = namespace(case("record_nested"))["check_Order"]
    order = {"to": {"street": "s", "city": "Ulm"}, "lines": [], "pair": ["a", "b"], "gift": None, "script": "x = 1"}
    assert check(order) is None
    assert check({**order, "gift": {"street": "s", "city": "U"}}) == "gift.city: len(city) >= 2"
    assert check({**order, "lines": [{"item": "i", "count": 0}]}) == "lines.count: count >= 1"
    assert check({**order, "script": "x ="}) == "script: is not Python"


def test_what_is_lifted_is_decoded_under_and_checked_again() -> None:
    names = namespace(case("require_lifted"))
    assert names["QUESTION"].constraint == Constraint("regex", "(?:Why|How) [^?]+[?]")
    assert re.fullmatch(names["LINE"].constraint.source, "l" * 20 + "\n")
    assert names["MOOD"].constraint == Constraint("choice", '["calm","angry"]')
    assert names["FREE"].constraint is None


def test_a_condition_on_a_list_or_on_an_optional_gen_is_not_lifted() -> None:
    text = '''edition 1
dataset out {
  each i in 1..3
  gen text: str with writer """
    Write.
  """ when i > 1
  gen mood: "a" | "b" with writer """
    Mood.
  """
  require text == null or matches(text, "[a-z]+")
  require len(mood) == 1
  emit { text = text, mood = mood }
}
'''
    names = namespace(program(text))
    assert names["TEXT"].constraint is None
    assert names["MOOD"].constraint == Constraint("choice", '["a","b"]')


def test_audits_are_computed_over_the_result() -> None:
    from runtime.build.result import Result

    result = Result("out")
    for i, text in enumerate(["one two three four", "five six seven eight"]):
        rows = (("out", (), {"text": text, "size": 4}), ("pairs", (), {"chosen": text}))
        result.add((i,), Kept(rows), {"i": i, "text": text})
    result.kept, result.attempted = 2, 4
    gates = dict(namespace(case("audits"))["audits"](result))
    assert list(gates) == [f"audit {n}" for n in range(1, 7)]
    assert gates == {**dict.fromkeys(gates, True), "audit 3": True}


def test_a_result_without_rows_fails_its_audits_and_raises_nothing() -> None:
    from runtime.build.result import Result

    gates = dict(namespace(case("audits"))["audits"](Result("out")))
    assert gates["audit 1"] is None
    assert not gates["audit 3"]


def test_the_first_spec_prints_a_program_that_shares_what_comes_first() -> None:
    """Few-shot turns, the same for every row, stand ahead of the passage."""
    from pathlib import Path

    from compiler.analysis import analyse
    from compiler.catalog import MemoryCatalog
    from tests.compiler.back.specs import messages

    specs = Path(__file__).parents[3] / "specs"
    files = {
        "python_qa.synth": (specs / "python_qa.synth").read_text(encoding="utf-8"),
        "fixtures/break.txt": "b" * 200,
    }
    words = ("text", "reader", "rules", "question", "answer")
    tables: dict[str, Any] = {
        "inputs/pydoc_passages.py": dict.fromkeys(("id", "topic", "text"), "str"),
        "inputs/shots.jsonl": dict.fromkeys(words, "str"),
        "inputs/readers.jsonl": dict.fromkeys(("id", "text", "role"), "str"),
    }
    analysis = analyse("python_qa.synth", MemoryCatalog(files, tables), upto="lower")
    assert not analysis.diagnostics, messages(analysis)
    ask = namespace(analysis.model.programs["python_qa"])["ASK"]
    shot = dict.fromkeys(words, "x")
    passage, reader = {"id": "a", "topic": "t", "text": "The text."}, {"id": "r", "text": "a novice"}
    rendered = ask.messages(passage=passage, reader=reader, rules=["asks why", "is short"], examples=[shot, shot])
    assert [role for role, _ in rendered] == ["system", "user", "assistant", "user", "assistant", "user"]
    assert rendered[-1][1] == "Text: The text.\nReader: a novice. The question asks why; it is short."


@pytest.mark.parametrize(
    ("name", "function", "arguments", "roles"),
    [
        ("prompt_messages", "reply", {"page": PAGE}, ["system", "user", "assistant", "user", "assistant"]),
        ("prompt_prefill", "reply", {"page": PAGE}, ["user", "assistant"]),
        ("prompt_open_user", "question_prompt", {}, ["system", "user"]),
        ("prompt_raw", "go_on", {"page": PAGE}, []),
        ("judge_bool", "kind", {"text": "x"}, ["user", "assistant"]),
    ],
)
def test_a_printed_prompt_runs_by_hand_with_plain_sglang(
    name: str, function: str, arguments: dict[str, object], roles: list[str]
) -> None:
    from runtime.engines.backend import SglBackend
    from runtime.engines.deterministic import DeterministicEngine

    backend = SglBackend(DeterministicEngine())
    state = namespace(case(name))[function].run(**arguments, backend=backend, use_thread=False)
    assert [message["role"] for message in state.messages()] == roles
    if function == "kind":
        assert state["verdict"] in ("yes", "no")
    else:
        assert state["answer"]
    if name == "prompt_prefill":
        assert state.messages()[-1]["content"].startswith("A title is")


CONSTANTS = [
    ("[1, 2, 3][0..1]", [1, 2]),
    ("[4, 5].first", 4),
    ("[4, 5].last", 5),
    ('"a b".words()', 2),
    ("[1, 2, 3].where(it > 1)", [2, 3]),
    ('[{ n: 1, s: "a" }, { n: 2, s: "b" }].where(n > 1).map(s)', ["b"]),
    ("[[1], [2, 3]].map(it.map(it * 2))", [[2], [4, 6]]),
    ("[1, 3, 2].top(2, by = it)", [3, 2]),
    ("[1, 3, 2].rank(by = it).first.score", 3),
    ("1 / 0", None),
    ("[1, 2][9]", None),
    ("default([1, 2][9], 7)", 7),
    ('lines("rules.txt").map(it.upper())', ["BE KIND.", "BE BRIEF."]),
]


@pytest.mark.parametrize(("written", "value"), CONSTANTS, ids=[written for written, _ in CONSTANTS])
def test_a_constant_has_the_value_that_the_expression_would_have_in_a_row(written: str, value: object) -> None:
    text = f"edition 1\nconst x = {written}\ndataset out {{\n  each i in 1..3\n  emit {{ a = x, b = {written} }}\n}}\n"
    if "lines(" in written:
        text = text.replace(f", b = {written}", ", b = x")
    outcome, _ = run(program(text), {}, {"i": 1})
    assert outcome == Kept((("out", (), {"a": value, "b": value}),))


@pytest.mark.parametrize("written", ["1..3", 'ask("x")', "pages.rows", "[1, 2].map(pages.rows)"])
def test_a_constant_without_a_value_is_told_when_it_is_checked(written: str) -> None:
    text = f'''edition 1
record Page {{
  id: str
}}
input pages: Page = jsonl("pages.jsonl") {{ key = id }}
prompt ask(text: str) """
  {{{{ text }}}}
"""
const x = {written}
const y = [x]
dataset out {{
  each i in 1..3
  let z = y
  emit {{ i = i }}
}}
'''
    told = [d for d in analysed(text).errors if d.code == "E0326"]
    assert [d.message for d in told] == ["the constant `x` must be known before any row"]


NULLS = """edition 1
dataset out {
  each i in 1..3
  let xs = [1, 2]
  let ninth = xs[9]
  let pair = [xs[0], xs[9]]
  emit {
    index = xs[9], let_ = ninth, more = ninth + 1, pair, halves = xs.map(it / (i - 1)), share = 1 / (i - 1),
    safe = default(xs[9], 3), plain = i + 1, record = { a: xs[9], b: "x" }, list = xs, half = i / 2
  }
}
""".replace("pair, halves", "pair = pair, halves")


def test_a_column_that_a_row_can_leave_null_is_stored_as_one_that_may_be_null() -> None:
    from runtime.build.schemas import emit_schema

    analysis = analysed(NULLS)
    assert analysis.ok and analysis.model.plan is not None
    ((emit,),) = (dataset.of(plan.Emit) for dataset in analysis.model.plan.datasets)
    assert {column.name: str(column.type) for column in emit.columns} == {
        "index": "int?",
        "let_": "int?",
        "more": "int?",
        "pair": "int?[2]",
        "halves": "float?[]",
        "share": "float?",
        "safe": "int",
        "plain": "int",
        "record": "record",
        "list": "int[2]",
        "half": "float",
    }
    assert emit_schema(emit).names == tuple(column.name for column in emit.columns)


def test_a_value_that_may_be_null_is_used_as_one() -> None:
    outcome, _ = run(program(NULLS), {}, {"i": 1})
    assert isinstance(outcome, Kept)
    ((_, _, columns),) = outcome.rows
    assert columns == {
        "index": None,
        "let_": None,
        "more": None,
        "pair": [1, None],
        "halves": [None, None],
        "share": None,
        "safe": 3,
        "plain": 2,
        "record": {"a": None, "b": "x"},
        "list": [1, 2],
        "half": 0.5,
    }


def test_a_template_can_say_how_likely_a_text_was() -> None:
    """In a hole, in a hole that becomes a function, and in an audit there is no row to ask."""
    text = '''edition 1
dataset out {
  each i in 1..3
  gen text: str with writer """
    Write.
  """
  gen check: str with writer """
    {{ default(text.logprob, -9) }} {{ [1].map(default(text.logprob, -9)).first }}
  """
  emit { check = check }
}
'''
    names = namespace(program(text))
    value = generated("Hello.", Meta(-0.5))
    prompt = next(value for name, value in names.items() if isinstance(value, Prompt) and "logprob" in value.source)
    assert prompt.messages(text=value) == [("user", "-0.5 -0.5")]
    assert prompt.messages(text="Hello.") == [("user", "-9 -9")]


def test_elements_of_a_plain_list_are_picked() -> None:
    text = """edition 1
const words = ["a", "b", "c"]
dataset out {
  each i in 1..3
  draw two ~ words.pick(2)
  draw some ~ [{ n: 1, s: "x" }, { n: 2, s: "y" }].pick(1..2)
  emit { two = two, some = some }
}
"""
    outcome, _ = run(program(text), {}, {"i": 1})
    again, _ = run(program(text), {}, {"i": 1})
    assert isinstance(outcome, Kept) and outcome == again
    ((_, _, columns),) = outcome.rows
    two, some = columns["two"], columns["some"]
    assert isinstance(two, list) and len(set(two)) == 2 and set(two) <= {"a", "b", "c"}
    assert isinstance(some, list) and 1 <= len(some) <= 2 and all(one["s"] in "xy" for one in some)
