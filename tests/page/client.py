"""The URL of a page in; requests as a browser makes them, and their answers, out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote, urlencode, urlsplit


@dataclass(frozen=True)
class Got:
    """An answer; the names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def codes(self) -> list[str]:
        return [found["code"] for found in self.json["diagnostics"]]


@dataclass
class Client:
    """`cookie` is what the browser sends with every request, once `enter` got it."""

    url: str
    cookie: str = ""

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc

    def enter(self, token: str) -> Got:
        got = self.send("GET", f"/?token={quote(token)}")
        self.cookie = got.headers.get("set-cookie", self.cookie).partition(";")[0]
        return got

    def get(self, path: str, **query: object) -> Any:
        """The JSON of an answer that must be one."""
        got = self.ask(path, **query)
        assert got.status == 200, got.body
        return got.json

    def ask(self, path: str, **query: object) -> Got:
        return self.send("GET", path + (f"?{urlencode(query)}" if query else ""))

    def post(self, path: str, body: object, **headers: str) -> Got:
        """Sent from the page itself."""
        named = {"Content-Type": "application/json", "Origin": self.url, "Sec-Fetch-Site": "same-origin"}
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        wanted = {name: value for name, value in {**named, **given}.items() if value}
        return self.send("POST", path, body if isinstance(body, bytes) else json.dumps(body).encode(), wanted)

    def send(self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Got:
        """As it is: nothing is added but the cookie and the host."""
        connection = HTTPConnection(self.host, timeout=60)
        sent = {"Host": self.host} | ({"Cookie": self.cookie} if self.cookie else {}) | dict(headers or {})
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            return Got(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        finally:
            connection.close()
