"""Printed lists, tools, loops and emits of many rows run: the real row, with answers given as by a spec's tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runtime.program.outcome import Kept, Outcome, Rejected
from tests.compiler.back.specs import program
from tests.compiler.back.test_program import Answers, case, namespace, run

PASSED = {"failed": 0, "passed": 3}
FAILED = {"failed": 1, "passed": 2}


def out(body: str, answers: Mapping[str, list[object]] | None = None, **axes: object) -> tuple[Any, dict[str, Answers]]:
    """What a dataset with this body emits, and how often each mock was asked."""
    text = program(f"edition 1\ndataset out {{\n  each i in 1..3\n{body}\n}}")
    return run(text, answers or {}, {"i": 1, **axes})


def rows(outcome: Outcome) -> list[Any]:
    assert isinstance(outcome, Kept), outcome
    return [dict(columns) for _, _, columns in outcome.rows]


DRAFTS = """
  gen drafts: str with writer times 3 \"\"\"
    A draft.
  \"\"\"
"""


def test_samples_are_a_list_and_a_call_for_each_element_stands_beside_it() -> None:
    body = (
        DRAFTS
        + """
  gen notes: int with critic \"\"\"
    How good is {{ draft }}?
  \"\"\" for draft in drafts
  emit { best = drafts.best(by = notes), good = drafts.where(notes > 1), notes = notes }
"""
    )
    outcome, mocks = out(body, {"drafts": ["a", "b", "c"], "notes": [1, 3, 2]})
    assert rows(outcome) == [{"best": "b", "good": ["b", "c"], "notes": [1, 3, 2]}]
    assert len(mocks["drafts"].asked) == 3


def test_a_null_element_makes_no_call_and_is_passed_over() -> None:
    body = (
        DRAFTS
        + """
  gen notes: str with critic \"\"\"
    {{ draft }}
  \"\"\" for draft in drafts when len(draft) > 1
  emit { n = drafts.count, notes = notes, said = notes.join("+"), aligned = drafts.map(notes) }
"""
    )
    outcome, mocks = out(body, {"drafts": ["aa", None, "c"], "notes": ["x"]})
    assert rows(outcome) == [{"n": 2, "notes": ["x", None, None], "said": "x", "aligned": ["x", None]}]
    assert len(mocks["notes"].asked) == 1


def test_several_fors_nest_and_zip_takes_elements_apart() -> None:
    body = """
  let words = [["a", "b"], ["c"]]
  let ends = ["!", "?"]
  gen said: str with writer \"\"\"
    {{ word }}{{ end }}
  \"\"\" for group, end in zip(words, ends) for word in group
  emit { said = said, flat = said.flat.join("") }
"""
    outcome, _ = out(body, {"said": ["1", "2", "3"]})
    assert rows(outcome) == [{"said": [["1", "2"], ["3"]], "flat": "123"}]


def test_a_tool_runs_for_each_draft_and_a_retry_asks_all_drafts_again() -> None:
    answers: dict[str, list[object]] = {
        "drafts": [{"code": f"x{n}", "inputs": []} for n in range(8)],
        "note": ["x"],
        "trials": [*([FAILED] * 4), FAILED, PASSED, FAILED, PASSED],
        "again": [{"ok": True}],
        "said": [{"ok": True}],
        "rows": [{"rows": ["1"]}],
    }
    outcome, mocks = run(case("run"), answers, {"i": 3})
    (made,) = rows(outcome)
    assert (made["code"], made["calm"], made["sad"]) == ("x5", 4, 2)
    assert len(mocks["drafts"].asked) == 8


def test_a_tool_that_is_given_null_gives_null() -> None:
    body = """
  gen note: str with writer \"\"\"
    Say something.
  \"\"\" when i > 1
  run said = command("wc", note)
  emit { ok = said.ok, code = said.exit_code }
"""
    outcome, mocks = out(body, {"note": ["x"], "said": [{"ok": True}]})
    assert rows(outcome) == [{"ok": None, "code": None}]
    assert mocks["said"].asked == []


def test_what_a_condition_guards_is_read_before_it_is_asked() -> None:
    body = """
  gen first: str with writer \"\"\"
    Once.
  \"\"\" when i > 1
  gen second: str = ask(first + "!") with writer { temperature = len(first) / 10 } when first != null
  emit { second = second }
"""
    ask = 'prompt ask(text: str) """\n  {{ text }}\n"""\n'
    text = program(f"edition 1\n{ask}dataset out {{\n  each i in 1..3\n{body}\n}}")
    outcome, mocks = run(text, {"first": ["x"], "second": ["y"]}, {"i": 1})
    assert rows(outcome) == [{"second": None}]
    assert mocks["second"].asked == []
    assert rows(run(text, {"first": ["x"], "second": ["y"]}, {"i": 2})[0]) == [{"second": "y"}]


LOOP = """
  loop round in 1..3 carry best: str = "", tried: str[] = [] {
    gen text: str with writer \"\"\"
      Better than {{ best }}, unlike {{ best.previous }}.
    \"\"\"
    next tried = tried + [best]
    next best = text
    until best == best.previous
  }
  emit { best = best, tried = tried, round = round }
