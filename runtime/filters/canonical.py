"""A value of a row in; the text that stands for it when two values are compared, out.

Two texts are the same when a reader cannot tell them apart: Unicode in normal form C, lines ended by a line feed, no
blanks at the ends of lines, no empty lines around. Case, punctuation and indentation stay: `if` blocks differ by them.
What is not text is its JSON, keys sorted.
"""

from __future__ import annotations

import unicodedata

import orjson

from compiler.functions.plain import marked


def same_text(value: object) -> str:
    """What `dedup … by exact` compares."""
    text = value if isinstance(value, str) else orjson.dumps(value, marked, orjson.OPT_SORT_KEYS).decode()
    if text.isascii() and text.isprintable():  # one line, in every normal form
        return text.rstrip()
    return "\n".join([line.rstrip() for line in unicodedata.normalize("NFC", text).splitlines()]).strip("\n")


def like_text(value: object) -> str:
    """What `dedup … by minhash` takes its shingles from: compatibility form, case folded, blanks as single spaces."""
    text = value if isinstance(value, str) else same_text(value)
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).split())
