"""The Python reference that ships with CPython in; the opening prose of each of its pages as a document out.

`python("inputs/documents.py")` runs `rows()`. Nothing is downloaded: the pages are those of `help("break")`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

SHORTEST, LONGEST = 200, 700
NOT_PROSE = re.compile(r"::=|^\s|^[*=+|-]|Changed in version|New in version|See also|\[\d+\]|:$", re.MULTILINE)


def rows() -> Iterator[dict[str, str]]:
    """A document is a page's first paragraphs of prose, as many as fit."""
    from pydoc_data.topics import topics

    for topic in sorted(topics):
        text = opening(topics[topic])
        if len(text) >= SHORTEST:
            yield {"id": topic, "text": text}


def opening(page: str) -> str:
    text = ""
    for block in re.split(r"\n\s*\n", page):
        prose = " ".join(block.split())
        if NOT_PROSE.search(block) or not prose.endswith("."):
            continue
        if len(text) + len(prose) > LONGEST:
            break
        text = f"{text}\n\n{prose}".strip()
    return text
