"""Record types in; one function for each that says what a value breaks, or None, out.

Such a function is a row's admission to an input and an answer's second look after the schema.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from compiler.passes.lower import expressions
from compiler.passes.lower.layout import Leaf, flat, literal, statement
from compiler.passes.lower.precedence import NOT
from compiler.passes.lower.scopes import Site
from compiler.types import MESSAGE, PERSONA, CheckedText, Extended, Generated, List, Optional, Record, RecordField, Type

if TYPE_CHECKING:
    from compiler.passes.lower.module import Module

LANGUAGES = {"python": "is not Python", "json": "is not JSON", "markdown": "is not Markdown"}


def inner_record(kind: Type) -> Record | None:
    """The record inside a type: itself, an optional one's, a list's elements'."""
    while isinstance(kind, Optional | Generated | Extended | List):
        kind = kind.element if isinstance(kind, List) else kind.base
    return kind if isinstance(kind, Record) and kind.name not in (PERSONA.name, MESSAGE.name) else None


def needs_check(kind: Type) -> bool:
    """Whether a value can have the right shape and still break something the type says."""
    record = inner_record(kind)
    if record is None:
        return isinstance(_plain(kind), CheckedText)
    return any(item.constraint is not None or needs_check(item.type) for item in record.fields)


def _plain(kind: Type) -> Type:
    while isinstance(kind, Optional | Generated | Extended | List):
        kind = kind.element if isinstance(kind, List) else kind.base
    return kind


def check_function(record: Record, module: Module) -> str:
    """`def check_Page(it): …`: the first broken constraint as text, or None."""
    head = f"def {module.check(record)}(it):"
    lines = [line for item in record.fields for line in _field(item, record, module)]
    return "\n".join([head, *(f"    {line}" for line in lines), "    return None", ""])


def _field(item: RecordField, record: Record, module: Module) -> Iterator[str]:
    value = f"it[{literal(item.name)}]"
    if isinstance(item.type, Optional):
        value = f"it.get({literal(item.name)})"
    yield from nested(item.type, value, item.name, module)
    if item.constraint is None:
        return
    site = Site(module.model, module, elements=(record,))
    code = expressions.code(item.constraint, site)
    about = f"{item.name}: {module.wording(item.constraint)}"
    guard = f"{value} is not None and " if isinstance(item.type, Optional) else ""
    test = f"{guard}not {flat(code.at_least(NOT))}"
    yield from statement("if ", Leaf(test), ":").split("\n")
    yield f"    return {literal(about)}"


def nested(kind: Type, value: str, name: str, module: Module) -> Iterator[str]:
    """Looks into a field that is itself a record, or text of a language, or a list of such."""
    if isinstance(kind, Generated | Extended):
        kind = kind.base
    if isinstance(kind, Optional) and needs_check(kind):
        yield f"if {value} is not None:"
        yield from (f"    {line}" for line in nested(kind.base, value, name, module))
    elif isinstance(kind, List) and needs_check(kind):
        yield f"for each in {value}:"
        yield from (f"    {line}" for line in nested(kind.element, "each", name, module))
    elif isinstance(kind, CheckedText):
        yield f"if not fn.is_{kind.language}({value}):"
        yield f"    return {literal(f'{name}: {LANGUAGES[kind.language]}')}"
    elif isinstance(kind, Record) and needs_check(kind):
        yield f"if broken := {module.check(kind)}({value}):"
        yield f"    return {literal(f'{name}.')} + broken"
