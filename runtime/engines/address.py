"""The URL of a server in; its host, port and path out, or a diagnostic that says what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from dsl.diagnostics import Diagnostic, SynthError

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Address:
    """`authority` is the host and port as they stand in the URL; `base` the path that every request's path follows."""

    host: str
    port: int
    tls: bool
    authority: str
    base: str

    @classmethod
    def of(cls, url: str) -> Address:
        """Raises `SynthError`."""
        mistake = url_mistake(url)
        if mistake:
            raise SynthError(mistake)
        parts = urlsplit(url.strip())
        host = parts.hostname or ""
        port = parts.port or _PORTS[parts.scheme]
        return cls(host, port, parts.scheme == "https", parts.netloc, parts.path.rstrip("/"))


def url_mistake(url: str) -> Diagnostic | None:
    """What is wrong with the URL of a server. What may be a secret is not repeated."""
    try:
        parts = urlsplit(url.strip())
        problem = _problem(parts)
    except ValueError as error:
        return _mistake("`url` is none", str(error))
    return problem and _mistake(*problem)


def _problem(parts: SplitResult) -> tuple[str, str] | None:
    if parts.username or parts.password:
        return "`url` holds a user or a password", "secrets stand in the environment only: see `api_key_env`"
    if parts.query or parts.fragment:
        return "`url` has a query or a fragment", "each request has a path of its own, which follows the url's"
    if parts.scheme not in _PORTS or not parts.hostname:
        return f"`url` is not a server's address: {parts.geturl()!r}", "it begins with http:// or https:// and a host"
    if parts.port == 0 or any(c.isspace() or not c.isascii() for c in parts.geturl()):
        return f"`url` is not a server's address: {parts.geturl()!r}", "it has a blank, a port 0 or more than ASCII"
    return None


def _mistake(message: str, note: str) -> Diagnostic:
    return Diagnostic(
        code="E0815", message=message, notes=(note,), help='write it as in `url = "http://127.0.0.1:30000"`'
    )
