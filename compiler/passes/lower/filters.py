"""`value | filter(args)` in; the call of the function or method of the same meaning out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from compiler.functions import REGISTRY, find_method
from compiler.passes.lower import calls, expressions
from compiler.passes.lower import precedence as p
from compiler.passes.lower.layout import Lambda, Leaf, call
from compiler.passes.lower.precedence import Code
from compiler.types import List, Type
from dsl import tree

if TYPE_CHECKING:
    from compiler.passes.lower.scopes import Site

ALIASES: Mapping[str, str] = {"trim": "strip", "length": "len", "d": "default"}
"""Names that Jinja2 has for functions of ours."""


def filter_code(node: tree.Filtered, site: Site) -> Code:
    name = ALIASES.get(node.filter.text, node.filter.text)
    kind = expressions.base_type(site.type_of(node.value))
    subject = _subject(node, name, kind, site)
    if name == "json":
        return Code(call("fn.json_text", subject.doc))
    method = find_method(kind, name) if name != "default" else None
    entry = method or REGISTRY[name]
    params = entry.signature.params if method is not None else entry.signature.params[1:]
    printed = calls.library_call(entry, [subject, *calls.arguments(params, node.args, site, node.value)])
    return Code(printed.doc, p.ATOM, printed.nullable and name != "default")


def _subject(node: tree.Filtered, name: str, kind: Type, site: Site) -> Code:
    """What goes into the filter: personas as their texts, where they are joined or changed as text."""
    from compiler.passes.lower.scopes import is_persona

    if name == "json" or not isinstance(kind, List):
        return expressions.code(node.value, site) if name == "json" else site.as_text(node.value)
    listed = expressions.code(node.value, site)
    if name != "join" or not is_persona(kind.element):
        return listed
    texts = Lambda("it", expressions.field(Code(Leaf("it")), "text", kind.element).doc)
    return Code(call("fn.list_map", listed.doc, texts), p.ATOM, listed.nullable)
