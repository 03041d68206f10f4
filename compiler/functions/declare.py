"""A Python function with a signature in; an entry of the registry and a function that lets null through, out.

The docstring is the documentation, the example is run by a test, and `version` is part of the fingerprint of every
statement that uses the function: raise it when the result changes for any argument.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, Literal, ParamSpec, TypeVar, cast

from compiler.functions.signature import AnyOf, Signature, parse_signature, parse_type
from compiler.types import List, Type

P = ParamSpec("P")
R = TypeVar("R")
Place = Literal["anywhere", "constant", "row", "draw", "audit"]


@dataclass(frozen=True, slots=True)
class Function:
    """One built-in function or method.

    code       the name under which `compiler.functions.library` (`results` for audits) holds the implementation;
               None where another part of the system gives the value (`kept`, draws)
    receiver   the type left of the dot for a method, else None
    bare       may stand without a call: `drafts.any`
    place      where it means something: constants are read before any row, draws stand right of `~`, and what asks a
               judge belongs to the statements of a row
    """

    name: str
    signature: Signature
    doc: str
    example: str
    code: str | None
    version: int = 1
    since: str = "0.1"
    receiver: Type | None = None
    bare: bool = False
    place: Place = "anywhere"

    @property
    def title(self) -> str:
        """What hover and the reference print: `words(text: str) -> int`, `T[].first -> T?`."""
        owner = f"{self.receiver}." if self.receiver is not None else ""
        bare = self.bare and not self.signature.params
        return f"{owner}{self.name} -> {self.signature.result}" if bare else f"{owner}{self.name}{self.signature}"


FUNCTIONS: dict[str, Function] = {}
METHODS: dict[str, Function] = {}
RESULTS: dict[str, Function] = {}
DRAWS: dict[str, Function] = {}


def function(
    signature: str, example: str, *, method: bool = False, nulls: bool = False, version: int = 1
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare a function; `method` lets it stand after a dot as well: `text.contains("a")`.

    With `nulls` the function sees null arguments; otherwise a null for a required one gives null.
    """

    def declare(implementation: Callable[P, R]) -> Callable[P, R]:
        name = implementation.__name__.rstrip("_")
        parsed = parse_signature(signature)
        entry = Function(name, parsed, _doc(implementation), example, implementation.__name__, version)
        FUNCTIONS[name] = entry
        if method:
            _as_method(entry)
        return implementation if nulls else null_through(implementation)

    return declare


def method(
    receiver: str,
    signature: str,
    example: str,
    *,
    bare: bool = False,
    version: int = 1,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare a method. The implementation is called `list_where` and takes the receiver first."""

    def declare(implementation: Callable[P, R]) -> Callable[P, R]:
        kind, name = implementation.__name__.split("_", 1)
        METHODS[f"{kind}.{name}"] = Function(
            name=name,
            signature=parse_signature(signature),
            doc=_doc(implementation),
            example=example,
            code=implementation.__name__,
            version=version,
            receiver=parse_type(receiver),
            bare=bare,
        )
        return null_through(implementation)

    return declare


def result(signature: str, example: str, *, version: int = 1) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare a function over the whole result, for `audit`; nulls in a column are its own business."""

    def declare(implementation: Callable[P, R]) -> Callable[P, R]:
        name = implementation.__name__.removesuffix("_")
        parsed = parse_signature(signature)
        doc = _doc(implementation)
        RESULTS[name] = Function(name, parsed, doc, example, implementation.__name__, version, place="audit")
        return implementation

    return declare


def _as_method(entry: Function) -> None:
    first, *rest = entry.signature.params
    for receiver in first.type.members if isinstance(first.type, AnyOf) else (first.type,):
        kind = "list" if isinstance(receiver, List) else str(receiver)
        signature = Signature(tuple(rest), entry.signature.result)
        METHODS[f"{kind}.{entry.name}"] = replace(entry, signature=signature, receiver=receiver)


def _doc(implementation: Callable[..., object]) -> str:
    return " ".join((inspect.getdoc(implementation) or "").split())


def null_through(implementation: Callable[P, R]) -> Callable[P, R]:
    """Null for a required argument gives null, without calling `implementation`."""
    params = inspect.signature(implementation).parameters.values()
    required = sum(1 for param in params if param.default is param.empty and param.kind is not param.VAR_POSITIONAL)

    @wraps(implementation)
    def lifted(*args: Any, **named: Any) -> Any:
        if None in args[:required]:
            return None
        return implementation(*args, **named)

    return cast(Callable[P, R], lifted)
