"""Every request in; refused before anything looks at it, or let through with the headers that bind the browser, out.

The page is reached by anything that runs on this machine, and by any web page that the person has open. So it asks of
each request: was it meant for this host (a rebound name is not), does it come from this page (another one's is not),
does its sender hold the cookie, is its body JSON and not too long.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dsl.diagnostics import Diagnostic
from runtime.page.answers import BODY_LIMIT, TooLarge, refusal, too_large
from runtime.page.door import Door, set_cookie

HOSTS = ("127.0.0.1", "localhost")
SHELL = re.compile(r"/(pulls/[0-9]+)?")
"""What the printed URL may lead to: the list, or one pull request."""
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
    )
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


@dataclass(frozen=True)
class Guard:
    """ASGI middleware around the whole page."""

    app: ASGIApp
    door: Door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = self._answer(scope)
        if answer is not None:
            await answer(scope, receive, _bound(send))
            return
        await self.app(scope, _limited(receive), _bound(send))

    def _answer(self, scope: Scope) -> Response | None:
        """What is said instead of the page; None for a request that may go on."""
        headers, port = Headers(scope=scope), _port(scope)
        if headers.get("host") not in [f"{host}:{port}" for host in HOSTS]:
            return refusal(421, _wrong_host(headers.get("host") or "no host"))
        if not _from_here(scope, headers):
            return refusal(403, _wrong_origin())
        if (entered := self._entered(scope, headers, port)) is not None:
            return entered
        if not self.door.knows(_cookies(headers), port):
            return _outside(headers, _no_cookie())
        return _wrong_body(headers) if scope["method"] == "POST" else None

    def _entered(self, scope: Scope, headers: Headers, port: int) -> Response | None:
        """The answer to the printed URL: the cookie for its token. Who has the cookie already is let in again."""
        tokens = parse_qs(scope["query_string"].decode("latin-1")).get("token", [])
        if SHELL.fullmatch(scope["path"]) is None or not tokens:
            return None
        value = self.door.exchange(tokens[0])
        if value is None and not self.door.knows(_cookies(headers), port):
            return _outside(headers, _used_token())
        answer = RedirectResponse(scope["path"], 303)
        if value is not None:
            answer.headers["set-cookie"] = set_cookie(value, port)
        return answer


def _outside(headers: Mapping[str, str], why: Diagnostic) -> Response:
    """Who is not let in reads why: a person at a browser gets a text, a script JSON."""
    if "text/html" in headers.get("accept", ""):
        return PlainTextResponse(f"{why.code}: {why.message}\n\n{why.help}\n", 403)
    return refusal(403, why)


def _port(scope: Scope) -> int:
    server = scope.get("server")
    return int(server[1]) if server else 0


def _from_here(scope: Scope, headers: Mapping[str, str]) -> bool:
    """A browser says where a request comes from. One that changes something must say it, and that it is from here.

    Following a link is no request of another page: the address line and a terminal's link have no site (`none`).
    """
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    if origin is not None or scope["method"] not in ("GET", "HEAD"):
        return origin == f"http://{headers.get('host')}" and site in (None, "same-origin")
    return site in (None, "same-origin", "none")


def _cookies(headers: Mapping[str, str]) -> dict[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(headers.get("cookie", "")).items()}
    except CookieError:
        return {}


def _wrong_body(headers: Mapping[str, str]) -> Response | None:
    if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return refusal(415, _not_json())
    length = headers.get("content-length", "0")
    return too_large() if not length.isdecimal() or int(length) > BODY_LIMIT else None


def _limited(receive: Receive) -> Receive:
    """Counts what arrives: a body in chunks does not say how long it is."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > BODY_LIMIT:
            raise TooLarge
        return message

    return counted


def _bound(send: Send) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message["headers"])
            for name, value in HEADERS.items():
                headers[name] = value
            message["headers"] = headers.raw
        await send(message)

    return with_headers


def _wrong_host(host: str) -> Diagnostic:
    return Diagnostic(
        "E1110", f"this page does not answer for `{host[:100]}`", help="open the URL that `synth review` printed"
    )


def _wrong_origin() -> Diagnostic:
    return Diagnostic("E1110", "this request comes from another page", help="open the URL that `synth review` printed")


def _no_cookie() -> Diagnostic:
    return Diagnostic(
        "E1111", "this browser has not been let in", help="open the URL that `synth review` printed, token and all"
    )


def _used_token() -> Diagnostic:
    return Diagnostic(
        "E1111",
        "this URL lets in one browser once, and has done so, or is not the one that was printed",
        help="go on in that browser, or stop `synth review` and run it again: it prints a new URL",
    )


def _not_json() -> Diagnostic:
    return Diagnostic("E1112", "the body is not JSON", help="send it with `Content-Type: application/json`")
