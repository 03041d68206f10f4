"""Functions over text: what they count, and that null and hostile text never raise."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.functions import REGISTRY, library
from compiler.functions.canonical import shown


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("One.", 1),
        ("One. Two? Three!", 3),
        ('He said "why?" Then he left.', 2),
        ("no end", 1),
        ("版本 3.11 很好。为什么？", 2),
    ],
)
def test_sentences_are_counted_by_their_ends(text: str, count: int) -> None:
    assert library.sentences(text) == count


def test_a_point_inside_a_number_or_name_ends_no_sentence() -> None:
    assert library.sentences("Python 3.11 has sys.path in it.") == 1


def test_repetition_is_the_share_of_runs_said_before() -> None:
    assert library.repetition("one two three one two three", 3) == 0.25
    assert library.repetition("one two", 3) == 0.0


def test_distinct_pools_the_texts_of_a_list_and_skips_nulls() -> None:
    assert library.distinct(["a b", None, "a b"], 2) == 0.5  # type: ignore[list-item]


@given(st.text(), st.text())
def test_similarity_is_symmetric_and_between_0_and_1(left: str, right: str) -> None:
    value = library.similarity(left, right)
    assert 0 <= value <= 1
    assert value == library.similarity(right, left)
    assert library.similarity(left, left) == 1


@given(st.text(), st.integers(min_value=0, max_value=9))
def test_truncated_text_is_never_longer_than_asked(text: str, limit: int) -> None:
    assert len(library.truncate(text, limit)) <= limit or len(text) <= limit


@given(st.text())
def test_no_text_makes_a_check_raise(text: str) -> None:
    for name in ("is_json", "is_python", "is_markdown", "is_schema", "code_block", "boxed", "number", "sentences"):
        REGISTRY[name]
        getattr(library, name)(text)


def test_null_for_a_required_argument_gives_null_in_every_function() -> None:
    for entry in REGISTRY.values():
        if entry.code is None or entry.place == "constant" or entry.name == "default":
            continue
        needed = [None for param in entry.signature.params if param.required] or [None]
        assert getattr(library, entry.code)(*needed) is None, entry.name


def test_a_value_prints_as_in_a_template() -> None:
    assert library.str_("as it is") == "as it is"
    assert library.str_(True) == "true"
    assert library.str_({"a": [1, None]}) == '{"a": [1, null]}'


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner)))
def test_a_printed_list_reads_back(value: object) -> None:
    if value is not None and not isinstance(value, str):
        assert library.is_json(library.str_(value))


def test_a_code_block_is_found_by_its_language() -> None:
    text = "Use:\n```sql\nselect 1\n```\nor\n~~~python title=x\nprint('```')\n~~~\n"
    assert library.code_block(text) == "select 1"
    assert library.code_block(text, "Python") == "print('```')"
    assert library.code_block(text, "rust") is None


def test_boxed_takes_the_last_one_with_its_braces() -> None:
    assert library.boxed(r"\boxed{1} and \boxed{\frac{1}{2}}") == r"\frac{1}{2}"
    assert library.boxed(r"\boxed{never closed") is None


def test_markdown_needs_a_construct_and_closed_fences() -> None:
    assert library.is_markdown("- a\n- b")
    assert library.is_markdown("text with `code`")
    assert not library.is_markdown("plain text")
    assert not library.is_markdown("```\nnever closed")


def test_a_value_conforms_to_a_schema_and_no_schema_is_fetched() -> None:
    schema = {"type": "object", "required": ["a"]}
    assert library.conforms({"a": 1}, schema)
    assert library.conforms('{"a": 1}', orjson.dumps(schema).decode())
    assert not library.conforms("not json", schema)
    assert not library.conforms({}, schema)
    assert not library.conforms({}, {"$ref": "http://localhost:9/schema.json"})
    assert not library.conforms(1, {"type": "no such type"})


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Warum springt die Schleife ans Ende zurück?", "de"),
        ("Why does the loop jump back to its end?", "en"),
        ("यह एक छोटा वाक्य है", "hi"),
        ("123 …", None),
    ],
)
def test_the_language_of_a_sentence(text: str, language: str | None) -> None:
    assert library.language_of(text) == language


def test_values_are_shown_as_a_spec_writes_them() -> None:
    assert [shown(value) for value in (None, True, 'a"ü', [1, {"a": None}])] == [
        "null",
        "true",
        '"a\\"ü"',
        '[1, {"a": null}]',
    ]
    assert shown(range(2)) == "range(0, 2)"
