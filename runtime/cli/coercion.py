"""What was typed for an option or argument in; its value out, without the library that typer checks values with.

Typer imports pydantic when it looks at the first value, which is a fifth of the time of `synth check`. Plain texts and
numbers need none of it; whatever is not plainly right goes to typer, so that its messages stay its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import EnumType
from typing import Any

_WHOLE = re.compile(r"[0-9]{1,18}")
_UNKNOWN = object()


def lighten(command: Any, context: Any) -> None:
    """Lets the parameters of a typer command, and of the commands below it, read plain values by themselves."""
    lightened(command.get_params(context))
    for below in getattr(command, "commands", {}).values():
        lighten(below, context)


def lightened(params: Iterable[Any]) -> list[Any]:
    """These parameters, which read plain values by themselves from here on."""
    found = list(params)
    for param in found:
        if getattr(param, "_runtime_param", _UNKNOWN) is None:
            param._runtime_param = Plain(param)
    return found


class Plain:
    """Stands where typer keeps what reads a parameter's values."""

    def __init__(self, param: Any) -> None:
        self.descriptor = param.type_descriptor

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        several = param.multiple or param.nargs == -1
        if value is None:
            return () if several else None
        found = self._texts(value) if several else self._one(value)
        if found is not _UNKNOWN:
            return found
        from typer._coercion import build_runtime_param

        return build_runtime_param(self.descriptor).coerce(value, param=param, ctx=ctx)

    def _texts(self, values: Any) -> Any:
        plain = self.descriptor.annotation == list[str] and isinstance(values, list | tuple)
        return list(values) if plain and all(type(value) is str for value in values) else _UNKNOWN

    def _one(self, value: Any) -> Any:
        wanted = self.descriptor.annotation
        if wanted in (str, bool) and type(value) is wanted:
            return value
        if isinstance(wanted, EnumType):
            members: list[Any] = list(wanted)
            return next((member for member in members if value in (member, member.value)), _UNKNOWN)
        if wanted is not int or type(value) not in (int, str) or not _WHOLE.fullmatch(str(value)):
            return _UNKNOWN
        number, info = int(value), self.descriptor.parameter_info
        fits = (info.min is None or number >= info.min) and (info.max is None or number <= info.max)
        return number if fits else _UNKNOWN
