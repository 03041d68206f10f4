"""A syntax tree or a source in; a text that a person can check against the file, out.

A node is a line: its class, then its names and values; what lies below it stands indented. Expressions are written
operator first, types as in the language.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields

from dsl import tree
from dsl.lexer import Lexer
from dsl.parser import parse_tokens
from dsl.source import Source


def dump_tokens(source: Source) -> str:
    """One token a line: place, type, text. A word that is a keyword in its place has the keyword's type."""
    lexer = Lexer(source)
    parse_tokens(source, lexer)
    lines: list[str] = []
    for token in lexer.tokens:
        at = source.position(token.start)
        lines.append(f"{at.line}:{at.column} {token.type.strip('_')} {json.dumps(token.text, ensure_ascii=False)}")
    return "\n".join(lines) + "\n"


def dump_tree(node: tree.Node) -> str:
    """The node and all below it."""
    return "\n".join(_lines(node, 0)) + "\n"


def _lines(node: tree.Node, depth: int) -> Iterator[str]:
    words, below = [type(node).__name__], list[tree.Node]()
    for item in fields(node):
        value = getattr(node, item.name)
        if item.name.endswith("span") or value in (None, (), frozenset()):
            continue
        if isinstance(value, tuple) and not isinstance(value[0], tree.Name | tree.Expr):
            below += [element for element in value if isinstance(element, tree.Node)]
        elif isinstance(value, tree.Template):
            below += value.parts
        else:
            words.append(f"{item.name}={_word(value)}")
    yield "  " * depth + " ".join(words)
    for child in below:
        yield from _lines(child, depth + 1)


def _word(value: object) -> str:
    if isinstance(value, tuple | frozenset):
        return "[" + " ".join(sorted(map(_word, value)) if isinstance(value, frozenset) else map(_word, value)) + "]"
    if isinstance(value, tree.Expr):
        return expression_text(value)
    if isinstance(value, tree.TypeExpr):
        return type_text(value)
    if isinstance(value, tree.Name):
        return value.text
    if isinstance(value, tree.Doc):
        return json.dumps(value.text, ensure_ascii=False)
    if isinstance(value, tree.Retry):
        return "drop" if value.times is None else f"{value.times}{' from ' + value.origin.text if value.origin else ''}"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str | bool | int | float) else str(value)


def expression_text(node: tree.Expr) -> str:
    """The expression with its operators first: `(and (> a 1) (not b))`."""
    match node:
        case tree.Constant(value=value):
            return json.dumps(value, ensure_ascii=False)
        case tree.Quantity(number=number, unit=unit):
            return f"{number}{unit}"
        case tree.Ref(name=name):
            return name
        case tree.Attr(base=base, name=field):
            return f"{expression_text(base)}.{field.text}"
        case tree.Index(base=base, index=index):
            return f"{expression_text(base)}[{expression_text(index)}]"
        case tree.Call(callee=callee, args=args):
            return f"{expression_text(callee)}({_arguments(args)})"
        case tree.Filtered(value=base, filter=name, args=args):
            return f"({expression_text(base)} | {name.text}({_arguments(args)}))"
        case tree.ListExpr(items=items):
            return f"[{', '.join(map(expression_text, items))}]"
        case tree.ObjectExpr(entries=entries):
            return "{" + ", ".join(f"{entry.key}: {expression_text(entry.value)}" for entry in entries) + "}"
        case _:
            return f"({' '.join(_operands(node))})"


def _operands(node: tree.Expr) -> list[str]:
    match node:
        case tree.Unary(op=op, operand=operand):
            return [op, expression_text(operand)]
        case tree.Binary(op=op, left=left, right=right):
            return [op, expression_text(left), expression_text(right)]
        case tree.Range(low=low, high=high):
            return ["..", expression_text(low), *([expression_text(high)] if high is not None else [])]
        case tree.Conditional(condition=condition, then=then, otherwise=otherwise):
            return ["if", *map(expression_text, (condition, then, otherwise))]
        case tree.Weighted(weights=weights):
            return ["weighted", expression_text(weights)]
    raise TypeError(f"no text for {type(node).__name__}")


def _arguments(args: tuple[tree.Arg, ...]) -> str:
    return ", ".join(f"{arg.name.text + '=' if arg.name else ''}{expression_text(arg.value)}" for arg in args)


def type_text(node: tree.TypeExpr) -> str:
    """The type as one writes it."""
    match node:
        case tree.TypeName(name=name):
            return name
        case tree.TypeLiteral(value=value):
            return json.dumps(value, ensure_ascii=False)
        case tree.TypeUnion(members=members):
            return "(" + " | ".join(map(type_text, members)) + ")"
        case tree.TypeOptional(base=base):
            return f"{type_text(base)}?"
        case tree.TypeList(element=element, length=length):
            return f"{type_text(element)}[{expression_text(length) if length is not None else ''}]"
        case tree.TypeApply(base=base, argument=argument):
            return f"{type_text(base)}({expression_text(argument)})"
    raise TypeError(f"no text for {type(node).__name__}")