"""


def test_a_loop_hands_on_what_it_carries_and_ends_when_nothing_changes() -> None:
    outcome, mocks = out(LOOP, {"text": ["a", "b", "b", "c"]})
    assert rows(outcome) == [{"best": "b", "tried": ["", "a", "b"], "round": 3}]
    outcome, mocks = out(LOOP, {"text": ["a", "a", "c"]})
    assert rows(outcome) == [{"best": "a", "tried": ["", "a"], "round": 2}]
    assert len(mocks["text"].asked) == 2


def test_names_of_a_loop_that_had_no_round_are_null_after_it() -> None:
    body = """
  loop round in 1..i {
    gen text: str with writer \"\"\"
      Words.
    \"\"\"
    until words(text) > 1
    let longer = words(text) + 1
  }
  emit { text = text, round = round, longer = longer, more = longer + 1 }
"""
    assert rows(out(body, {"text": ["a"]}, i=0)[0]) == [{"text": None, "round": None, "longer": None, "more": None}]
    assert rows(out(body, {"text": ["a b"]})[0]) == [{"text": "a b", "round": 1, "longer": None, "more": None}]


def test_a_carried_name_that_a_round_makes_null_is_read_as_such() -> None:
    body = """
  loop round in 1..3 carry word: str = "a" {
    let longer = word + "b"
    next word = ["x"][round]
  }
  emit { longer = longer, word = word }
"""
    assert rows(out(body)[0]) == [{"longer": None, "word": None}]


def test_a_retry_in_a_loop_repeats_its_round_and_no_other() -> None:
    body = """
  loop round in 1..2 {
    gen text: str with writer \"\"\"
      Words.
    \"\"\"
    require text != "no" else retry 2
  }
  emit { text = text }
"""
    outcome, mocks = out(body, {"text": ["a", "no", "no", "b"]})
    assert rows(outcome) == [{"text": "b"}]
    assert len(mocks["text"].asked) == 4


def test_an_emit_makes_a_row_for_each_element_by_its_place() -> None:
    body = (
        DRAFTS
        + """
  emit { n = drafts.count }
  emit as long for draft in drafts.where(len(it) > 1) { draft = draft, i = i }
  emit as pairs for draft in drafts for letter in ["x", "y"] { pair = draft + letter }
"""
    )
    outcome, _ = out(body, {"drafts": ["a", "bb", "cc"]})
    assert isinstance(outcome, Kept)
    made = [(table, position) for table, position, _ in outcome.rows]
    assert made[:3] == [("out", ()), ("long", (1,)), ("long", (2,))]
    assert made[3:] == [("pairs", (n, m)) for n in range(3) for m in range(2)]


def test_an_emit_split_by_a_choice_makes_a_table_for_each_value() -> None:
    text = case("emit_many")
    outcome, _ = run(text, {"drafts": ["long one", "b"]}, {"i": 1, "tone": "angry"})
    assert isinstance(outcome, Kept)
    assert list(dict.fromkeys(table for table, _, _ in outcome.rows)) == ["out/angry", "rows", "pairs/angry", "zipped"]


def test_a_name_of_the_row_is_not_overwritten_by_an_emits_element() -> None:
    body = (
        DRAFTS
        + """
  let draft = drafts.last
  emit as each_one for draft in drafts { draft = draft }
  emit { draft = draft }
"""
    )
    outcome, _ = out(body, {"drafts": ["a", "b", "c"]})
    assert rows(outcome)[-1] == {"draft": "c"}


def test_a_schema_that_is_a_value_of_the_row_decides_what_is_an_answer() -> None:
    text = case("gen_of_row")
    page = {"id": "a", "title": "ab", "text": '{"type": "integer"}'}
    answers: dict[str, list[object]] = {name: [1] for name in ("value", "same", "replies", "each_one")}
    outcome, _ = run(
        text, {**answers, "many": [[1, 2]], "lines": [["x", ""]], "schema": ['{"type": 3}']}, {"page": page}
    )
    assert isinstance(outcome, Rejected) and outcome.step == "gen value"
    assert outcome.reason.startswith("its schema is not a JSON schema")
    names = namespace(text)
    assert names["Shape"].of('{"type": "integer"}').read("3") == 3
    assert "is not of type" in names["Shape"].of({"type": "integer"}).read('"3"').reason
    many = names["Shape"].of({"type": "array", "items": names["Shape"].schema('{"type": "integer"}'), "minItems": 2})
    assert many.read("[1, 2]") == [1, 2]
    assert many.read("[1]").reason == "[1] has less than 2 items"
