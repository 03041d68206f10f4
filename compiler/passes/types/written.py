"""A type as written in; what it denotes out."""

from __future__ import annotations

from compiler.constant import UNKNOWN
from compiler.functions.checks import is_schema
from compiler.model import Kind
from compiler.passes.types.checker import HERE, Checker, Env
from compiler.passes.types.personas import persona_type
from compiler.passes.types.relations import is_text, solid
from compiler.prelude import TYPES
from compiler.types import ANY, INT, CheckedText, Choice, JsonOf, List, Optional, Scalar, Type
from dsl import tree


def denote(c: Checker, node: tree.TypeExpr, env: Env = HERE) -> Type:
    found = _denote(c, node, env)
    c.types[node] = found
    return found


def _denote(c: Checker, node: tree.TypeExpr, env: Env) -> Type:
    if isinstance(node, tree.TypeName):
        return _named(c, node)
    if isinstance(node, tree.TypeOptional):
        base = denote(c, node.base, env)
        return base if isinstance(base, Optional) or base == ANY else Optional(base)
    if isinstance(node, tree.TypeList):
        return _list(c, node, env)
    if isinstance(node, tree.TypeUnion):
        return _union(c, node)
    if isinstance(node, tree.TypeLiteral):
        return Choice((node.value,))
    assert isinstance(node, tree.TypeApply)
    return _applied(c, node, env)


def _named(c: Checker, node: tree.TypeName) -> Type:
    if node.name == "Persona":
        return persona_type(c)
    builtin = TYPES.get(node.name)
    if builtin is not None:
        return builtin
    symbol = c.symbols.get(node)
    return c.of(symbol) if symbol is not None and symbol.kind is not Kind.UNKNOWN else ANY


def _list(c: Checker, node: tree.TypeList, env: Env) -> Type:
    element = denote(c, node.element, env)
    if node.length is None:
        return List(element)
    c.expect(node.length, INT, "the length of a list", env)
    length = c.evaluate(node.length)
    if isinstance(length, int) and length < 0:
        c.report("E0319", f"a list cannot have {length} elements", node.length.span, help="lengths begin at 0")
    known = length if isinstance(length, int) and length >= 0 else None
    return List(element, known, size=node.length if known is None else None)


def _union(c: Checker, node: tree.TypeUnion) -> Type:
    values: list[str] = []
    for member in node.members:
        kind = denote(c, member)
        if isinstance(kind, Choice):
            _add(c, values, kind, member)
        elif kind != ANY:
            c.report(
                "E0324",
                "a union is made of quoted strings and enums",
                member.span,
                label=f"this is `{kind}`",
                help='write `"low" | "high"`; a value that may be missing is `T?`',
            )
    return Choice(tuple(values)) if values else ANY


def _add(c: Checker, values: list[str], kind: Choice, member: tree.TypeExpr) -> None:
    for value in kind.values:
        if value in values:
            c.report("E0202", f'"{value}" stands twice in this union', member.span, help="take one of them out")
        else:
            values.append(value)


def _check_schema(c: Checker, node: tree.Expr) -> None:
    """Of a schema that is known before any row: with one that is none, no row would ever be kept."""
    schema = c.evaluate(node)
    if schema is not UNKNOWN and not is_schema(schema):
        c.report("E0301", "this is no JSON Schema", node.span, help='a schema is a record such as `{ type: "object" }`')


def _applied(c: Checker, node: tree.TypeApply, env: Env) -> Type:
    base = denote(c, node.base, env)
    given = c.infer(node.argument, env)
    if base == CheckedText("json"):
        if isinstance(solid(given), Scalar) and not is_text(given):
            c.report("E0301", "a schema is a record or JSON text", node.argument.span, label=f"this is `{given}`")
        else:
            _check_schema(c, node.argument)
        return JsonOf(node.argument)
    if base != ANY:
        c.report(
            "E0325",
            f"`{base}` takes no argument",
            node.argument.span,
            help="only `json(schema)` does: the schema is a value of the row",
        )
    return ANY
