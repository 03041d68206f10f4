"""SQL in; the datasets it names, and the same SQL with every `name@ref` quoted so that DuckDB reads it, out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
      (?P<skip> --[^\n]* | /\*.*?(?:\*/|\Z) | '(?:[^']|'')*(?:'|\Z) | \$(?P<tag>\w*)\$.*?(?:\$(?P=tag)\$|\Z) )
    | (?P<quoted> "(?:[^"]|"")*" )
    | (?P<unclosed> ".* )
    | (?P<bare> [^\W\d]\w* (?: @\w[-\w]*(?:~\d*)* )? )
    | (?P<number> \d\w* )
    | (?P<space> \s+ )
    | (?P<other> . )
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Reference:
    """`dataset@ref.part`: `ref` is None for the current branch, `part` (a table, `rejected`, `calls`) None for rows."""

    dataset: str
    ref: str | None = None
    part: str | None = None

    @property
    def name(self) -> str:
        """The dataset and ref as written."""
        return self.dataset if self.ref is None else f"{self.dataset}@{self.ref}"


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str

    @property
    def name(self) -> str | None:
        """What an identifier names; None for anything else."""
        if self.kind == "bare":
            return self.text
        return self.text[1:-1].replace('""', '"') if self.kind == "quoted" else None


def parse_reference(text: str) -> Reference:
    """`python_qa@main.rejected` as a person types it. A tag with dots stands in quotes: `"python_qa@v1.2".rejected`."""
    quoted = re.fullmatch(r'"([^"]+)"(?:\.(.+))?', text.strip())
    if quoted:
        dataset, _, ref = quoted[1].partition("@")
        return Reference(dataset, ref or None, quoted[2])
    dataset, at, rest = text.strip().partition("@")
    head, _, part = (rest if at else dataset).partition(".")
    return Reference(dataset, head or None, part or None) if at else Reference(head, None, part or None)


def references(sql: str) -> list[Reference]:
    """Every identifier that may name a dataset, with what follows its dot, once each, in order."""
    tokens = [token for token in _tokens(sql) if token.kind not in ("space", "skip")]
    found = []
    for i, token in enumerate(tokens):
        name = token.name
        after_dot = i > 0 and tokens[i - 1].text == "."
        if name is not None and not after_dot:
            part = tokens[i + 2].name if i + 2 < len(tokens) and tokens[i + 1].text == "." else None
            dataset, _, ref = name.partition("@")
            found.append(Reference(dataset, ref or None, part))
    return list(dict.fromkeys(found))


def with_quoted_names(sql: str) -> str:
    """The same query; bare names with an `@` in quotes, everything else as it was."""
    return "".join(
        f'"{token.text}"' if token.kind == "bare" and "@" in token.text else token.text for token in _tokens(sql)
    )


def _tokens(sql: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(sql):
        yield _Token(str(match.lastgroup) if match.lastgroup != "tag" else "skip", match[0])
