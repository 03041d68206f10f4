"""A template's source in; where it has neither loops nor conditions, a way to its messages without Jinja2, out.

What stands here gives exactly what Jinja2 gives, or gives up (`Unsure`) and leaves the row to Jinja2: where a name is
not there, or a value is of another kind than a path expects. So mistakes come out as Jinja2 tells them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, nodes

from compiler.functions import library
from compiler.functions.plain import Truth

Values = Mapping[str, object]
Read = Callable[[Values], Any]
_JINJAS = frozenset({"self", "super", "caller", "loop"})
"""Names that mean something to Jinja2 itself."""


class Unsure(Exception):
    """Jinja2 must say what this is."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One message: its role, None for what stands before the first marker, and its texts and holes."""

    role: str | None
    pieces: list[str | Read]

    def text(self, values: Values) -> str:
        return "".join([piece if type(piece) is str else _text(piece(values)) for piece in self.pieces])  # type: ignore[operator]


def segments(source: str, environment: Environment, own: Values) -> list[Segment] | None:
    """None where the template is more than texts and simple holes. `own` is what holes read besides the values."""
    found = [Segment(None, [])]
    for part in environment.parse(source).body:
        if not isinstance(part, nodes.Output):
            return None
        for node in part.nodes:
            role = _marker(node)
            if role is not None:
                found.append(Segment(role, []))
                continue
            piece = node.data if isinstance(node, nodes.TemplateData) else _expression(node, own)
            if piece is None:
                return None
            found[-1].pieces.append(piece)
    return found


def _marker(node: nodes.Expr) -> str | None:
    """`open_("user")`, as templates are printed."""
    match node:
        case nodes.Call(node=nodes.Name(name="open_"), args=[nodes.Const(value=str(role))], kwargs=[]):
            return role
    return None


def _expression(node: nodes.Expr, own: Values) -> Read | None:
    match node:
        case nodes.Const(value=value):
            return lambda values: value
        case nodes.Name(name=name) if name not in _JINJAS:
            return _name(name, own)
        case nodes.Getitem(node=base, arg=nodes.Const(value=str(key))):
            return _item(_expression(base, own), key)
        case nodes.Call(node=called, args=arguments, kwargs=[], dyn_args=None, dyn_kwargs=None):
            return _call(_function(called, own), [_expression(argument, own) for argument in arguments])
    return None


def _name(name: str, own: Values) -> Read:
    def read(values: Values) -> Any:
        try:
            return values[name]
        except KeyError:
            if name in own:
                return own[name]
            raise Unsure from None

    return read


def _item(base: Read | None, key: str) -> Read | None:
    if base is None:
        return None

    def read(values: Values) -> Any:
        value = base(values)
        if not isinstance(value, dict) or key not in value:
            raise Unsure
        return value[key]

    return read


def _function(node: nodes.Expr, own: Values) -> Callable[..., Any] | None:
    """A function of the language or of the prompt: what a value of that name would be is for Jinja2 to say."""
    match node:
        case nodes.Getattr(node=nodes.Name(name="fn"), attr=str(name)) if not name.startswith("_"):
            return _guarded("fn", getattr(library, name, None))
        case nodes.Name(name=name) if name in own:
            return _guarded(name, own[name])
    return None


def _guarded(name: str, function: Any) -> Callable[..., Any] | None:
    if not callable(function):
        return None

    def call(values: Values, given: Sequence[Any]) -> Any:
        if name in values:
            raise Unsure
        return function(*given)

    return call


def _call(function: Callable[..., Any] | None, arguments: Sequence[Read | None]) -> Read | None:
    reads = [argument for argument in arguments if argument is not None]
    if function is None or len(reads) != len(arguments):
        return None
    return lambda values: function(values, [read(values) for read in reads])


def _text(value: object) -> str:
    return value if type(value) is str else str(printed(value))


def printed(value: object) -> object:
    """How a value stands in a prompt: null is nothing, booleans are spelt as in the language."""
    if value is None:
        return ""
    if isinstance(value, bool | Truth):
        return "true" if value else "false"
    return value
