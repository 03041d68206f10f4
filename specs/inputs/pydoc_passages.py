"""The Python language reference that ships with CPython in; short passages of clean prose out, as rows of an input.

`python("inputs/pydoc_passages.py")` runs `rows()`. A passage is 120 to 400 characters of whole sentences; code,
grammar, notes and version history are left out. Nothing is downloaded: the pages are those of `help("break")`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest

SHORTEST, LONGEST = 120, 400

HISTORY = re.compile(r"(Changed|New|Added|Deprecated|Removed) in version|Deprecated since|See also|Note:|Footnotes")
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[\"“'(A-Z])")
ASIDE = re.compile(r"\s?\[\d+\]|\s?\([Ss]ee [^()]*\)")
EMPHASIS = re.compile(r"(?<!\*)\*(\w[^*]*)\*(?!\*)")
SPLIT_WORD = re.compile(r"(?<=\w)-\n\s*")
ABBREVIATIONS = ("e.g.", "E.g.", "i.e.", "I.e.", "etc.", "cf.", "vs.")
UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def rows() -> Iterator[dict[str, str]]:
    """Yield `{id, topic, text}`: the first passage of every page, then the second of every page, and so on.

    In this order a small build already sees many subjects instead of the first page alone.
    """
    from pydoc_data.topics import topics

    pages = [list(page_rows(topic, topics[topic])) for topic in sorted(topics)]
    for layer in zip_longest(*pages):
        yield from (row for row in layer if row is not None)


def page_rows(topic: str, page: str) -> Iterator[dict[str, str]]:
    for number, text in enumerate(passages(page), start=1):
        yield {"id": f"{topic}-{number}", "topic": topic, "text": text}


def passages(page: str) -> Iterator[str]:
    """Join neighbouring sentences into passages; whatever is not prose ends a passage."""
    for run in prose_runs(page):
        yield from cut(run)


def prose_runs(page: str) -> Iterator[list[str]]:
    """Group the sentences of consecutive prose paragraphs."""
    run: list[str] = []
    for block in re.split(r"\n\s*\n", page):
        if is_prose(block):
            run += sentences(block)
            if not block.rstrip().endswith(":"):
                continue
        yield run
        run = []
    yield run


def is_prose(block: str) -> bool:
    """A paragraph that starts at the margin with a word, and is no heading, grammar or history."""
    lines = block.splitlines()
    if not lines or HISTORY.match(lines[0].strip()):
        return False
    plain = all(line and not line.startswith((" ", "*", "=", "-", "~", "+", "|", ">", "[")) for line in lines)
    return plain and "::=" not in block and "Related help topics" not in block and block.lstrip()[0] in '"“(' + UPPER


def sentences(block: str) -> list[str]:
    """The whole sentences of a paragraph, without markup, asides, cross references and introductions of code."""
    text = EMPHASIS.sub(r"\1", ASIDE.sub("", " ".join(SPLIT_WORD.sub("-", block).split())))
    found: list[str] = []
    for part in SENTENCE_END.split(text):
        if found and found[-1].endswith(ABBREVIATIONS):
            found[-1] += " " + part
        else:
            found.append(part)
    return [sentence for sentence in found if is_clean(sentence)]


def is_clean(sentence: str) -> bool:
    ends = sentence.endswith((".", "!", "?")) and not sentence.endswith(ABBREVIATIONS)
    return ends and len(sentence) <= LONGEST and not sentence.startswith(("See ", "*"))


def cut(run: list[str]) -> Iterator[str]:
    """Fill passages with sentences up to `LONGEST`; a remainder below `SHORTEST` is dropped."""
    passage = ""
    for sentence in run:
        if passage and len(passage) + 1 + len(sentence) > LONGEST:
            if len(passage) >= SHORTEST:
                yield passage
            passage = ""
        passage = f"{passage} {sentence}".strip()
    if len(passage) >= SHORTEST:
        yield passage
