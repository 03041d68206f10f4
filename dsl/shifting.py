"""A syntax tree in; the same tree as it stands further on (or back) in its file, out. The old one stays as it is."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, TypeVar

from dsl import tree
from dsl.diagnostics import Diagnostic, Edit, Related
from dsl.source import Span

N = TypeVar("N", bound=tree.Node)


def shifted(node: N, by: int) -> N:
    """A copy of `node` and of everything below it, `by` characters later."""
    moved: N = _node(node, by, {})
    return moved


def shifted_span(span: Span, by: int) -> Span:
    return Span(span.path, span.start + by, span.end + by)


def shifted_diagnostic(found: Diagnostic, by: int) -> Diagnostic:
    related = tuple(Related(shifted_span(other.span, by), other.message) for other in found.related)
    fixes = tuple(replace(fix, edits=tuple(_edit(edit, by) for edit in fix.edits)) for fix in found.fixes)
    return replace(found, span=shifted_span(found.span, by) if found.span else None, related=related, fixes=fixes)


def _edit(edit: Edit, by: int) -> Edit:
    return Edit(shifted_span(edit.span, by), edit.text)


def _node(node: Any, by: int, made: dict[int, Any]) -> Any:
    """What two nodes share stays shared: `made` holds the copies by the identity of what they are copies of."""
    known = made.get(id(node))
    if known is not None:
        return known
    kind = type(node)
    copy = made[id(node)] = object.__new__(kind)
    for name in _names(kind):
        _set(copy, name, _value(getattr(node, name), by, made))
    return copy


def _value(value: Any, by: int, made: dict[int, Any]) -> Any:
    kind = type(value)
    if kind is Span:
        return Span(value.path, value.start + by, value.end + by)
    if kind is tuple:
        return tuple(_value(element, by, made) for element in value)
    return _node(value, by, made) if isinstance(value, tree.Node) else value


def _names(kind: Any) -> tuple[str, ...]:
    found = _NAMES.get(kind)
    if found is None:
        found = _NAMES[kind] = tuple(item.name for item in fields(kind))
    return found


_NAMES: dict[type[tree.Node], tuple[str, ...]] = {}
_set = object.__setattr__
