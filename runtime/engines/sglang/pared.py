"""The bytes that `/generate` sent in; their JSON out, without what nobody reads: the answer's tokens, one by one.

Three lists hold something for each token, and are most of an answer: its ids, its log-probabilities, and those of the
token id that every request must ask about. Of these the mean of the second is wanted. They are cut out before anything
is parsed; where a server writes them otherwise, all is parsed as it came.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import orjson

# A key's last letters with its quote and colon stand nowhere inside a text: a quote in one has a backslash before it.
_IDS: Final = b'"output_ids":['
_LOGPROBS: Final = b'"output_token_logprobs":[['
_ASKED: Final = b'"output_token_ids_logprobs":[['
_EACH: Final = 3
"""Of each token: its log-probability, its id, and its text, which is null, as nobody asks for it."""


@dataclass(slots=True)
class Pared:
    """`data` is the JSON with those lists empty, `logprob` the mean of the log-probabilities."""

    data: Any
    logprob: float


def pared(body: bytes) -> Any:
    """`Pared`, or all of the JSON. Raises `ValueError` for what is none."""
    return _pared(body) or orjson.loads(body)


def _pared(body: bytes) -> Pared | None:
    """None where the lists are not there, in this order and of this shape."""
    ids = body.find(_IDS) + len(_IDS)
    told = body.find(_LOGPROBS, ids) + len(_LOGPROBS)
    asked = body.find(_ASKED, told) + len(_ASKED)
    if ids < len(_IDS) or told < len(_LOGPROBS) or asked < len(_ASKED):
        return None
    after_ids, after_told = body.find(b"]", ids), body.rfind(b"]],", told, asked)
    after_asked = body.rfind(b"]]]", asked)
    if after_told < 0 or after_asked < 0 or b'"' in body[asked:after_asked] or b'"' in body[ids:after_ids]:
        return None  # there is more between these places than a list of numbers
    rest = body[:ids], body[after_ids : told - 1], body[after_told + 1 : asked - 1], body[after_asked + 2 :]
    try:
        logprob = _mean(body[told - 1 : after_told + 1])
        return Pared(orjson.loads(b"".join(rest)), logprob)
    except (ValueError, TypeError, ZeroDivisionError):
        return None


def _mean(lists: bytes) -> float:
    """Of what stands first in each of `[…],[…]`, read as one list; raises where they are of another length."""
    flat = orjson.loads(lists.replace(b"],[", b","))
    count: int = flat[_EACH - 1 :: _EACH].count(None)
    if count * _EACH != len(flat):
        raise ValueError(f"{len(flat)} values")
    return float(sum(flat[::_EACH]) / count)
