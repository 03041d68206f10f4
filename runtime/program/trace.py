"""One record for each thing that happened to a candidate: draws, values, calls, verdicts; `blame` and `why` read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

BITS = 20
"""Of an element's or a round's number that say its place in the innermost list or loop; those above say the outer."""


@dataclass(slots=True, kw_only=True)
class Event:
    """One thing that happened, told apart by (cell, round, element, sample, attempt). Once told, nobody changes it.

    kind       draw, let, gen, run, judge, next, until or flag
    value      the value as plain data: what was drawn, computed, answered (null when the answer failed its type)
    call       hex of the journal's key of a call or a run; None for what is neither
    round      of the loop it stands in, from 1; 0 outside of any
    prompt     the prompt's name, or the tool's; `arguments` are its values
    text       the model's own words; `reasoning` is what it thought aloud before them
    p          a judge's probability of yes, among yes and no
    repeatable whether the engine, asked again, gives this answer again; None for what is no call of one
    error      why the answer was not used
    """

    cell: str
    kind: str
    round: int = 0
    element: int = 0
    sample: int = 0
    attempt: int = 0
    value: object = None
    call: str | None = None
    prompt: str | None = None
    arguments: Mapping[str, object] | None = field(default=None, repr=False)
    role: str | None = None
    model: str | None = None
    text: str | None = None
    finish: str | None = None
    seed: int | None = None
    logprob: float | None = None
    reasoning: str | None = None
    labels: Mapping[str, float] | None = None
    p: float | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    repeatable: bool | None = None
    error: str | None = None


class Copied(Event):
    """A gen's call that the version before made, word for word: where it stands there (`at`), and no more."""

    __slots__ = ("at",)

    def __init__(self, place: tuple[str, int, int, int, int], at: int) -> None:
        self.cell, self.round, self.element, self.sample, self.attempt = place
        self.kind, self.at = "gen", at

    def __repr__(self) -> str:
        return f"Copied({place_of(self)}, {self.at})"


def place_of(event: Event) -> tuple[str, int, int, int, int]:
    """What tells an event apart, in the order in which the parts of a list are told."""
    return event.cell, event.round, event.element, event.sample, event.attempt


def printed_place(element: int) -> str:
    """`3`, or `2.3` for the fourth element inside the third."""
    inner = str(element & ((1 << BITS) - 1))
    return f"{printed_place(element >> BITS)}.{inner}" if element >> BITS else inner


def printed_cell(event: Event) -> str:
    """`claims, round 2, element 3`: which judgement of a cell it is says its number in the calls table alone."""
    where = printed_slot(event.round, 0 if event.kind == "judge" else event.element, event.sample)
    return f"{event.cell}, {where}" if where else event.cell


def printed_slot(round_: int, element: int, sample: int) -> str:
    """`round 2, element 3, sample 1`, as the calls table numbers them, without what is nothing."""
    said = (("round", round_), ("element", element), ("sample", sample))
    return ", ".join(f"{name} {printed_place(number)}" for name, number in said if number)
