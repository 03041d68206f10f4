"""The values of a configuration in; the keys of those that look like secrets, out. They belong in the environment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

_NAME = re.compile(
    r"(^|_|-)(api_?-?key|access_?-?key(_?-?id)?|secret|password|passwd|token|credentials?|auth)(_|-|$)", re.I
)
_VALUE = re.compile(
    r"sk-[A-Za-z0-9_-]{16,}|hf_[A-Za-z0-9]{16,}|gh[pousr]_[A-Za-z0-9]{20,}|AKIA[A-Z0-9]{12,}"
    r"|eyJ[\w-]{10,}\.[\w-]{10,}|-----BEGIN [A-Z ]*PRIVATE KEY"
)


def secrets(value: Any, keys: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths of all texts that look like a secret, by their name or by themselves. `…_env` names a variable, or is a
    table of such names."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from secrets(inner, (*keys, key))
    elif isinstance(value, list):
        for inner in value:
            yield from secrets(inner, keys)
    elif isinstance(value, str) and value and _is_secret(_name(keys), value):
        yield keys


def _name(keys: tuple[str, ...]) -> str:
    return next((key for key in keys if key.endswith("_env")), keys[-1] if keys else "")


def _is_secret(name: str, value: str) -> bool:
    named = _NAME.search(name) and not name.endswith("_env")
    return bool(named or _VALUE.search(value)) or _has_password(value)


def _has_password(value: str) -> bool:
    try:
        return "://" in value and urlsplit(value).password is not None
    except ValueError:
        return False
