"""The grammar itself: no conflicts, a builder for every rule, the keyword lists, and the packaged tables."""

from __future__ import annotations

import logging
from pathlib import Path
from types import SimpleNamespace

import pytest
from lark import Lark, logger

from dsl.brackets import balance
from dsl.build import RULES
from dsl.grammar import Misfit, derive, keywords
from dsl.lexer import Lexer
from dsl.parser import parse
from dsl.source import Source
from dsl.tables import GRAMMAR, PACKAGED, tables
from dsl.tables_from_lark import STARTS, NoLexer, analysed, printed
from dsl.tree import Doc, children, walk
from dsl.units import split
from dsl.words import BODIED, DECLARATIONS, IN_DATASET, IN_TEST

EXAMPLES = sorted((Path(__file__).parent / "examples").glob("*.synth"))


def test_grammar_has_no_conflicts(caplog: pytest.LogCaptureFixture) -> None:
    """Lark settles a shift/reduce conflict in silence unless it is strict, and says so in its log when it debugs."""
    logger.setLevel(logging.DEBUG)
    try:
        Lark(
            GRAMMAR.read_text(),
            parser="lalr",
            lexer="basic",
            start=["file", "item", "expression", "hole"],
            debug=True,
        )
    finally:
        logger.setLevel(logging.CRITICAL)
    assert "conflict" not in caplog.text.lower()
    assert analysed().options.strict


def test_conflict_would_be_refused() -> None:
    ambiguous = 'start: e\ne: e "+" e | "1"'
    with pytest.raises(Exception, match="Shift/Reduce"):
        Lark(ambiguous, parser="lalr", strict=True, lexer=NoLexer)


def test_every_rule_of_the_grammar_makes_a_node() -> None:
    made = {rule.alias or rule.origin.name for rule in analysed().rules if not rule.origin.name.startswith("_")}
    inlined = {rule.origin.name for rule in analysed().rules if rule.options.expand1}
    assert {str(name) for name in made} - inlined - {"file"} <= set(RULES)
    assert set(RULES) <= {str(name) for name in made}


def test_statement_keywords_are_those_of_the_grammar() -> None:
    assert set(keywords()) >= DECLARATIONS | IN_DATASET | IN_TEST
    at_top = derive("item", Lexer(Source("a", "=")).tokens)
    assert isinstance(at_top, Misfit)
    assert {word for word, terminal in keywords().items() if terminal in at_top.expected} == DECLARATIONS


@pytest.mark.parametrize("head,words", [("dataset d {", IN_DATASET - {"next", "until"}), ('test "t" {', IN_TEST)])
def test_statements_of_a_body_are_those_of_the_grammar(head: str, words: frozenset[str]) -> None:
    [unit] = split(balance(Lexer(Source("a", head + "\n]")).tokens).tokens[:-1])
    misfit = derive("item", [*unit.header, *Lexer(Source("a", "]")).tokens])
    assert isinstance(misfit, Misfit)
    assert {word for word, terminal in keywords().items() if terminal in misfit.expected} == words


def test_bodied_statements_can_be_empty() -> None:
    assert parse(Source("a", 'dataset d {}\nrecord r {}\ncriteria c {}\ntest "t" {}')).diagnostics == ()
    assert parse(Source("a", "dataset d { loop i in 1..2 {} }")).diagnostics == ()
    assert len(BODIED) == 5


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda f: f.name)
def test_the_rule_for_whole_files_reads_the_examples(file: Path) -> None:
    """The parser starts at single declarations; the grammar's `file` says the same of a whole file."""
    source = Source(file.name, file.read_text())
    tokens = balance(Lexer(source).tokens).tokens
    outcome = derive("file", tokens)  # type: ignore[arg-type]
    assert not isinstance(outcome, Misfit)


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda f: f.name)
def test_examples_parse_and_every_node_lies_inside_its_parent(file: Path) -> None:
    source = Source(file.name, file.read_text())
    parsed = parse(source)
    assert parsed.diagnostics == ()
    for node in walk(parsed.file):
        assert 0 <= node.span.start <= node.span.end <= len(source.text)
        for child in children(node):
            inside = node.span.start <= child.span.start <= child.span.end <= node.span.end
            assert inside or isinstance(child, Doc)


def test_packaged_tables_are_those_of_the_grammar(pytestconfig: pytest.Config) -> None:
    if pytestconfig.getoption("--update-golden"):
        PACKAGED.write_text(printed(), encoding="utf-8")
    assert PACKAGED.read_text(encoding="utf-8") == printed(), "run `python -m dsl.tables_from_lark`"


def test_other_tables_than_the_grammars_are_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for content in ("not a table", '{"grammar": "of another"}'):
        (tmp_path / "made.json").write_text(content)
        monkeypatch.setattr("dsl.tables.PACKAGED", tmp_path / "made.json")
        tables.cache_clear()
        try:
            computed = tables()
        finally:
            tables.cache_clear()
            monkeypatch.undo()
        assert computed == tables()


def test_driver_makes_what_larks_own_makes() -> None:
    """The same tokens through Lark's parser, with the same functions for the nodes."""
    lark = Lark(
        GRAMMAR.read_text(),
        parser="lalr",
        lexer=NoLexer,
        start=STARTS,
        keep_all_tokens=True,
        maybe_placeholders=False,
        transformer=SimpleNamespace(**RULES),
    )
    for file in EXAMPLES:
        for unit in split(balance(Lexer(Source(file.name, file.read_text())).tokens).tokens):
            ours = derive("item", unit.tokens())
            parser = lark.parse_interactive(start="item")
            for token in unit.tokens():
                parser.feed_token(token)  # type: ignore[arg-type]
            theirs = parser.feed_eof()  # type: ignore[no-untyped-call]
            assert not isinstance(ours, Misfit)
            assert repr(ours) == repr(theirs)
            assert [node.span for node in walk(ours)] == [node.span for node in walk(theirs)]
