"""The registry: every entry is documented and implemented, signatures read back, methods are found by type."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler.functions import (
    DRAWS,
    METHODS,
    REGISTRY,
    RESULTS,
    Function,
    bind,
    fill,
    find_method,
    library,
    methods_of,
    parse_signature,
    parse_type,
    reference,
    results,
)
from compiler.types import ANY, BOOL, FLOAT, INT, STR, Choice, Generated, List, Optional, Type

EVERY = [*REGISTRY.values(), *METHODS.values(), *RESULTS.values(), *DRAWS.values()]
NAMES_OF_THE_LANGUAGE = [
    "words",
    "sentences",
    "len",
    "matches",
    "contains",
    "starts_with",
    "ends_with",
    "language_of",
    "repetition",
    "similarity",
    "ngrams",
    "distinct",
    "is_json",
    "is_markdown",
    "is_schema",
    "conforms",
    "code_block",
    "boxed",
    "replace",
    "math_equal",
    "consistency",
    "mean_support",
    "user",
    "assistant",
    "system",
    "file",
    "lines",
    "fixture",
]
LIST_METHODS = [
    "first",
    "last",
    "any",
    "all",
    "none",
    "count",
    "where",
    "map",
    "top",
    "best",
    "rank",
    "majority",
    "unique",
    "flat",
    "pick",
    "join",
    "same_as",
]


@pytest.mark.parametrize("entry", EVERY, ids=lambda entry: entry.title)
def test_every_entry_has_a_doc_an_example_and_a_version(entry: Function) -> None:
    assert entry.doc.endswith(".")
    assert entry.name in entry.example or entry.name in ("kept", "attempted")
    assert entry.version >= 1


@pytest.mark.parametrize("entry", EVERY, ids=lambda entry: entry.title)
def test_every_entry_is_implemented_or_of_another_part(entry: Function) -> None:
    module = results if entry.place == "audit" else library
    if entry.code is not None:
        assert callable(getattr(module, entry.code))
    else:
        assert entry.place in ("draw", "audit", "row")


def test_every_name_of_the_language_is_there() -> None:
    assert set(NAMES_OF_THE_LANGUAGE) <= set(REGISTRY)
    assert {f"list.{name}" for name in LIST_METHODS} <= set(METHODS)
    assert {"kept", "attempted", "share", "mean", "quantile", "distinct", "unique"} <= set(RESULTS)


def test_a_signature_reads_back_as_it_prints() -> None:
    for entry in EVERY:
        text = str(entry.signature)
        assert parse_signature(text.removeprefix("(").replace(") ->", " ->", 1)) == entry.signature


@pytest.mark.parametrize("text", ["a: str", "a: strr -> int", "-> ", "a str -> int", "a: str -> int;"])
def test_what_is_no_signature_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"signature|expected|unknown type"):
        parse_signature(text)


def test_methods_are_found_through_optional_and_generated_types() -> None:
    assert find_method(Optional(Generated(STR)), "contains") is METHODS["str.contains"]
    assert find_method(Choice(("a", "b")), "upper") is METHODS["str.upper"]
    assert find_method(List(INT), "where") is METHODS["list.where"]
    assert find_method(INT, "where") is None
    assert "list.top" not in {f"str.{entry.name}" for entry in methods_of(STR)}
    assert METHODS["list.top"] in methods_of(List(STR))


def assignable(given: Type, wanted: Type) -> bool:
    return given == wanted or ANY in (wanted, given) or (given, wanted) == (INT, FLOAT)


@pytest.mark.parametrize(
    ("pattern", "given", "agrees"),
    [
        ("T[]", List(STR), True),
        ("T[][]", List(List(STR)), True),
        ("str | any[]", List(INT), True),
        ("str | any[]", INT, False),
        ("float", INT, True),
        ("each bool", BOOL, True),
        ("str", Optional(STR), True),
        ("str", INT, False),
    ],
)
def test_an_argument_is_matched_against_a_pattern(pattern: str, given: Type, agrees: bool) -> None:
    assert bind(parse_type(pattern), given, {}, assignable) is agrees


def test_a_type_variable_means_the_same_everywhere() -> None:
    signature = parse_signature("values: T[], value: T -> T?")
    bindings: dict[str, Type] = {}
    assert bind(signature.params[0].type, List(STR), bindings, assignable)
    assert not bind(signature.params[1].type, INT, bindings, assignable)
    assert fill(signature.result, bindings) == Optional(STR)


def test_the_reference_page_is_current() -> None:
    page = Path(__file__).parents[2] / "docs" / "functions.md"
    assert page.read_text(encoding="utf-8") == reference.render(), (
        "python -m compiler.functions.reference > docs/functions.md"
    )
