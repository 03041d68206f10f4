"""What a printed program names of SGLang in; the same as light objects, for a build that loads no SGLang, out.

`import sglang as sgl` in a program that a build loads gives this module. It has what programs are printed with and no
more; what it makes is run by `runtime.program.state`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any


class Function:
    """What `@sgl.function` leaves: the plain function, which takes a state first."""

    __slots__ = ("func",)

    def __init__(self, func: Callable[..., Any]) -> None:
        self.func = func


class Expression:
    """What `s += …` takes besides texts. A text and an expression, or two, are one expression when they are added."""

    __slots__ = ()

    def __add__(self, other: Expression | str) -> Joined:
        return Joined((self, other))

    def __radd__(self, other: str) -> Joined:
        return Joined((other, self))


class Joined(Expression):
    __slots__ = ("parts",)

    def __init__(self, parts: tuple[Expression | str, ...]) -> None:
        self.parts = parts


class Gen(Expression):
    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


class Select(Expression):
    __slots__ = ("choices", "name")

    def __init__(self, name: str, choices: Sequence[str]) -> None:
        self.name, self.choices = name, choices


class Turn(Expression):
    __slots__ = ("inner", "role")

    def __init__(self, role: str, inner: Expression | str) -> None:
        self.role, self.inner = role, inner


function, gen, select = Function, Gen, Select


def system(inner: Expression | str) -> Turn:
    return Turn("system", inner)


def user(inner: Expression | str) -> Turn:
    return Turn("user", inner)


def assistant(inner: Expression | str) -> Turn:
    return Turn("assistant", inner)
