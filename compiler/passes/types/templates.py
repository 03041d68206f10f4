"""A checked scope and a template in; a message for every hole that cannot print and every marker that cannot stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from compiler.passes.types.checker import HERE, Checker, Env, shown
from compiler.passes.types.relations import fits, is_bool, nullable, prints, solid
from compiler.prelude import LOOP
from compiler.types import ANY, CONVERSATION, STR, List, Record, RecordField, SourceOf, Type
from dsl import tree
from dsl.diagnostics import Related

LOOP_RECORD = Record("loop", tuple(RecordField(name, kind) for name, kind in LOOP))


def template(c: Checker, node: tree.Template, env: Env = HERE) -> None:
    _parts(c, node.parts, replace(env, still=True, prompt=True))
    _markers(c, node)


def _parts(c: Checker, parts: Sequence[tree.TemplatePart], env: Env) -> None:
    for part in parts:
        if isinstance(part, tree.TemplateHole):
            hole(c, part.value, env)
        elif isinstance(part, tree.TemplateFor):
            _for(c, part, env)
        elif isinstance(part, tree.TemplateIf):
            _if(c, part, env)
        elif isinstance(part, tree.TemplateMarker) and part.value is not None:
            _chat(c, part.value, env)


def hole(c: Checker, node: tree.Expr, env: Env) -> None:
    given = c.infer(node, env)
    if not prints(given):
        c.report("E0304", f"a `{solid(given)}` does not print", node.span, help=_to_print(solid(given)))
    elif nullable(given):
        c.report(
            "E0315",
            "this may be null, and null does not print",
            node.span,
            label=f"this is `{given}`",
            help='say what stands in for it: `| default("…")`, or ask first: `{% if x %}`',
        )


def _to_print(kind: Type) -> str:
    if isinstance(kind, Record):
        names = ", ".join(item.name for item in kind.fields)
        return f"name a field ({names}), or print all of it: `| json`"
    if isinstance(kind, List) and prints(kind.element):
        return 'join its elements: `| join(", ")`'
    if isinstance(kind, List):
        return "go through its elements: `{% for x in … %}`"
    if isinstance(kind, SourceOf):
        return "a source is read by an axis: `each x from …`"
    return "name something of it that prints"


def _for(c: Checker, part: tree.TemplateFor, env: Env) -> None:
    kind = solid(c.infer(part.iterable, env))
    element: Type = ANY
    if isinstance(kind, List):
        element = kind.element
    elif kind != ANY:
        hint = "a source's rows are `.rows`" if isinstance(kind, SourceOf) else None
        c.report("E0323", "`for` goes through a list", part.iterable.span, label=f"this is `{kind}`", help=hint)
    c.bind(part, element)
    symbol = c.symbols.get(part.target)
    if symbol is not None:
        c.declared[symbol] = element
    _parts(c, part.body, env)
    _parts(c, part.otherwise, env)


def _if(c: Checker, part: tree.TemplateIf, env: Env) -> None:
    for branch in part.branches:
        inner = env
        if branch.condition is not None:
            _truth(c, branch.condition, env)
            inner = env.knowing(shown(branch.condition))
        _parts(c, branch.body, inner)


def _truth(c: Checker, node: tree.Expr, env: Env) -> None:
    """In a template a list or a text that is not empty, and a value that is not null, are true, as in Jinja2."""
    given = c.infer(node, env)
    kind = solid(given)
    if is_bool(given) or isinstance(kind, List) or fits(kind, STR) or nullable(given):
        return
    c.report(
        "E0303",
        "the condition of `{% if %}` must be true or false",
        node.span,
        label=f"this is `{given}`",
        help="compare it with something; a list or a text is true when it is not empty",
    )


def _chat(c: Checker, node: tree.Expr, env: Env) -> None:
    given = c.infer(node, env)
    if not fits(given, CONVERSATION):
        c.report(
            "E0520",
            "`@chat` takes a list of messages",
            node.span,
            label=f"this is `{given}`",
            help="a prompt called outside `gen` gives its messages; or `[user(x), assistant(y)]`",
        )


def _markers(c: Checker, node: tree.Template) -> None:
    """`@raw` is the only marker of its template; `@open` is the last thing that opens a message."""
    markers = list(_all_markers(node.parts))
    for place, (marker, nested) in enumerate(markers):
        later = markers[place + 1 :]
        if marker.kind == "raw" and (place or later):
            other = (later or markers)[0][0]
            c.report(
                "E0522",
                "`@raw` is plain completion: there are no messages in it",
                marker.span,
                related=(Related(other.span, "this opens a message"),),
                help="take out `@raw`, or the other markers",
            )
            return
        if marker.kind == "open" and (later or nested):
            related = (Related(later[0][0].span, "this opens another"),) if later else ()
            c.report(
                "E0521",
                "`@open` leaves the last message open, and this is not the last",
                marker.span,
                related=related,
                help="move it to the end of the template, outside `{% for %}` and `{% if %}`",
            )


def _all_markers(parts: Sequence[tree.TemplatePart], nested: bool = False) -> list[tuple[tree.TemplateMarker, bool]]:
    found: list[tuple[tree.TemplateMarker, bool]] = []
    for part in parts:
        if isinstance(part, tree.TemplateMarker):
            found.append((part, nested))
        elif isinstance(part, tree.TemplateFor):
            found += _all_markers((*part.body, *part.otherwise), True)
        elif isinstance(part, tree.TemplateIf):
            for branch in part.branches:
                found += _all_markers(branch.body, True)
    return found
