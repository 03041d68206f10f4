"""Generated values: plain text, lists and records that also carry what the engine said about them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Meta:
    """`logprob` is the mean per token, null where the engine gives none; `reasoning` what the model thought aloud."""

    logprob: float | None = None
    reasoning: str | None = None


class Text(str):
    """Generated text. A `str` everywhere; `meta` says how likely the model found it."""

    meta: Meta = Meta()


class GeneratedRecord(dict[str, object]):
    """A generated record. A `dict` everywhere."""

    meta: Meta = Meta()


class GeneratedList(list[object]):
    """A generated list. A `list` everywhere."""

    meta: Meta = Meta()


def generated(value: object, meta: Meta) -> object:
    """`value` with `meta` attached; numbers, booleans and null carry none."""
    marked: Text | GeneratedRecord | GeneratedList
    if isinstance(value, str):
        marked = Text(value)
    elif isinstance(value, dict):
        marked = GeneratedRecord(value)
    elif isinstance(value, list):
        marked = GeneratedList(value)
    else:
        return value
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


class Verdict:
    """What a yes/no judge said: true or false, with the probability of yes."""

    __slots__ = ("p", "value")

    def __init__(self, value: bool | int, p: float | None = None) -> None:
        self.value, self.p = value, p

    def __bool__(self) -> bool:
        return bool(self.value)

    def __int__(self) -> int:
        return int(self.value)

    def __eq__(self, other: object) -> bool:
        return self.value == (other.value if isinstance(other, Verdict) else other)

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
        return f"Verdict({self.value!r}, p={self.p!r})"
