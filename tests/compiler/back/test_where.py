"""A printed expression means what the language says: two readers of one tree agree, and mistakes have their place."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compiler.catalog import MemoryCatalog
from compiler.constant import UNKNOWN, Evaluator
from compiler.model import Kind, Symbol
from compiler.types import INT, STR, List, Optional
from compiler.where import where
from dsl import tree
from dsl.diagnostics import SynthError
from dsl.parser import parse_expression

COLUMNS = {"n": INT, "text": STR, "note": Optional(STR), "stars": Optional(INT), "tags": List(STR)}
Row = dict[str, object]

NUMBERS: st.SearchStrategy[str] = st.recursive(
    st.one_of(st.integers(0, 20).map(str), st.sampled_from(["n", "stars", "2.5", "35%"])),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "%"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(inner, st.sampled_from(["+", "-", "*"]), inner).map(" ".join),
        inner.map(lambda x: f"-({x})"),
        st.tuples(inner, inner).map(lambda t: f"(if n > 3 then {t[0]} else {t[1]})"),
    ),
    max_leaves=6,
)
TRUTHS: st.SearchStrategy[str] = st.recursive(
    st.one_of(
        st.tuples(NUMBERS, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), NUMBERS).map(" ".join),
        st.tuples(NUMBERS, st.integers(0, 5), st.integers(5, 9)).map(lambda t: f"{t[0]} in {t[1]}..{t[2]}"),
        st.tuples(NUMBERS, st.integers(0, 5), st.integers(5, 9)).map(lambda t: f"{t[0]} not in {t[1]}..{t[2]}"),
        st.sampled_from(['note == "a"', "note == null", "note != null", "stars in [1, 2]", 'text in ["a", "b"]']),
    ),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(" ".join),
        inner.map(lambda x: f"not ({x})"),
    ),
    max_leaves=5,
)
ROWS = st.fixed_dictionaries(
    {
        "n": st.integers(-5, 20),
        "text": st.sampled_from(["a", "b", "c"]),
        "note": st.sampled_from(["a", "b", None]),
        "stars": st.sampled_from([0, 1, 5, None]),
        "tags": st.just([]),
    }
)


def _by_reference(text: str, row: Row) -> object:
    """What the compiler's own evaluator, which walks the tree, says of the condition for one row."""
    node = parse_expression(text, "--where")
    columns = {name: Symbol(name, Kind.CONST, "", None) for name in row}
    symbols: dict[tree.Node, Symbol] = {ref: columns[ref.name] for ref in tree.walk(node) if isinstance(ref, tree.Ref)}
    values = {symbol: row[name] for name, symbol in columns.items()}
    return Evaluator(symbols, values, MemoryCatalog()).evaluate(node)


@given(TRUTHS, ROWS)
def test_printed_python_says_what_the_tree_says(text: str, row: Row) -> None:
    expected = _by_reference(text, row)
    if expected is not UNKNOWN:  # a division by zero, which is null
        assert where(text, COLUMNS).holds(row) is bool(expected), where(text, COLUMNS).source


@settings(deadline=None)
@given(TRUTHS, ROWS)
def test_a_condition_never_raises(text: str, row: Row) -> None:
    assert where(text, COLUMNS).holds(row) in (True, False)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("words(text) in 4..60", 'lambda it: 4 <= fn.words(it["text"]) <= 60'),
        ("n > 1 and n < 3 or not (n == 5)", 'lambda it: it["n"] > 1 and it["n"] < 3 or not it["n"] == 5'),
        ("(n - 1) * 2 == n - (1 - n)", 'lambda it: (it["n"] - 1) * 2 == it["n"] - (1 - it["n"])'),
        ("stars > 3", 'lambda it: ops.gt(it["stars"], 3)'),
        ("stars != null and n > 3", 'lambda it: it["stars"] is not None and it["n"] > 3'),
        ("n / 2 > 1", 'lambda it: it["n"] / 2 > 1'),
        ("1 / n > 1", 'lambda it: ops.gt(ops.div(1, it["n"]), 1)'),
        ("tags.any(it == text)", 'lambda it: fn.list_any(it["tags"], lambda it_2: it_2 == it["text"])'),
    ],
)
def test_what_is_printed(text: str, printed: str) -> None:
    assert where(text, COLUMNS).source == printed


@pytest.mark.parametrize(
    ("text", "code", "label"),
    [
        ("wrods(text) > 2", "E0201", "did you mean `words`?"),
        ("txet == 1", "E0201", "did you mean `text`?"),
        ("text", "E0303", "this is `str`"),
        ("n ==", "E0101", ""),
    ],
)
def test_a_mistake_is_a_diagnostic_at_its_place(text: str, code: str, label: str) -> None:
    with pytest.raises(SynthError) as caught:
        where(text, COLUMNS)
    (found,) = caught.value.diagnostics
    assert (found.code, found.label) == (code, label)
    assert found.span is not None and found.span.path == "--where"


def test_a_condition_cannot_reach_python() -> None:
    for text in ('__import__("os") == 1', "text.__class__ == 1", "it.tags.append(1) == null", "lambda: 1"):
        with pytest.raises(SynthError):
            where(text, COLUMNS)
