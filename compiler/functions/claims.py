"""Claims with their support across samples in; what the support of many says, out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compiler.functions.declare import FUNCTIONS, Function, function
from compiler.functions.elements import support
from compiler.functions.signature import parse_signature

FUNCTIONS["consistency"] = Function(
    "consistency",
    parse_signature("claims: T[][], across: any[], by: any -> T[][]"),
    "The claims in their shape, each with `.support`: the share of the other samples that agree with it under the "
    "yes/no judge `by`, which is asked about a sample and a claim; null where there is no other sample.",
    "consistency(claims, across = drafts, by = supported_by)",
    code=None,
    place="row",
)


@function("claims: any -> float?", "mean_support([]) == null")
def mean_support(claims: Any) -> float | None:
    """The mean `.support` of the claims, in lists of any depth; null where none has any."""
    found = [value for value in map(support, _leaves(claims)) if value is not None]
    return sum(found) / len(found) if found else None


def _leaves(claims: Any) -> Iterator[Any]:
    if not isinstance(claims, list):
        yield claims
        return
    for claim in claims:
        yield from _leaves(claim)
