"""Printed Python is what it says, laid out as the formatter would."""

from __future__ import annotations

import ast
import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from compiler.passes.lower.identifiers import RESERVED, Identifiers, mangle, spelled
from compiler.passes.lower.layout import (
    WIDTH,
    Bracket,
    Chain,
    Doc,
    Lambda,
    Leaf,
    Prefixed,
    call,
    flat,
    layout,
    lines_of,
    literal,
    statement,
    text,
    value,
)

LEAVES = st.one_of(st.sampled_from(["passage", "a_rather_long_name_of_a_value", "x"]).map(Leaf), st.text().map(text))


def _chains(items: st.SearchStrategy[Doc]) -> st.SearchStrategy[Doc]:
    return st.lists(items, min_size=2, max_size=4).map(
        lambda parts: Bracket("(", (Chain((("", parts[0]), *(("and", part) for part in parts[1:]))),), ")", comma=False)
    )


def _inner(items: st.SearchStrategy[Doc]) -> st.SearchStrategy[Doc]:
    return st.one_of(
        st.lists(items, max_size=4).map(lambda parts: call("row.gen", *parts)),
        st.lists(items, max_size=4).map(lambda parts: Bracket("[", tuple(parts), "]")),
        _chains(items),
        items.map(lambda body: call("fn.where", Leaf("xs"), Lambda("it", body))),
        items.map(lambda body: call("f", Prefixed("name=", body))),
    )


DOCS: st.SearchStrategy[Doc] = st.recursive(LEAVES, _inner, max_leaves=12)


@given(st.text())
def test_a_literal_is_the_same_data_and_nothing_else(data: str) -> None:
    assert ast.literal_eval(literal(data)) == data
    assert literal(data).isprintable()


@given(st.text(alphabet="\"'\\ab\n"))
def test_a_literal_with_quotes_is_the_same_data(data: str) -> None:
    assert ast.literal_eval(literal(data)) == data


@given(DOCS)
def test_breaking_lines_changes_no_meaning(doc: Doc) -> None:
    broken = ast.parse(statement("x = ", doc))
    assert ast.dump(broken) == ast.dump(ast.parse(f"x = {flat(doc)}"))


@given(st.text(alphabet="ab\n \r\x0b'\"{}", max_size=200))
def test_a_text_cut_into_lines_is_the_same_text(data: str) -> None:
    module = ast.parse(statement("x = ", call("f", lines_of(data))))
    assert ast.literal_eval(module.body[0].value.args[0]) == data  # type: ignore[attr-defined]


def test_what_fits_stays_on_its_line_and_what_does_not_stands_one_item_a_line() -> None:
    short = call("row.draw", text("reader"), call("dist.one", Leaf("readers")))
    assert statement("reader = ", short) == 'reader = row.draw("reader", dist.one(readers))'
    long = call("row.emit", text("t"), *(Leaf("a" * 30) for _ in range(4)))
    assert statement("", long).split("\n") == ["row.emit(", '    "t",', *[f"    {'a' * 30},"] * 4, ")"]
    assert all(len(line) <= WIDTH for line in layout(long).split("\n"))


def test_a_formatter_changes_nothing() -> None:
    condition = Chain((("", Leaf("a" * 60)), ("and", Leaf("b" * 60)), ("and", Leaf("c" * 60))))
    source = "\n".join(
        (
            statement("x = ", condition),
            statement("y = ", call("row.filter", text("filter 1"), condition)),
            statement("z = ", call("fn.where", Leaf("xs"), Lambda("it", condition))),
            statement("t = ", call("Prompt", text('say "hi"'), lines_of("a " * 60 + "\n" + 'it\'s "b" ' * 15 + "\n"))),
            statement("v = ", value({"a": [1, 2.5, None, True], "b": "c" * 100})),
            "",
        )
    )
    command = [sys.executable, "-m", "ruff", "format", "--isolated", f"--line-length={WIDTH}", "-"]
    assert subprocess.run(command, input=source, capture_output=True, text=True, check=True).stdout == source


@given(st.lists(st.from_regex(r"[a-c_s]{1,5}|open_{0,3}|n_{0,3}|loop_{0,2}", fullmatch=True), unique=True, max_size=30))
def test_no_two_names_meet_and_no_name_is_reserved(names: list[str]) -> None:
    assert len({mangle(name) for name in names}) == len(names)
    assert not {mangle(name) for name in names} & RESERVED
    assert [spelled(mangle(name)) for name in names] == names
    module = Identifiers()
    assert len({module.claim(name) for name in names}) == len(names)
