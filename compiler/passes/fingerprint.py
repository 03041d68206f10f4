"""A checked model in; two digests of every declaration and every statement of a dataset out.

`data` changes when a row can change. `description` changes also with what a person reads of it: docs, names, tests.
Layout and comments change neither; a comma that a closing bracket, or in braces a line end, makes needless is layout.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from textwrap import dedent

from compiler.context import Context
from compiler.digest import Digester, pack
from compiler.model import Fingerprint, Model
from dsl import tree
from dsl.frames import CLOSES, SIGNS
from dsl.lexer import COMMENT, DOC, NEWLINE, Lexer
from dsl.source import Source
from dsl.tokens import Token

_TEMPLATE_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)


def run(model: Model, context: Context) -> Model:
    digester, wording = Digester(model), _Wording(model)
    seed = "" if context.seed is None else str(context.seed)
    found: dict[tree.Node, Fingerprint] = {}
    for path, file in model.files.items():
        for declaration in file.declarations:
            for node in _nodes(declaration):
                data = digester.of(node)
                if isinstance(node, tree.Dataset | tree.Mix):
                    data = pack("dataset", data, seed)
                found[node] = Fingerprint(data.hex(), pack("described", data, wording.of(path, node)).hex())
    return replace(model, fingerprints=found)


def _nodes(declaration: tree.Declaration) -> Iterator[tree.Node]:
    yield declaration
    if isinstance(declaration, tree.Dataset):
        yield from _statements(declaration.body)


def _statements(body: tuple[tree.Statement, ...]) -> Iterator[tree.Statement]:
    for statement in body:
        yield statement
        if isinstance(statement, tree.Loop):
            yield from _statements(statement.body)


class _Wording:
    """What a model's files say, without their layout and comments: each is read into tokens once."""

    def __init__(self, model: Model) -> None:
        self._words = {path: words_of(source) for path, source in model.sources.items()}

    def of(self, path: str, node: tree.Node) -> str:
        """The words of the node, its docs included; for a dataset or a mix those of the whole file."""
        words = self._words[path]
        if isinstance(node, tree.Dataset | tree.Mix):
            return "\n".join(word for _, word in words)
        doc = getattr(node, "doc", None)
        first, last = (bisect_left(words, (at,)) for at in (node.span.start, node.span.end))
        return "\n".join([doc.text if doc is not None else "", *(word for _, word in words[first:last])])


def words_of(source: Source) -> list[tuple[int, str]]:
    """(place, word) of all that the file says, in order."""
    said = _said(Lexer(source).tokens)
    return [(token.start, _word(token)) for token in said if token.type not in (COMMENT, NEWLINE)]


def _said(tokens: list[Token]) -> Iterator[Token]:
    """The tokens without the commas that `synth fmt` adds and drops."""
    opened: list[str] = []
    for place, token in enumerate(tokens):
        if token.type in CLOSES:
            opened.append(token.type)
        elif token.type in SIGNS and opened:
            opened.pop()
        if token.type != "COMMA" or not _is_needless(tokens, place, bool(opened) and opened[-1] == "LBRACE"):
            yield token


def _is_needless(tokens: list[Token], comma: int, in_braces: bool) -> bool:
    for token in islice(tokens, comma + 1, None):
        if token.type == NEWLINE and in_braces:
            return True
        if token.type not in (COMMENT, NEWLINE):
            return token.type in SIGNS
    return False


def _word(token: Token) -> str:
    if token.type == DOC:
        return f"## {token.text.lstrip('#').strip()}"
    if token.type != "TEMPLATE":
        return token.text
    first, *rest = _TEMPLATE_COMMENT.sub("", token.text.strip('"')).split("\n")
    text = f"{first}\n{dedent(chr(10).join(rest))}" if first.strip() else dedent("\n".join([first, *rest]))
    lines = text.strip().splitlines()
    return "\n".join(line.rstrip() for line in lines)
