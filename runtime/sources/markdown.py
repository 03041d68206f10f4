"""One Markdown file in; its text as it stands, its title and its headings out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from runtime.sources.document import Document, Heading, titled
from runtime.sources.place import Where
from runtime.sources.text import content

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_FRONT = re.compile(r"\A---[^\S\n]*\n(.*?)^(?:---|\.\.\.)[^\S\n]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_TITLE = re.compile(r"^title:[^\S\n]*(?P<quote>[\"']?)(?P<title>.+?)(?P=quote)[^\S\n]*$", re.MULTILINE)


def parse(where: Where, path: Path) -> Document:
    """The title is the one of the front matter, else the first heading."""
    text = content(where, path)
    front = _FRONT.match(text)
    begin = front.end() if front else 0
    headings = tuple(_headings(text, begin))
    stated = _TITLE.search(front[1]) if front else None
    title = stated["title"] if stated else headings[0].text if headings else None
    return Document(titled(title, path), text, headings, begin=begin)


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark")


def _headings(text: str, begin: int) -> Iterator[Heading]:
    """Those outside quotes and lists, from `begin` on: front matter is no Markdown."""
    body = text[begin:]
    lines = [begin, *(begin + found.end() for found in re.finditer("\n", body))]
    tokens = _parser().parse(body)
    for token, inline in pairwise(tokens):
        if token.type == "heading_open" and token.level == 0 and token.map:
            first, after = token.map
            end = lines[after] if after < len(lines) else len(text)
            yield Heading(lines[first], end, _plain(inline))


def _plain(inline: Token) -> str:
    """A heading's words, without marks and links."""
    parts = (" " if part.type.endswith("break") else part.content for part in inline.children or ())
    return " ".join("".join(parts).split())
