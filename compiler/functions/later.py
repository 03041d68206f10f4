"""Signatures of what has no code in the library: draws, which are made by the row that asks for them."""

from __future__ import annotations

from compiler.functions.declare import DRAWS, METHODS, Function, Place
from compiler.functions.signature import parse_signature, parse_type


def _draw(name: str, signature: str, doc: str, example: str) -> None:
    DRAWS[name] = Function(name, parse_signature(signature), doc, example, code=None, place="draw")


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
