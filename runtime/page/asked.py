"""A request in; the handler's answer out, in JSON. What a request says is read here, and a mistake in it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from dsl.diagnostics import Diagnostic, SynthError
from runtime.page.answers import TooLarge, answer, failed, refused, too_large

Json = Any


@dataclass(frozen=True)
class Asked:
    """`body` is the object that was posted, empty for a GET."""

    path: Mapping[str, Any]
    query: Mapping[str, str]
    body: Mapping[str, Json]

    @property
    def number(self) -> int:
        """The pull request's."""
        return int(self.path["number"])

    def text(self, name: str, default: str | None = None) -> str:
        """A text of the body; E1112 without it and without a default."""
        return text_of(self.body, name, default)

    def objects(self, name: str) -> list[Mapping[str, Json]]:
        """A list of objects of the body; empty where there is none."""
        found = self.body.get(name) or []
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            raise SynthError(_expected(name, "a list of objects"))
        return found

    def object(self, name: str) -> Mapping[str, Json] | None:
        found = self.body.get(name)
        if found is not None and not isinstance(found, dict):
            raise SynthError(_expected(name, "an object"))
        return found

    def natural(self, name: str, default: int, most: int) -> int:
        """A number of the query, 0 or more; more than `most` is `most`."""
        found = self.query.get(name) or str(default)
        if not (found.isascii() and found.isdecimal()) or len(found) > 18:
            raise SynthError(_expected(name, "a number"))
        return min(int(found), most)

    def choice(self, name: str, choices: tuple[str, ...]) -> str | None:
        """One of these words of the query, or nothing."""
        found = self.query.get(name) or None
        if found is not None and found not in choices:
            raise SynthError(_expected(name, f"one of {', '.join(choices)}"))
        return found


def text_of(value: Mapping[str, Json], name: str, default: str | None = None) -> str:
    """A text of an object; E1112 where it is something else, or missing without a default."""
    found = value.get(name)
    found = default if found is None else found
    if not isinstance(found, str):
        raise SynthError(_expected(name, "a text"))
    return found


def _expected(name: str, what: str) -> Diagnostic:
    chapter = "docs/architecture/06-review-page.md"
    return Diagnostic("E1112", f"`{name}` is not {what}", help=f"{chapter} says what each address takes")


Handler = Callable[[Asked], Json]


def served(handler: Handler, work: Executor) -> Callable[[Request], Awaitable[Response]]:
    """The handler as an endpoint; it runs in `work`, so that the page goes on answering."""

    async def endpoint(request: Request) -> Response:
        condition = request.query_params.get("where", "")
        try:
            asked = Asked(request.path_params, request.query_params, await _body(request))
            return answer(await asyncio.get_running_loop().run_in_executor(work, handler, asked))
        except TooLarge:
            return too_large()
        except SynthError as error:
            return refused(error, condition)
        except Exception as error:
            return failed(error)

    return endpoint


async def _body(request: Request) -> Mapping[str, Json]:
    if request.method != "POST":
        return {}
    try:
        found = orjson.loads(await request.body() or b"{}")
    except orjson.JSONDecodeError as error:
        raise SynthError(Diagnostic("E1112", f"the body is not JSON: {error}")) from None
    if not isinstance(found, dict):
        raise SynthError(Diagnostic("E1112", "the body is not a JSON object"))
    return found
