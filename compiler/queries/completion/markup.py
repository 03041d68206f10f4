"""A place in a template's text or in a tag in; the markers and tags that could stand there, out."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.queries.completion.asked import Asked
from compiler.queries.completion.model import Item, Rank
from compiler.queries.words import MARKERS

_INSERTS = {"chat": "@chat {{ $0 }}", "open": "@open assistant"}
_TAGS = {
    "if": ("what follows only where it holds", "if $1 %}\n$0\n{% endif"),
    "elif": ("else, where this holds", "elif $0"),
    "else": ("else", "else"),
    "endif": ("ends `if`", "endif"),
    "for": ("once for each element", "for ${1:x} in ${2:xs} %}\n$0\n{% endfor"),
    "endfor": ("ends `for`", "endfor"),
    "raw": ("text as it stands", "raw"),
    "endraw": ("ends `raw`", "endraw"),
}


def markup_items(asked: Asked) -> Iterator[Item]:
    """Markers stand alone on their line; the first word of a tag says which it is."""
    placeholder, source = asked.placeholder, asked.source
    if placeholder.inside == "tag":
        if placeholder.heads == ("for",) and len(placeholder.before) == 2:
            yield Item("in", "keyword", rank=Rank.FITTING)
        for name, (detail, insert) in _TAGS.items() if not placeholder.heads else ():
            yield Item(name, "keyword", detail, insert=insert, snippet="$" in insert, rank=Rank.FITTING)
        return
    line = source.text.rfind("\n", 0, placeholder.span.start) + 1
    if source.text[line : placeholder.span.start].strip():
        return
    for name, word in MARKERS.items():
        insert = _INSERTS.get(name, f"@{name}")
        yield Item(f"@{name}", "keyword", word.form, word.doc, insert, "$" in insert, Rank.FITTING)
