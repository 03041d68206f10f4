"""A value of a program in, whatever it carries; plain data, for all that writes, hashes or sends it, out."""

from __future__ import annotations

from typing import Any

_SCALARS = (str, bool, int, float)
_PLAIN = frozenset({*_SCALARS, type(None)})


class Truth:
    """True or false that carries more: how likely a model found it, what it was ranked by, what a judge gave it.

    Python's `bool` has no subclasses. This compares, hashes, decides and prints as one; `plain` makes it one.
    """

    meta: Any
    score: Any
    support: Any

    def __init__(self, value: object) -> None:
        self.value = bool(value)

    def __bool__(self) -> bool:
        return self.value

    def __int__(self) -> int:
        return int(self.value)

    def __eq__(self, other: object) -> bool:
        return self.value == (other.value if isinstance(other, Truth) else other)

    def __hash__(self) -> int:
        return hash(self.value)

    def __lt__(self, other: float) -> bool:
        return self.value < other

    def __le__(self, other: float) -> bool:
        return self.value <= other

    def __gt__(self, other: float) -> bool:
        return self.value > other

    def __ge__(self, other: float) -> bool:
        return self.value >= other

    def __repr__(self) -> str:
        return repr(self.value)


def plain(value: Any) -> Any:
    """JSON data: a `Truth` as what it says, texts, numbers, records and lists without their marks."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, Truth):
        return value.value
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    kind = next((kind for kind in _SCALARS if isinstance(value, kind)), None)
    return value if kind in (None, bool) or type(value) is kind else kind(value)


def marked(value: object) -> object:
    """What a JSON encoder asks about a value it does not know: only a truth value and a number can carry too much."""
    if isinstance(value, Truth | float):
        return plain(value)
    raise TypeError(f"a {type(value).__name__} is no JSON data")
