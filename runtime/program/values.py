"""Generated values: plain text, numbers, lists and records that also carry what the engine said about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from compiler.functions.plain import Truth


@dataclass(frozen=True, slots=True)
class Meta:
    """`logprob` is the mean per token, null where the engine gives none; `reasoning` what the model thought aloud."""

    logprob: float | None = None
    reasoning: str | None = None


NO_META = Meta()
"""What a value carries that has no other: it is on the class, and takes no room on the value."""


class Text(str):
    """Generated text. A `str` everywhere; `meta` says how likely the model found it."""

    meta: Meta = NO_META


class GeneratedRecord(dict[str, object]):
    """A generated record. A `dict` everywhere."""

    meta: Meta = NO_META


class GeneratedList(list[object]):
    """A generated list. A `list` everywhere."""

    meta: Meta = NO_META


class GeneratedInt(int):
    """A generated whole number. An `int` everywhere."""

    meta: Meta = NO_META


class GeneratedFloat(float):
    """A generated number. A `float` everywhere."""

    meta: Meta = NO_META


_KINDS: tuple[tuple[type, type[Any]], ...] = (
    (str, Text),
    (bool, Truth),
    (int, GeneratedInt),
    (float, GeneratedFloat),
    (dict, GeneratedRecord),
    (list, GeneratedList),
)
_GENERATED = dict(_KINDS)


def generated(value: object, meta: Meta) -> object:
    """`value` with `meta` attached; null carries none."""
    kind = _GENERATED.get(type(value))
    if kind is None:
        kind = next((kind for base, kind in _KINDS if isinstance(value, base)), None)
    if kind is None:
        return value
    marked = kind(value)
    if meta is not NO_META:
        marked.meta = meta
    return marked


class Points(int):
    """What a judge of points said: the sum. A number everywhere; `points` are what each question gave, in order."""

    points: list[int] | None = None
    p: float | None = None


class Step(int):
    """What a judge of a scale said: the likeliest step. A number everywhere.

    `p` is that step's probability among all steps, `mean` the expected value.
    """

    p: float | None = None
    mean: float | None = None


class Score(float):
    """What a reward model gave, or the probability that an answer is good. A number everywhere."""

    p: float | None = None


class Verdict(Truth):
    """What a yes/no judge said: true or false, with the probability of yes."""

    def __init__(self, value: object, p: float | None = None) -> None:
        super().__init__(value)
        self.p = p

    def __repr__(self) -> str:
        return f"Verdict({self.value!r}, p={self.p!r})"
