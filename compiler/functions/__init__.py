"""A name in; the built-in function, method or measure it stands for, out. One place for completion, checking and docs.

    REGISTRY  functions                         words(text)             name → Function
    METHODS   methods, by kind of receiver      drafts.where(…)         "list.where", "str.contains" → Function
    RESULTS   functions over the whole result   mean(margin)            name → Function, in `audit` only
    DRAWS     distributions                     ~ normal(0, 1)          name → Function, right of `~` only

Implementations are in `compiler.functions.library` under `Function.code` (`compiler.functions.results` for RESULTS).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from compiler.functions import later, library, null, results
from compiler.functions.binding import bind, fill, paired
from compiler.functions.declare import DRAWS as _DRAWS
from compiler.functions.declare import FUNCTIONS as _FUNCTIONS
from compiler.functions.declare import METHODS as _METHODS
from compiler.functions.declare import RESULTS as _RESULTS
from compiler.functions.declare import Function
from compiler.functions.regex import constraint_regex, regex_problem
from compiler.functions.signature import AnyOf, Each, Parameter, Signature, Var, parse_signature, parse_type
from compiler.types import CheckedText, Choice, Generated, List, Optional, Type

REGISTRY: Mapping[str, Function] = MappingProxyType(_FUNCTIONS)
METHODS: Mapping[str, Function] = MappingProxyType(_METHODS)
RESULTS: Mapping[str, Function] = MappingProxyType(_RESULTS)
DRAWS: Mapping[str, Function] = MappingProxyType(_DRAWS)


def find_method(receiver: Type, name: str) -> Function | None:
    """The method `name` of a value of this type; None when it has none."""
    return METHODS.get(f"{_kind(receiver)}.{name}")


def methods_of(receiver: Type) -> tuple[Function, ...]:
    """All methods of a value of this type, by name: what completion offers after a dot."""
    prefix = f"{_kind(receiver)}."
    return tuple(METHODS[key] for key in sorted(METHODS) if key.startswith(prefix))


def _kind(receiver: Type) -> str:
    while isinstance(receiver, Optional | Generated):
        receiver = receiver.base
    if isinstance(receiver, List):
        return "list"
    return "str" if isinstance(receiver, Choice | CheckedText) else str(receiver)


__all__ = [
    "DRAWS",
    "METHODS",
    "REGISTRY",
    "RESULTS",
    "AnyOf",
    "Each",
    "Function",
    "Parameter",
    "Signature",
    "Var",
    "bind",
    "constraint_regex",
    "fill",
    "find_method",
    "later",
    "library",
    "methods_of",
    "null",
    "paired",
    "parse_signature",
    "parse_type",
    "regex_problem",
    "results",
]
