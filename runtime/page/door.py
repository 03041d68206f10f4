"""A one-time token and a browser's cookies in; whether a request comes from the person who was given the URL, out."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from hmac import compare_digest

SECRET_BYTES = 32


def new_secret() -> str:
    """256 random bits, as text for a URL."""
    return secrets.token_urlsafe(SECRET_BYTES)


@dataclass
class Door:
    """`token` is in the printed URL and is given up for the cookie once; who has it later has nothing.

    The cookie's name holds the port: browsers share cookies between the ports of a host, and two pages may be open.
    """

    token: str
    cookie: str = field(default_factory=new_secret)
    used: bool = False

    def exchange(self, token: str) -> str | None:
        """The cookie's value for the token, the first time; None for another token, and ever after."""
        if not _equal(token, self.token) or self.used:
            return None
        self.used = True
        return self.cookie

    def knows(self, cookies: Mapping[str, str], port: int) -> bool:
        return _equal(cookies.get(cookie_name(port), ""), self.cookie)


def cookie_name(port: int) -> str:
    return f"synth_review_{port}"


def set_cookie(value: str, port: int) -> str:
    """The header's text: no script may read the cookie, and no other site's request carries it."""
    return f"{cookie_name(port)}={value}; Path=/; HttpOnly; SameSite=Strict"


def _equal(given: str, wanted: str) -> bool:
    """In a time that says nothing about where they differ."""
    return compare_digest(given.encode(errors="replace"), wanted.encode())
