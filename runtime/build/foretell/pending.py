"""A value that nobody knows yet: whatever looks into it ends in `Unanswered`, and whoever hands it on may.

A row of which an answer is missing is run on with this in its place. What does not look at it is known all the same;
what does is unknown itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NoReturn

from runtime.program.outcome import Unanswered


def _refuse(self: object, *_: object) -> NoReturn:
    raise Unanswered("")


class Pending:
    """Equal tokens are the same unknown value.

    `free` says that it is new text, which no other answer has been: what is asked about it was not asked before.
    `bound` is how many elements it has at most (1 for what is no list, None where nobody knows). `nullable` says that
    it may turn out to be null. `schema` is that of a JSON answer.
    """

    __slots__ = ("_bound", "_free", "_nullable", "_schema", "_token")
    # `isinstance` asks for the class: to branch on what kind of value it is means to look at it.
    __class__ = property(_refuse)

    def __init__(
        self,
        token: str,
        free: bool = False,
        bound: int | None = None,
        nullable: bool = False,
        schema: Mapping[str, Any] | None = None,
    ) -> None:
        self._token, self._free, self._bound, self._nullable, self._schema = token, free, bound, nullable, schema

    def __repr__(self) -> str:
        return f"<pending {self._token}>"

    def __getitem__(self, name: object) -> Pending:
        """A field of a record that is not there yet is not there yet, and of its own type."""
        fields = (self._schema or {}).get("properties", {})
        if type(name) is not str or name not in fields:
            raise Unanswered("")
        nullable = self._nullable or "anyOf" in fields[name]
        return of_schema(f"{self._token}.{name}", fields[name], nullable)

    def __eq__(self, other: object) -> bool:
        if type(other) is Pending and other._token == self._token:
            return True
        raise Unanswered("")

    def __getattr__(self, name: str) -> NoReturn:
        raise Unanswered("")


_LOOKS = (
    "ne lt le gt ge bool len iter contains str format hash add radd sub rsub mul rmul truediv rtruediv floordiv "
    "rfloordiv mod rmod pow rpow neg pos abs int float index round reversed fspath and rand or ror xor rxor"
)
for _name in _LOOKS.split():
    setattr(Pending, f"__{_name}__", _refuse)


def is_pending(value: object) -> bool:
    return type(value) is Pending


def pendings(value: object) -> Iterator[Pending]:
    """Those in a value, however deep in its lists and records."""
    if type(value) is Pending:
        yield value
    elif isinstance(value, Mapping):
        yield from (found for item in value.values() for found in pendings(item))
    elif isinstance(value, list | tuple):
        yield from (found for item in value for found in pendings(item))


def lacks(value: object) -> bool:
    """Whether something in a value is not known yet."""
    return next(pendings(value), None) is not None


def size(value: object) -> int | None:
    """How many elements the lists in a value have, one for what is no list; None where that is not known."""
    if type(value) is Pending:
        return value._bound
    if isinstance(value, Mapping):
        lists = [item for item in value.values() if is_pending(item) or isinstance(item, list | tuple | Mapping)]
        return 1 if not lists else _sum([size(item) for item in lists])
    return _sum([size(item) for item in value]) if isinstance(value, list | tuple) else 1


def _sum(sizes: Iterable[int | None]) -> int | None:
    found = list(sizes)
    return None if None in found else sum(number or 0 for number in found)


def of_schema(token: str, schema: Mapping[str, Any], nullable: bool = False) -> Pending:
    """What an answer under a JSON schema is until it is there."""
    return Pending(token, _is_free(schema), _most(schema), nullable, schema)


def _is_free(schema: Mapping[str, Any]) -> bool:
    """Text or a measure is new with every answer; a choice, a truth, a count or a list may well be as before."""
    kind = schema.get("type")
    if kind == "object":
        return any(_is_free(field) for field in schema.get("properties", {}).values())
    return kind == "number" or (kind == "string" and "enum" not in schema and "const" not in schema)


def _most(schema: Mapping[str, Any]) -> int | None:
    if "anyOf" in schema:
        return _largest([_most(one) for one in schema["anyOf"]])
    if schema.get("type") == "array":
        inner, length = _most(schema.get("items", {})), schema.get("maxItems")
        return None if inner is None or length is None else inner * length
    if schema.get("type") == "object":
        lists = [_most(field) for field in schema.get("properties", {}).values() if _has_list(field)]
        return _sum(lists) if lists else 1
    return 1 if "type" in schema or "enum" in schema or "const" in schema else None


def _has_list(schema: Mapping[str, Any]) -> bool:
    return "array" in str(schema)


def _largest(sizes: Iterable[int | None]) -> int | None:
    found = list(sizes)
    return None if None in found else max((number or 0 for number in found), default=1)
