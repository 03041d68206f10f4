"""Rows against the record: each mistake with its file, row, column, what was expected and what was found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from compiler.types import (
    BOOL,
    FLOAT,
    INT,
    PERSONA,
    STR,
    CheckedText,
    Choice,
    List,
    Optional,
    Record,
    RecordField,
    Type,
)
from dsl.diagnostics import Diagnostic
from dsl.parser import parse_expression
from runtime.sources.fit import Misfit, reader
from tests.sources.conftest import ROW, Open, mistakes, record

Write = Callable[[str, str | bytes], Path]
INNER = record(role=STR)


@pytest.mark.parametrize(
    ("kind", "value", "says"),
    [
        (STR, 3, "found 3"),
        (INT, 3.0, "found 3.0"),
        (INT, True, "found true"),
        (INT, 2**63, "64 bits"),
        (FLOAT, "1", 'found "1"'),
        (BOOL, 1, "expected bool"),
        (Choice(("calm", "angry")), "clam", '"calm" | "angry"'),
        (List(STR), ["a", 1], "expected str, found 1"),
        (List(STR, length=2), ["a"], "expected 2 elements, found 1"),
        (INNER, "x", "expected Row"),
        (CheckedText("python"), "def", "expected python"),
        (CheckedText("json"), "{", "expected json"),
        (CheckedText("json"), None, "found null"),
        (STR, None, "found null"),
        (STR, ["x" * 99], "…"),
    ],
)
def test_a_value_that_does_not_fit_says_what_was_found(kind: Type, value: object, says: str) -> None:
    with pytest.raises(Misfit) as caught:
        reader(kind)(value)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        (STR, "007", "007"),
        (STR, "", ""),
        (Optional(STR), "", None),
        (INT, " 7 ", 7),
        (FLOAT, "1e3", 1000.0),
        (BOOL, "False", False),
        (List(INT), "[1, 2]", [1, 2]),
        (INNER, '{"role": "x"}', {"role": "x"}),
        (Optional(INT), "", None),
    ],
)
def test_a_cell_of_text_is_read_as_what_the_record_wants(kind: Type, cell: str, value: object) -> None:
    assert reader(kind, textual=True)(cell) == value


@pytest.mark.parametrize(("kind", "cell"), [(INT, "1.5"), (INT, ""), (FLOAT, "x"), (BOOL, "yes"), (List(INT), "1, 2")])
def test_a_cell_that_spells_something_else_does_not_fit(kind: Type, cell: str) -> None:
    with pytest.raises(Misfit):
        reader(kind, textual=True)(cell)


def test_the_place_inside_a_nested_value_is_named(write: Write, opened: Open) -> None:
    write("a.jsonl", '{"turns": [{"role": "user"}, {"role": 3}]}\n')
    (found,) = mistakes(lambda: len(opened("jsonl", "a.jsonl", record(turns=List(INNER)))))
    assert found.message == "`turns[1].role` of `specs/inputs/a.jsonl:1` is 3, not str"
    assert found.code == "E0603"


def test_one_message_a_column_with_the_first_row_and_the_number_of_others(write: Write, opened: Open) -> None:
    write("a.csv", "id,n\na,1\nb,x\nc,y\nd,\n")
    found = mistakes(lambda: len(opened("csv", "a.csv", record(id=INT, n=INT))))
    assert [(item.message.split("`")[1], item.notes) for item in found] == [
        ("id", ("and 3 more rows",)),
        ("n", ("and 2 more rows",)),
    ]


def test_a_missing_column_names_the_nearest(write: Write, opened: Open) -> None:
    write("a.jsonl", '{"id": "a", "rol": "x"}\n')
    (found,) = mistakes(lambda: len(opened("jsonl", "a.jsonl", record(id=STR, role=STR))))
    assert (found.code, found.label) == ("E0602", "did you mean `rol`?")
    assert found.notes == ("columns: id, rol",)


def test_a_value_of_the_file_stands_for_its_json_text(write: Write, opened: Open) -> None:
    """Schemas of tools are objects in most files that hold them, and texts in some."""
    write("a.jsonl", '{"schema": {"type": "object", "b": ["ü", 1.5], "a": null}}\n{"schema": "{}"}\n')
    source = opened("jsonl", "a.jsonl", record(schema=CheckedText("json")))
    assert source.row(0)[1]["schema"] == '{"type": "object", "b": ["ü", 1.5], "a": null}'
    assert source.row(1)[1]["schema"] == "{}"


def test_a_default_stands_for_a_missing_column(write: Write, opened: Open) -> None:
    write("a.jsonl", '{"id": "a"}\n')
    default = parse_expression('["x", -1, 50%, { a: null }]', "default")
    kind = Record("Row", (RecordField("id", STR), RecordField("tags", STR, default)))
    assert opened("jsonl", "a.jsonl", kind).row(0)[1]["tags"] == ["x", -1, 0.5, {"a": None}]


def test_a_row_that_fails_its_where_is_rejected_with_its_reason(write: Write, opened: Open) -> None:
    write("a.jsonl", "".join(f'{{"id": "r{i}", "n": {i}}}\n' for i in range(4)))

    def accept(row: Mapping[str, Any]) -> str | None:
        return "n is odd" if row["n"] % 2 else None

    source = opened("jsonl", "a.jsonl", record(id=STR, n=INT), key="id", accept=accept)
    assert source.keys == ("r0", "r2")
    assert list(source.rejected) == [
        ["r1", {"id": "r1", "n": 1}, "specs/inputs/a.jsonl:2", "n is odd"],
        ["r3", {"id": "r3", "n": 3}, "specs/inputs/a.jsonl:4", "n is odd"],
    ]
    assert source.find("r2") == 1
    assert source.find("r1") is None


def only(found: tuple[Diagnostic, ...]) -> Diagnostic:
    (one,) = found
    return one


def test_two_rows_with_one_key_are_both_named(write: Write, opened: Open) -> None:
    write("a.jsonl", '{"id": "a"}\n{"id": "b"}\n{"id": "a"}\n')
    found = only(mistakes(lambda: len(opened("jsonl", "a.jsonl", key="id"))))
    assert found.code == "E0605"
    assert found.message == 'two rows have the key "a"'
    assert found.notes == ("id of specs/inputs/a.jsonl:1", "id of specs/inputs/a.jsonl:3")


def test_equal_rows_without_a_key_clash(write: Write, opened: Open) -> None:
    write("a.jsonl", '{"id": "a", "n": 1}\n{"n": 1, "id": "a"}\n')
    found = only(mistakes(lambda: len(opened("jsonl", "a.jsonl"))))
    assert found.message == "`specs/inputs/a.jsonl:1` and `specs/inputs/a.jsonl:2` are the same row"


def test_a_duplicate_far_into_a_large_file_is_found(write: Write, opened: Open) -> None:
    ids = [*range(21_000), 20_500]
    write("a.jsonl", "".join(f'{{"id": {i}}}\n' for i in ids))
    found = only(mistakes(lambda: len(opened("jsonl", "a.jsonl", key="id"))))
    assert found.notes == ("id of specs/inputs/a.jsonl:20501", "id of specs/inputs/a.jsonl:21001")


@pytest.mark.parametrize("value", ["null", "[1]", "{}"])
def test_a_key_is_a_scalar(write: Write, opened: Open, value: str) -> None:
    write("a.jsonl", f'{{"id": {value}}}\n')
    assert only(mistakes(lambda: len(opened("jsonl", "a.jsonl", key="id")))).code == "E0604"


def test_a_key_column_that_is_not_there_is_named(write: Write, opened: Open) -> None:
    write("a.jsonl", '{"id": "a"}\n')
    found = only(mistakes(lambda: len(opened("jsonl", "a.jsonl", record(id=STR), key="idd"))))
    assert (found.code, found.label) == ("E0604", "did you mean `id`?")


def test_a_key_may_be_a_column_that_is_no_field_and_keeps_its_type(write: Write, opened: Open) -> None:
    write("a.jsonl", '{"id": 1, "text": "x"}\n{"id": "1", "text": "y"}\n{"id": true, "text": "z"}\n')
    source = opened("jsonl", "a.jsonl", record(text=STR), key="id")
    assert source.keys == (1, "1", True)
    assert [source.find(key) for key in source.keys] == [0, 1, 2]


def test_personas_keep_their_further_columns(write: Write, opened: Open) -> None:
    write("r.jsonl", '{"id": "a", "text": "a nurse", "age": 40}\n{"id": "b", "text": "a cook", "role": "cook"}\n')
    rows = [row for _, row in opened("jsonl", "r.jsonl", PERSONA, key="id").rows()]
    assert rows == [
        {"id": "a", "text": "a nurse", "role": None, "age": 40},
        {"id": "b", "text": "a cook", "role": "cook"},
    ]


def test_a_persona_without_an_id_takes_its_key(write: Write, opened: Open) -> None:
    write("r.jsonl", '{"name": "a", "text": "a nurse"}\n')
    assert opened("jsonl", "r.jsonl", PERSONA, key="name").row(0)[1]["id"] == "a"
    assert only(mistakes(lambda: len(opened("jsonl", "r.jsonl", PERSONA)))).code == "E0602"


def test_every_row_is_checked_not_only_the_first(write: Write, opened: Open) -> None:
    good = '{"id": "%d", "n": 1, "share": 1, "ok": true, "tags": []}\n'
    write(
        "a.jsonl", "".join(good % i for i in range(999)) + '{"id": "x", "n": "1", "share": 1, "ok": true, "tags": []}\n'
    )
    assert "a.jsonl:1000" in only(mistakes(lambda: len(opened("jsonl", "a.jsonl", ROW)))).message
