"""The grammar's words in; the items that offer them, with what one writes behind them, out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from compiler.queries.completion.model import Item, Rank
from compiler.queries.words import KEYWORDS
from dsl.grammar import keywords

HEADS: Mapping[str, str] = {
    "edition": "edition 1",
    "from": 'from "$2" import $1',
    "param": "param ${1:name}: ${2:int} = ${3:3}",
    "const": "const ${1:name} = $0",
    "enum": "enum ${1:Name} { ${2:low}, ${3:high} }",
    "record": "record ${1:Name} {\n  ${2:id}: ${3:str}\n}",
    "input": 'input ${1:rows}: ${2:Row} = ${3:jsonl}("$4") { key = ${5:id} }',
    "personas": 'personas ${1:readers} = ${2:jsonl}("$3") { key = ${4:id} }',
    "criteria": 'criteria ${1:asks} {\n  "$0"\n}',
    "model": "model ${1:writer} { ${2:temperature} = ${3:0.7} }",
    "prompt": 'prompt ${1:ask}(${2:page}: ${3:Page}) """\n  $0\n"""',
    "judge": 'judge ${1:good}(${2:text}: str) -> ${3:bool} by ${4:critic} """\n  $0\n"""',
    "dataset": "dataset ${1:rows} {\n  each ${2:page} from ${3:pages}\n\n  $0\n}",
    "mix": "mix ${1:train} { ${2:rows}: ${3:100%} }",
    "test": 'test "${1:what it does}" of ${2:rows} {\n  $0\n}',
    "each": "each ${1:page} from ${2:pages}",
    "draw": "draw ${1:x} ~ $0",
    "let": "let ${1:x} = $0",
    "gen": "gen ${1:x}: ${2:str} = ${3:ask}($4) with ${5:writer}",
    "run": "run ${1:result} = ${2:python}($3) { timeout = 10s, memory = 512MB }",
    "require": "require $0",
    "filter": "filter $0",
    "dedup": "dedup ${1:text} by ${2:minhash}(${3:0.8})",
    "decontaminate": "decontaminate ${1:text} against ${2:rows} by ngram(13)",
    "flag": "flag ${1:x} when $0",
    "select": "select ${1:1_000} by ${2:score}",
    "loop": "loop ${1:i} in ${2:1..3} carry ${3:x}: ${4:str} = ${5:start} {\n  next $3 = $0\n}",
    "next": "next ${1:x} = $0",
    "until": "until $0",
    "emit": "emit {\n  $0\n}",
    "audit": "audit $0",
    "given": "given ${1:x} = $0",
    "mock": "mock ${1:x} = $0",
    "expect": "expect ${1:kept}",
}
"""Each word that opens a declaration or a statement, and what one writes."""


def head_items(follows: Iterable[str], rank: Rank = Rank.FITTING) -> Iterator[Item]:
    """The declarations or statements that can stand here."""
    for word in _words(follows):
        if word in HEADS:
            yield keyword_item(word, rank, HEADS[word])


def inner_items(follows: Iterable[str], rank: Rank = Rank.KEYWORD, but: Iterable[str] = ()) -> Iterator[Item]:
    """The words that go on with a statement or a value."""
    for word in _words(follows):
        if word not in but:
            yield keyword_item(word, rank)


def keyword_item(word: str, rank: Rank, insert: str = "") -> Item:
    """With what hover says of it."""
    known = KEYWORDS.get(word)
    form, doc = (known.form, known.doc) if known is not None else ("", "")
    return Item(word, "keyword", form, doc, insert, "$" in insert, rank)


def _words(follows: Iterable[str]) -> list[str]:
    """In the order in which the grammar names them."""
    wanted = frozenset(follows)
    order = [*HEADS, *KEYWORDS]
    found = [word for word, terminal in keywords().items() if terminal in wanted]
    return sorted(found, key=lambda word: (order.index(word) if word in order else len(order), word))
