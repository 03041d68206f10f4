"""Two types in; whether one fits where the other is wanted, what both are together, whether a value prints, out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from compiler.types import (
    ANY,
    BOOL,
    FLOAT,
    INT,
    NULL,
    SAID,
    STR,
    CheckedText,
    Choice,
    Extended,
    Generated,
    JsonOf,
    List,
    MapOf,
    Optional,
    RangeOf,
    Record,
    Role,
    Type,
    Verdict,
)


def bare(kind: Type) -> Type:
    """The type without what only says where a value comes from (`.logprob`, `.score`)."""
    while isinstance(kind, Generated | Extended):
        kind = kind.base
    return kind


def said(kind: Type) -> Type:
    """What a verdict is once it is reckoned with: a truth or a number like any other."""
    return SAID[kind.kind] if isinstance(kind, Verdict) else kind


def solid(kind: Type) -> Type:
    """`bare`, and without null: what an operation works on."""
    while isinstance(kind, Generated | Extended | Optional):
        kind = kind.base
    return kind


def present(kind: Type) -> Type:
    """The type without null, where a condition has made sure of that; it stays generated, scored …"""
    if isinstance(kind, Generated):
        return Generated(present(kind.base))
    if isinstance(kind, Extended):
        return Extended(present(kind.base), kind.property, kind.of)
    return present(kind.base) if isinstance(kind, Optional) else kind


def nullable(kind: Type) -> bool:
    while isinstance(kind, Generated | Extended):
        kind = kind.base
    return isinstance(kind, Optional) or kind == NULL


def optional(kind: Type) -> Type:
    return kind if nullable(kind) or kind == ANY else Optional(kind)


def like(result: Type, *operands: Type) -> Type:
    """An operation on null is null: `result`, or `result?` when an operand can be null."""
    return optional(result) if any(nullable(operand) for operand in operands) else result


def is_number(kind: Type) -> bool:
    kind = solid(kind)
    return kind in (INT, FLOAT, ANY) or (isinstance(kind, Verdict) and kind.kind != "bool")


def is_text(kind: Type) -> bool:
    kind = solid(kind)
    return kind in (STR, ANY) or isinstance(kind, Choice | CheckedText | Role)


def is_bool(kind: Type) -> bool:
    """Whether it may stand as a condition; a null condition is false."""
    kind = solid(kind)
    return kind in (BOOL, ANY, NULL) or (isinstance(kind, Verdict) and kind.kind == "bool")


def fits(given: Type, wanted: Type) -> bool:
    """Whether a value of `given` may stand where `wanted` is asked for."""
    given, wanted = bare(given), bare(wanted)
    if given == wanted or ANY in (given, wanted):
        return True
    if isinstance(wanted, Optional):
        return given == NULL or fits(solid(given), wanted.base)
    if isinstance(given, Optional) or given == NULL:
        return False
    if isinstance(wanted, List):
        return isinstance(given, List) and _list_fits(given, wanted)
    if isinstance(wanted, Record):
        return isinstance(given, Record) and record_fits(given, wanted)
    if isinstance(wanted, Choice):
        return isinstance(given, Choice) and set(given.values) <= set(wanted.values)
    return _plain_fits(given, wanted)


def _plain_fits(given: Type, wanted: Type) -> bool:
    if wanted == FLOAT:
        return is_number(given)
    if wanted == INT:
        return isinstance(given, Verdict) and given.kind in ("points", "scale")
    if wanted == BOOL:
        return is_bool(given)
    if wanted == STR:
        return is_text(given)
    if isinstance(wanted, RangeOf):
        return isinstance(given, RangeOf) and fits(given.of, wanted.of)
    if isinstance(wanted, MapOf):
        return isinstance(given, MapOf) and fits(given.value, wanted.value)
    return isinstance(wanted, JsonOf) and isinstance(given, JsonOf)


def _list_fits(given: List, wanted: List) -> bool:
    lengths = wanted.length is None or given.length in (None, wanted.length)
    return lengths and fits(given.element, wanted.element)


def record_fits(given: Record, wanted: Record) -> bool:
    """By shape: every field that is wanted is there. Personas are told by their name, whatever else their file has."""
    if given.name == wanted.name == "Persona":
        return True
    for item in wanted.fields:
        found = given.field(item.name)
        if found is None:
            if not given.open and item.default is None and not isinstance(item.type, Optional):
                return False
        elif not fits(found.type, item.type):
            return False
    return True


def together(kinds: Iterable[Type]) -> Type | None:
    """The narrowest type that holds values of all: `int` and `float` are `float`. None when there is none."""
    result: Type | None = None
    for kind in kinds:
        result = kind if result is None else _pair(result, kind)
        if result is None:
            return None
    return result if result is not None else ANY


def rooted(kind: Type, name: str) -> Type:
    """What a name stands for: the elements of a list that comes from no other are told apart as the elements of it."""
    if isinstance(kind, Optional | Generated | Extended):
        return replace(kind, base=rooted(kind.base, name))
    return replace(kind, along=name) if isinstance(kind, List) and kind.along is None else kind


def _pair(left: Type, right: Type) -> Type | None:
    if left == right:
        return left
    marked = _marked_alike(left, right)
    if marked is not None:
        return marked
    left, right = said(bare(left)), said(bare(right))
    if ANY in (left, right):
        return ANY
    if nullable(left) or nullable(right):
        if NULL in (left, right):
            return optional(right if left == NULL else left)
        inner = _pair(solid(left), solid(right))
        return None if inner is None else optional(inner)
    if isinstance(left, Choice) and isinstance(right, Choice):
        return Choice(tuple(dict.fromkeys((*left.values, *right.values))))
    if isinstance(left, List) and isinstance(right, List):
        inner = _pair(left.element, right.element)
        return None if inner is None else List(inner, None, left.along if left.along == right.along else None)
    if fits(left, right):
        return right
    return left if fits(right, left) else None


def _marked_alike(left: Type, right: Type) -> Type | None:
    """What both are marked as (generated, ranked), their common type still is; null when the marks differ."""
    if isinstance(left, Generated) and isinstance(right, Generated):
        both = _pair(left.base, right.base)
        return Generated(both) if both is not None else None
    if isinstance(left, Extended) and isinstance(right, Extended) and left.property == right.property:
        both, of = _pair(left.base, right.base), _pair(left.of, right.of)
        return Extended(both, left.property, of) if both is not None and of is not None else None
    return None


def comparable(left: Type, right: Type) -> bool:
    """Whether `==` between them can ever be true."""
    left, right = solid(left), solid(right)
    if NULL in (left, right):
        return True
    if isinstance(left, Choice) and isinstance(right, Choice):
        return bool(set(left.values) & set(right.values))
    return _pair(left, right) is not None or (is_text(left) and is_text(right))


def prints(kind: Type) -> bool:
    """Whether a template can show it. A persona prints as its text; a record or a list does not print."""
    kind = solid(kind)
    if isinstance(kind, Record):
        return kind.name == "Persona"
    return kind in (STR, INT, FLOAT, BOOL, ANY) or isinstance(kind, Choice | CheckedText | Role | Verdict | JsonOf)
