"""Signatures of what is checked today and executed by another part of synth, or by a later version."""

from __future__ import annotations

from compiler.functions.declare import DRAWS, FUNCTIONS, METHODS, Function, Place
from compiler.functions.signature import parse_signature, parse_type


def _later(name: str, signature: str, doc: str, example: str) -> None:
    FUNCTIONS[name] = Function(name, parse_signature(signature), doc, example, code=None, available=False)


def _draw(name: str, signature: str, doc: str, example: str) -> None:
    DRAWS[name] = Function(name, parse_signature(signature), doc, example, code=None, place="draw")


_later(
    "math_equal",
    "answer: str, expected: str -> bool",
    "Whether two mathematical expressions are equal as expressions, not as texts.",
    'math_equal("1/2", "0.5")',
)
_later(
    "consistency",
    "claims: T[][], across: str[], by: any -> T[][]",
    "The claims in their shape, each with `.support`: the share of the other samples that agree with it under `by`.",
    "consistency(claims, across = drafts, by = supported_by)",
)
_later(
    "mean_support",
    "claims: any -> float?",
    "The mean `.support` of a sample's claims.",
    "drafts.rank(by = mean_support(scored))",
)

_draw("int", "range: any -> int", "A whole number of the range, both ends included, all alike.", "draw n ~ int(0..9)")
_draw(
    "uniform", "range: any -> float", "A number between the ends of the range, all alike.", "draw t ~ uniform(0.5..1.1)"
)
_draw(
    "normal",
    "mean: float, deviation: float -> float",
    "A number of the normal distribution.",
    "draw x ~ normal(0, 1)",
)

_PICK = "A number of different elements, drawn: k, or as many as a range allows."
_DRAW_PLACE: Place = "draw"
METHODS["list.pick"] = Function(
    "pick",
    parse_signature("k: any -> T[]"),
    _PICK,
    "draw shots ~ examples.pick(2)",
    code=None,
    receiver=parse_type("T[]"),
    place=_DRAW_PLACE,
)
