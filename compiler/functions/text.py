"""Text in; counts, shares, parts and changed text out. A word is a run of characters between white space."""

from __future__ import annotations

import re
from functools import lru_cache

from compiler.functions.declare import function
from compiler.functions.tokens import cut

_TOKEN = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"[.!?]+[\"'”’)\]]*(?=\s|$)|[。！？]+")


@function("text: str -> int", 'words("one two three") == 3', method=True)
def words(text: str) -> int:
    """How many words the text has."""
    return len(text.split())


@function("text: str -> int", 'sentences("It stops. Why? Nobody knows.") == 3', method=True)
def sentences(text: str) -> int:
    """How many sentences the text has: stretches that hold a letter or digit and end at `.`, `!`, `?` or the end."""
    return sum(1 for part in _SENTENCE_END.split(text) if _TOKEN.search(part))


@function("value: str | any[] -> int", 'len("abc") == 3')
def len_(value: str | list[object]) -> int:
    """How many characters a text or elements a list has."""
    return len(value)


@function("text: str, part: str -> bool", 'contains("except for", "except")', method=True)
def contains(text: str, part: str) -> bool:
    """Whether `part` stands in the text, letter case included."""
    return part in text


@function("text: str, start: str -> bool", 'starts_with("Why not?", "Why")', method=True)
def starts_with(text: str, start: str) -> bool:
    """Whether the text begins with `start`."""
    return text.startswith(start)


@function("text: str, end: str -> bool", 'ends_with("Why not?", "?")', method=True)
def ends_with(text: str, end: str) -> bool:
    """Whether the text ends with `end`."""
    return text.endswith(end)


@function("text: str, part: str -> int", 'count("a b a", "a") == 2', method=True)
def count(text: str, part: str) -> int:
    """How often `part` stands in the text, without overlap."""
    return text.count(part) if part else 0


@function("text: str, old: str, new: str -> str", 'replace("a-b", "-", "+") == "a+b"', method=True)
def replace(text: str, old: str, new: str) -> str:
    """The text with every `old` replaced by `new`."""
    return text.replace(old, new)


@function("text: str -> str", 'upper("abc") == "ABC"', method=True)
def upper(text: str) -> str:
    """The text in capital letters."""
    return text.upper()


@function("text: str -> str", 'lower("ABC") == "abc"', method=True)
def lower(text: str) -> str:
    """The text in small letters."""
    return text.lower()


@function("text: str -> str", 'capitalize("why not") == "Why not"', method=True)
def capitalize(text: str) -> str:
    """The text with its first letter a capital and the rest as they are."""
    return text[:1].upper() + text[1:]


@function('text: str, characters: str = "" -> str', 'strip("  a  ") == "a"', method=True)
def strip(text: str, characters: str = "") -> str:
    """The text without white space, or without any of `characters`, at both ends."""
    return text.strip(characters or None)


@function('text: str, by: str = "" -> str[]', 'split("a, b", ", ") == ["a", "b"]', method=True)
def split(text: str, by: str = "") -> list[str]:
    """The parts of the text between each `by`; without it, its words."""
    return text.split(by or None)


@function(
    "text: str, characters: int? = null, tokens: int? = null -> str", 'truncate("abcdef", 4) == "abc…"', method=True
)
def truncate(text: str, characters: int | None = None, tokens: int | None = None) -> str:
    """The text cut to so many characters, or, in a prompt, `tokens = 200` of the model that reads it; `…` at a cut."""
    if tokens is not None:
        text = cut(text, tokens)
    if characters is None:
        return text
    return text if len(text) <= characters else text[: max(characters - 1, 0)] + "…"[: max(characters, 0)]


@function("text: str, width: int = 4 -> str", 'indent("a", 2) == "  a"', method=True)
def indent(text: str, width: int = 4) -> str:
    """The text with every line that is not blank moved to the right."""
    return "\n".join(" " * width + line if line.strip() else line for line in text.split("\n"))


@function("value: any -> str", 'str(3) == "3"')
def str_(value: object) -> str:
    """The value as it prints in a template: text as it is, `true`, `3.5`; lists and records as JSON."""
    if isinstance(value, str):
        return value
    from compiler.functions.canonical import json_text

    return json_text(value)


def tokens(text: str) -> list[str]:
    """Lower-case words without punctuation: what n-grams are made of."""
    return _TOKEN.findall(text.lower())


@function("text: str, n: int = 2 -> str[]", 'ngrams("to be or", 2) == ["to be", "be or"]', method=True)
def ngrams(text: str, n: int = 2) -> list[str]:
    """Every run of n words, in order, in small letters and without punctuation."""
    found = tokens(text)
    return [" ".join(found[i : i + n]) for i in range(len(found) - n + 1)] if n > 0 else []


@function("text: str, n: int = 3 -> float", 'repetition("a b c a b c", 3) == 0.25', method=True)
def repetition(text: str, n: int = 3) -> float:
    """The share of runs of n words that already stood earlier in the text: 0 says nothing twice."""
    found = ngrams(text, n)
    return 1 - len(set(found)) / len(found) if found else 0.0


@function("text: str | str[], ngram: int = 1 -> float", 'distinct("a b a b", 1) == 0.5', method=True)
def distinct(text: str | list[str], ngram: int = 1) -> float:
    """Different runs of `ngram` words ÷ all such runs, over a text or all texts of a list: 1 is all different."""
    found = [gram for part in ([text] if isinstance(text, str) else text) if part for gram in ngrams(part, ngram)]
    return len(set(found)) / len(found) if found else 0.0


@function("text: str, other: str -> float", 'similarity("same text", "same text") == 1.0', method=True)
def similarity(text: str, other: str) -> float:
    """How alike two texts are, from 0 to 1: shared runs of three characters ÷ all of them (Jaccard)."""
    left, right = _trigrams(text), _trigrams(other)
    return len(left & right) / len(left | right)


@lru_cache(maxsize=1024)
def _trigrams(text: str) -> frozenset[str]:
    padded = f"  {' '.join(text.lower().split())}  "
    return frozenset(padded[i : i + 3] for i in range(len(padded) - 2))
