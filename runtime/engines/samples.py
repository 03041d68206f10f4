"""A generator of numbers and a form (text, pattern, JSON schema) in; a value of that form out, the same every time.

Only `Random.random` is drawn from: Python promises its sequence, and of the other methods it does not.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from runtime.engines.patterns import Chars, Choice, Pattern, Repeat, Sequence, parse

_WORDS = (
    "a about after again all along an and another around as at bay because before behind beside between black blue boat"
    " book bread bridge bright by calm carried child city clear close cold corner could counted dark day door down each"
    " early east every evening far field find first five for found four from garden gave gentle glass gold good grain"
    " green hand harbour held her high hill his hour house in into iron keeper kind knew lamp late ledger letter light"
    " like little long lost made map many market mark mended might month morning most music near never new night no"
    " north noted of old on once one open or orchard out over own page paper past path people place plain quiet rain"
    " reached read red river road roof round said salt sea seven she short should silver six slow small snow some song"
    " south spoke spring stone storm story street summer sun than that the their then there these they this three"
    " through to town tree two under until up upon village wall warm was watched water way weather well west what when"
    " where which while white who wide wind window winter with wood word work would year young"
)
WORDS = tuple(_WORDS.split())
_PLEASANT = tuple((a, b) for a, b in ((0x61, 0x7A), (0x41, 0x5A), (0x30, 0x39), (0x20, 0x7E), (0, 0x10FFFF)))
UNBOUNDED = 12
"""How much longer than its minimum a repeat without a maximum may become."""


class UnsupportedSchema(ValueError):
    """A part of a JSON schema for which no value is made."""


def below(random: Random, count: int) -> int:
    """An integer from 0 to `count` - 1."""
    return int(random.random() * count)


def between(random: Random, low: int, high: int) -> int:
    return low + below(random, high - low + 1)


def sentence(random: Random, words: int) -> str:
    pick = random.random
    text = " ".join([WORDS[int(pick() * len(WORDS))] for _ in range(words)])
    return text[0].upper() + text[1:] + "."


def prose(random: Random) -> str:
    """One to three sentences of four to fourteen words."""
    return " ".join([sentence(random, between(random, 4, 14)) for _ in range(between(random, 1, 3))])


def words_of_length(random: Random, length: int) -> str:
    """Text of exactly `length` characters."""
    text = ""
    while len(text) < length:
        text += sentence(random, 8)[:-1].lower() + " "
    return text[:length].rstrip().ljust(length, "e")


def of_pattern(random: Random, pattern: Pattern) -> str:
    """A text that `pattern` matches as a whole."""
    if isinstance(pattern, Chars):
        return _char(random, pattern)
    if isinstance(pattern, Sequence):
        return "".join(of_pattern(random, item) for item in pattern.items)
    if isinstance(pattern, Choice):
        return of_pattern(random, pattern.options[below(random, len(pattern.options))])
    return _repeated(random, pattern)


def _repeated(random: Random, pattern: Repeat) -> str:
    high = pattern.low + UNBOUNDED if pattern.high is None else pattern.high
    count = between(random, pattern.low, high)
    if not isinstance(pattern.item, Chars):
        return "".join(of_pattern(random, pattern.item) for _ in range(count))
    allowed = pattern.item
    return "".join(c if c in allowed else _char(random, allowed) for c in words_of_length(random, count))


def _char(random: Random, chars: Chars) -> str:
    """A character of the set, a letter or digit when it has one."""
    for low, high in _PLEASANT:
        inside = [(max(a, low), min(b, high)) for a, b in chars.ranges if a <= high and b >= low]
        if inside:
            start, end = inside[below(random, len(inside))]
            return chr(between(random, start, end))
    raise UnsupportedSchema("a character class without characters")


def of_schema(random: Random, schema: Any, root: Any = None, depth: int = 0) -> Any:
    """A JSON value that `schema` accepts, properties in the order in which they stand."""
    root = schema if root is None else root
    if schema is True or schema == {}:
        return prose(random)
    if not isinstance(schema, dict) or depth > 32:
        raise UnsupportedSchema("a schema that accepts nothing, or nests too deep")
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][below(random, len(schema["enum"]))]
    if "$ref" in schema:
        return of_schema(random, resolved(root, schema["$ref"]), root, depth + 1)
    options = schema.get("anyOf") or schema.get("oneOf")
    if options:
        # deep inside, the last option: writers put null or the flat case there, so that recursion ends
        option = options[-1] if depth > 8 else options[below(random, len(options))]
        return of_schema(random, option, root, depth + 1)
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = kind[below(random, len(kind))]
    if kind not in _MAKERS:
        raise UnsupportedSchema(f"no value is made for {sorted(schema)}")
    return _MAKERS[kind](random, schema, root, depth)


def resolved(root: Any, ref: str) -> Any:
    """What a `$ref` inside the same schema points to."""
    if not ref.startswith("#"):
        raise UnsupportedSchema(f"`$ref` to another document: {ref}")
    node = root
    for part in ref[1:].split("/")[1:]:
        node = node[part.replace("~1", "/").replace("~0", "~")]
    return node


def _object(random: Random, schema: Any, root: Any, depth: int) -> dict[str, Any]:
    required = schema.get("required", ())
    return {
        name: of_schema(random, child, root, depth + 1)
        for name, child in schema.get("properties", {}).items()
        if name in required or (depth < 8 and random.random() < 0.5)
    }


def _array(random: Random, schema: Any, root: Any, depth: int) -> list[Any]:
    head = [of_schema(random, child, root, depth + 1) for child in schema.get("prefixItems", ())]
    low = max(schema.get("minItems", 0) - len(head), 0)
    high = max(min(schema.get("maxItems", len(head) + low + 3) - len(head), low + 3), low)
    count = low if depth > 8 or schema.get("items") is False else between(random, low, high)
    return head + [of_schema(random, schema.get("items", True), root, depth + 1) for _ in range(count)]


def _string(random: Random, schema: Any, root: Any, depth: int) -> str:
    if "pattern" in schema:
        return of_pattern(random, _searched(schema["pattern"]))
    text = prose(random)
    low, high = (
        schema.get("minLength", 0),
        schema.get("maxLength", max(len(text), schema.get("minLength", 0))),
    )
    return text if low <= len(text) <= high else words_of_length(random, between(random, low, min(high, low + 120)))


def _searched(pattern: str) -> Pattern:
    """JSON schema searches for its patterns; a text that matches from end to end is found too."""
    return parse(pattern)


def _integer(random: Random, schema: Any, root: Any, depth: int) -> int:
    step = schema.get("multipleOf", 1)
    low = max(schema.get("minimum", schema.get("exclusiveMinimum", -1) + 1), -(2**53))
    low = -(-low // step)
    high = schema.get("maximum", schema.get("exclusiveMaximum", max(low * step, 0) + 101) - 1) // step
    if high < low:
        raise UnsupportedSchema("an integer with an empty range")
    return int(between(random, int(low), int(high)) * step)


def _number(random: Random, schema: Any, root: Any, depth: int) -> float:
    low = schema.get("minimum", schema.get("exclusiveMinimum", 0.0))
    high = schema.get("maximum", schema.get("exclusiveMaximum", low + 1.0))
    return float(round(low + (high - low) * (0.01 + 0.98 * random.random()), 6))


_MAKERS: dict[Any, Callable[[Random, Any, Any, int], Any]] = {
    "object": _object,
    "array": _array,
    "string": _string,
    "integer": _integer,
    "number": _number,
    "boolean": lambda random, schema, root, depth: random.random() < 0.5,
    "null": lambda random, schema, root, depth: None,
}
