"""The environment and lakeFS's own `~/.lakectl.yaml` in; endpoint and keys out. Keys are shown nowhere."""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dsl.diagnostics import Diagnostic, SynthError

ENDPOINT = ("LAKEFS_ENDPOINT", "LAKECTL_SERVER_ENDPOINT_URL")
ACCESS = ("LAKEFS_ACCESS_KEY_ID", "LAKECTL_CREDENTIALS_ACCESS_KEY_ID")
SECRET = ("LAKEFS_SECRET_ACCESS_KEY", "LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY")
FILE = ".lakectl.yaml"


@dataclass(frozen=True, slots=True)
class Keys:
    """An access key's two halves. Neither is part of a repr, so none reaches a log or a traceback."""

    access: str = field(repr=False)
    secret: str = field(repr=False)

    def basic(self) -> str:
        """The header that HTTP's basic authentication sends."""
        return "Basic " + b64encode(f"{self.access}:{self.secret}".encode()).decode()


@dataclass(frozen=True, slots=True)
class Access:
    """Where the server is and who asks."""

    endpoint: str
    keys: Keys


def find_access(endpoint: str | None, environ: Mapping[str, str] = os.environ, home: Path | None = None) -> Access:
    """`endpoint` as configured wins over the environment, the environment over the file. E1043 for what is missing."""
    written = _written((home or Path.home()) / FILE)
    file_endpoint = _text(written, "server", "endpoint_url")
    chosen = endpoint or _first(environ, ENDPOINT) or file_endpoint
    if not chosen:
        raise SynthError(_no_endpoint())
    return Access(_checked(chosen), _keys(chosen, file_endpoint, written, environ))


def _keys(endpoint: str, file_endpoint: str | None, written: Mapping[str, Any], environ: Mapping[str, str]) -> Keys:
    access, secret = _first(environ, ACCESS), _first(environ, SECRET)
    if access and secret:
        known = _first(environ, ENDPOINT)
        if known and _server(known) != _server(endpoint):
            raise SynthError(_other_server(endpoint, known, "in the environment"))
        return Keys(access, secret)
    if access or secret:
        raise SynthError(_half_keys(SECRET[0] if access else ACCESS[0]))
    access, secret = (
        _text(written, "credentials", f"{name}_key{end}") for name, end in (("access", "_id"), ("secret_access", ""))
    )
    if not access or not secret:
        raise SynthError(_no_keys())
    if file_endpoint and _server(file_endpoint) != _server(endpoint):
        raise SynthError(_other_server(endpoint, file_endpoint, f"in ~/{FILE}"))
    return Keys(access, secret)


def _first(environ: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((environ[name].strip() for name in names if environ.get(name, "").strip()), None)


def _written(path: Path) -> Mapping[str, Any]:
    """Empty when there is no file. Read with the safe loader: YAML can otherwise make objects."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise SynthError(_unreadable(type(error).__name__)) from None
    import yaml

    try:
        found = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):  # a day that is none, lists in lists without end
        raise SynthError(_unreadable("it is not plain YAML")) from None
    return found if isinstance(found, dict) else {}


def _text(written: Mapping[str, Any], table: str, name: str) -> str | None:
    inner = written.get(table)
    value = inner.get(name) if isinstance(inner, dict) else None
    return value if isinstance(value, str) and value else None


def _checked(endpoint: str) -> str:
    try:
        parts = urlsplit(endpoint)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.username is None and parts.port != 0
        good = good and not parts.query and not parts.fragment
    except ValueError:
        good = False
    if not good:
        raise SynthError(_bad_endpoint())
    return endpoint


def _server(endpoint: str) -> tuple[str, str, int | None]:
    parts = urlsplit(endpoint)
    return parts.scheme, parts.hostname or "", parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _shown(endpoint: str) -> str:
    scheme, host, port = _server(endpoint)
    return f"{scheme}://{host}:{port}"


def _no_endpoint() -> Diagnostic:
    help_ = 'write `endpoint = "http://127.0.0.1:8000"` in [store] of synth.toml, or set LAKEFS_ENDPOINT'
    return Diagnostic("E1043", "nothing says where the lakeFS server is", help=help_)


def _no_keys() -> Diagnostic:
    help_ = f"set {ACCESS[0]} and {SECRET[0]}, or run `lakectl config`"
    return Diagnostic("E1043", "there are no keys for the lakeFS server", help=help_)


def _half_keys(missing: str) -> Diagnostic:
    return Diagnostic("E1043", f"one half of the lakeFS keys is missing: {missing}", help=f"set {missing} too")


def _other_server(endpoint: str, known: str, where: str) -> Diagnostic:
    """A project's file may name any server: keys go to the one they were given for."""
    return Diagnostic(
        "E1043",
        f"the keys {where} are for another server, and are not sent to this one",
        notes=(f"they are for {_shown(known)}, and the store is at {_shown(endpoint)}",),
        help=f"set {ACCESS[0]}, {SECRET[0]} and {ENDPOINT[0]} for this server",
    )


def _bad_endpoint() -> Diagnostic:
    """Quotes nothing: what was written may hold a password."""
    help_ = "an endpoint is http:// or https://, a host and a port: no user, no password, nothing behind a `?`"
    return Diagnostic("E1043", "the lakeFS endpoint is not an address", help=help_)


def _unreadable(why: str) -> Diagnostic:
    return Diagnostic("E1043", f"~/{FILE} cannot be read: {why}", help="mend it, or set the keys in the environment")
