"""What a lowered program calls as `fn.words(x)`: the implementations of all functions and methods, and nothing else.

Importing this module also fills the registry, because a function is declared where it is implemented.
"""
# ruff: noqa: F401 (this module exists to re-export)

from __future__ import annotations

from compiler.functions.checks import (
    boxed,
    code_block,
    conforms,
    is_json,
    is_markdown,
    is_python,
    is_schema,
    language_of,
)
from compiler.functions.elements import Elements, aligned, cut, index, own, score, with_score
from compiler.functions.lists import (
    list_all,
    list_any,
    list_best,
    list_contains,
    list_count,
    list_first,
    list_flat,
    list_join,
    list_last,
    list_majority,
    list_map,
    list_max,
    list_mean,
    list_min,
    list_none,
    list_rank,
    list_reverse,
    list_same_as,
    list_sort,
    list_sum,
    list_top,
    list_unique,
    list_where,
    zip_,
)
from compiler.functions.numbers import abs_, ceil, default, floor, log, max_, min_, number, round_, sqrt
from compiler.functions.prelude import assistant, file, fixture, lines, system, user
from compiler.functions.regex import find, matches
from compiler.functions.text import (
    capitalize,
    contains,
    count,
    distinct,
    ends_with,
    indent,
    len_,
    lower,
    ngrams,
    repetition,
    replace,
    sentences,
    similarity,
    split,
    starts_with,
    str_,
    strip,
    truncate,
    upper,
    words,
)
