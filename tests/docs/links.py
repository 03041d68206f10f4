"""A page of Markdown in; where it leads, and the places in it that a link may name, out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

FENCE = re.compile(r"^( *`{3,})[^\n]*\n.*?^\1 *$", re.DOTALL | re.MULTILINE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)")
_SRC = re.compile(r"\b(?:src|srcset|href)=\"(?P<target>[^\"]+)\"")
_HEADING = re.compile(r"^#{1,6} +(?P<title>.+?) *#*$", re.MULTILINE)
_SHOWN = re.compile(r"\[([^\]]*)\]\([^)]*\)")


def links(text: str) -> Iterator[str]:
    """Every target outside of code."""
    prose = _CODE.sub("", _COMMENT.sub("", FENCE.sub("", text)))
    for pattern in (_LINK, _SRC):
        yield from (found["target"] for found in pattern.finditer(prose))


def places(text: str) -> set[str]:
    """The anchors of its headings, as GitHub makes them."""
    found: set[str] = set()
    seen: Counter[str] = Counter()
    for heading in _HEADING.finditer(FENCE.sub("", text)):
        title = _SHOWN.sub(r"\1", heading["title"]).lower()
        anchor = re.sub(r"[^\w\- ]", "", title).replace(" ", "-")
        found.add(f"{anchor}-{seen[anchor]}" if seen[anchor] else anchor)
        seen[anchor] += 1
    return found
