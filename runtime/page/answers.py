"""What a handler gave or raised in; an HTTP answer in JSON out. A mistake is a diagnostic here, as everywhere."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterable
from typing import Any

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from dsl.diagnostics import Diagnostic, SynthError, diagnostics_json
from dsl.source import Source

Json = Any
BODY_LIMIT = 8 * 2**20
"""Bytes. Two rows of the largest size fit, and a thousand decisions."""
CONDITION = "--where"
"""What messages call a condition that was typed into the page."""

ABSENT = frozenset(("E1001", "E1005", "E1031", "E1032", "E1037", "E1080", "E1100", "E1114"))
"""What is not there: 404."""
IN_THE_WAY = frozenset(("E1004", "E1081", "E1082", "E1084", "E1085", "E1086", "E1087", "E1107", "E1115"))
"""What is not as the person saw it, or not so far yet, and all that a merge runs into (E106x): 409."""


class TooLarge(Exception):
    """A body that turned out longer than its sender said."""


def answer(value: Json, status: int = 200) -> Response:
    """NaN and infinities are null, as JSON has neither."""
    return Response(orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS), status, media_type="application/json")


def refusal(status: int, *diagnostics: Diagnostic, condition: str = "") -> Response:
    return answer({"diagnostics": as_json(diagnostics, condition)}, status)


def as_json(diagnostics: Iterable[Diagnostic], condition: str = "") -> list[Json]:
    """With the place in the condition that was typed, where the mistake is in it."""
    typed = Source(CONDITION, condition)
    return diagnostics_json(diagnostics, lambda path: typed if path == CONDITION else None)


def refused(error: SynthError, condition: str = "") -> Response:
    status = max(_status(found.code) for found in error.diagnostics)
    return refusal(status, *error.diagnostics, condition=condition)


def _status(code: str) -> int:
    if code in ABSENT:
        return 404
    return 409 if code in IN_THE_WAY or code.startswith("E106") else 400


def too_large() -> Response:
    limit = f"the page takes {BODY_LIMIT // 2**20} MiB at once"
    return refusal(413, Diagnostic("E1113", "this is too long", notes=(limit,), help="send it in several parts"))


def no_such_page(path: str) -> Diagnostic:
    return Diagnostic("E1114", f"there is nothing at `{path[:200]}`")


async def not_served(request: Request, error: Exception) -> Response:
    """A path or a method that the page does not have."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    return refusal(status, no_such_page(f"{request.method} {request.url.path}"))


def failed(error: Exception) -> Response:
    """A bug of ours: said in the terminal, with its traceback where that is asked for; the browser learns no more."""
    print(f"synth has a bug: {type(error).__name__}: {error}", file=sys.stderr)
    if os.environ.get("SYNTH_DEBUG"):
        traceback.print_exception(error)
    said: Json = {"code": None, "message": "synth has a bug; the terminal says more", "notes": [], "help": None}
    return answer({"diagnostics": [said]}, 500)
