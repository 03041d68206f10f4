"""The grammar's words in; the items that offer them, with what one writes behind them, out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from compiler.queries.completion.model import Item, Rank
from dsl.grammar import keywords

HEADS: Mapping[str, tuple[str, str]] = {
    "edition": ("the language's edition, first in each file", "edition 1"),
    "from": ("names of another file", 'from "$2" import $1'),
    "param": ("a value the caller may set", "param ${1:name}: ${2:int} = ${3:3}"),
    "const": ("a value known before any row", "const ${1:name} = $0"),
    "enum": ("a closed set of words", "enum ${1:Name} { ${2:low}, ${3:high} }"),
    "record": ("typed fields", "record ${1:Name} {\n  ${2:id}: ${3:str}\n}"),
    "input": ("rows that the dataset is made from", 'input ${1:rows}: ${2:Row} = ${3:jsonl}("$4") { key = ${5:id} }'),
    "personas": ("a source of personas", 'personas ${1:readers} = ${2:jsonl}("$3") { key = ${4:id} }'),
    "criteria": ("a pool to draw from, one a line", 'criteria ${1:asks} {\n  "$0"\n}'),
    "model": ("a role and its sampling", "model ${1:writer} { ${2:temperature} = ${3:0.7} }"),
    "prompt": ("a template with typed parameters", 'prompt ${1:ask}(${2:page}: ${3:Page}) """\n  $0\n"""'),
    "judge": (
        "a question asked of a model",
        'judge ${1:good}(${2:text}: str) -> ${3:bool} by ${4:critic} """\n  $0\n"""',
    ),
    "dataset": ("the rows to make", "dataset ${1:rows} {\n  each ${2:page} from ${3:pages}\n\n  $0\n}"),
    "mix": ("shares of several datasets", "mix ${1:train} { ${2:rows}: ${3:100%} }"),
    "test": ("what a dataset does, without a model", 'test "${1:what it does}" of ${2:rows} {\n  $0\n}'),
    "each": ("an axis of the candidates", "each ${1:page} from ${2:pages}"),
    "draw": ("a value at random, the same for the same row", "draw ${1:x} ~ $0"),
    "let": ("a derived value", "let ${1:x} = $0"),
    "gen": ("a value that a model writes", "gen ${1:x}: ${2:str} = ${3:ask}($4) with ${5:writer}"),
    "run": ("a tool in the sandbox", "run ${1:result} = ${2:python}($3) { timeout = 10s, memory = 512MB }"),
    "require": ("what must hold, else the row is asked for again or dropped", "require $0"),
    "filter": ("drops the row where it does not hold", "filter $0"),
    "dedup": ("drops what is like a row above", "dedup ${1:text} by ${2:minhash}(${3:0.8})"),
    "decontaminate": (
        "drops what overlaps an evaluation set",
        "decontaminate ${1:text} against ${2:rows} by ngram(13)",
    ),
    "flag": ("keeps the row and marks it for a person", "flag ${1:x} when $0"),
    "select": ("the best rows of the whole result", "select ${1:1_000} by ${2:score}"),
    "loop": ("bounded rounds", "loop ${1:i} in ${2:1..3} carry ${3:x}: ${4:str} = ${5:start} {\n  next ${3:x} = $0\n}"),
    "next": ("a carried name's new value", "next ${1:x} = $0"),
    "until": ("ends the loop", "until $0"),
    "emit": ("a row of a table", "emit {\n  $0\n}"),
    "audit": ("a gate over the whole result", "audit $0"),
    "given": ("sets an input, a draw or a param", "given ${1:x} = $0"),
    "mock": ("answers for a gen, run or judge", "mock ${1:x} = $0"),
    "expect": ("what must come of it", "expect ${1:kept}"),
}
"""Each word that opens a declaration or a statement: what it is, and what one writes."""

INNER: Mapping[str, str] = {
    "with": "the role that is asked",
    "times": "so many samples",
    "for": "once for each element of a list",
    "when": "only then, else null",
    "where": "what a value must satisfy",
    "else": "what stands in otherwise",
    "retry": "asks again, so many times at most",
    "drop": "drops the row",
    "by": "",
    "as": "the table's name",
    "split": "one table for each value",
    "weight": "how often it is drawn",
    "carry": "a name that the rounds change",
    "weighted": "shares of several values",
}


def head_items(follows: Iterable[str], rank: Rank = Rank.FITTING) -> Iterator[Item]:
    """The declarations or statements that can stand here."""
    for word in _words(follows):
        if word in HEADS:
            detail, snippet = HEADS[word]
            yield Item(word, "keyword", detail, insert=snippet, snippet="$" in snippet, rank=rank)


def inner_items(follows: Iterable[str], rank: Rank = Rank.KEYWORD, but: Iterable[str] = ()) -> Iterator[Item]:
    """The words that go on with a statement or a value."""
    for word in _words(follows):
        if word not in but:
            yield Item(word, "keyword", INNER.get(word, ""), rank=rank)


def _words(follows: Iterable[str]) -> list[str]:
    """In the order in which the grammar names them."""
    wanted = frozenset(follows)
    order = [*HEADS, *INNER]
    found = [word for word, terminal in keywords().items() if terminal in wanted]
    return sorted(found, key=lambda word: (order.index(word) if word in order else len(order), word))
