"""A spec without a syntax mistake in; the same with exactly one fault, of the kinds that editors see, out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from random import Random

from dsl.lexer import COMMENT, DOC, NEWLINE, Lexer
from dsl.parser import parse
from dsl.source import Source
from dsl.tokens import Token

ROOT = Path(__file__).parents[2]
FOLDERS = ("tests/dsl/examples", "dsl/std", "specs", "tests/gallery", "docs", "runtime")
DEBRIS = (*"(){}[],.:=~|+*@&;?!%$", "==", "..", "->", "with", "in", "else", "1", '"x"', "name", "é")


@cache
def corpus() -> tuple[str, ...]:
    """Every spec of the repository that has no syntax mistake."""
    found = (
        file.read_text() for folder in FOLDERS for file in sorted((ROOT / folder).rglob("*.synth")) if file.is_file()
    )
    return tuple(text for text in found if not parse(Source("a.synth", text)).diagnostics)


def tokens(text: str) -> list[Token]:
    return [one for one in Lexer(Source("a.synth", text)).tokens if one.type not in (COMMENT, DOC, NEWLINE)]


def deleted(text: str, random: Random) -> str:
    """Without one token."""
    one = random.choice(tokens(text))
    return text[: one.start] + text[one.end :]


def inserted(text: str, random: Random) -> str:
    """With one token of debris before another token."""
    at = random.choice(tokens(text)).start
    return f"{text[:at]}{random.choice(DEBRIS)} {text[at:]}"


def swapped(text: str, random: Random) -> str:
    """With two neighbours of a line in each other's place."""
    pairs = [(one, other) for one, other in pairwise(tokens(text)) if "\n" not in text[one.start : other.end]]
    if not pairs:
        return text
    one, other = random.choice(pairs)
    return text[: one.start] + other.text + text[one.end : other.start] + one.text + text[other.end :]


def truncated(text: str, random: Random) -> str:
    """Ended behind one of its tokens."""
    return text[: random.choice(tokens(text)).end] + "\n"


def half_typed(text: str, random: Random) -> str:
    """With one line that ends early, behind one of its tokens or in the midst of one."""
    one = random.choice([token for token in tokens(text) if "\n" not in token.text])
    at = random.choice((one.end, random.randint(one.start + 1, one.end)))
    end = text.find("\n", at)
    return text[:at] + text[end if end >= 0 else len(text) :]


def doubled(text: str, random: Random) -> str:
    """With one token twice."""
    one = random.choice(tokens(text))
    return f"{text[: one.end]} {text[one.start :]}"


def without_line(text: str, random: Random) -> str:
    """Without one of its lines."""
    lines = text.split("\n")
    del lines[random.randrange(len(lines))]
    return "\n".join(lines)


def joined(text: str, random: Random) -> str:
    """With two lines of statements as one."""
    ends = [one for one in Lexer(Source("a.synth", text)).tokens if one.type == NEWLINE]
    one = random.choice(ends)
    return f"{text[: one.start]} {text[one.end :].lstrip()}"


def in_template(text: str, random: Random) -> str:
    """With one sign or word of a template lost, twice, or cut."""
    templates = [one for one in tokens(text) if one.type == "TEMPLATE"]
    if not templates:
        return text
    one = random.choice(templates)
    found = random.choice(list(_MARKUP.finditer(text, one.start + 3, one.end - 3)) or [None])
    if found is None:
        return text
    start, end = found.span()
    return random.choice((text[:start] + text[end:], text[:end] + " " + text[start:], text[: start + 1] + text[end:]))


_MARKUP = re.compile(r"\{\{|\}\}|\{%|%\}|@?\w+|[^\w\s]")

MUTATIONS: Mapping[str, Callable[[str, Random], str]] = {
    "deleted": deleted,
    "inserted": inserted,
    "swapped": swapped,
    "truncated": truncated,
    "half typed": half_typed,
    "doubled": doubled,
    "a line lost": without_line,
    "lines joined": joined,
    "in a template": in_template,
}


def is_syntax(code: str) -> bool:
    """Whether a message is about how something is written, in a statement or in a template."""
    return code.startswith("E01") or "E0501" <= code <= "E0506"
