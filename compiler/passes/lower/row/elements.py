"""`for x in xs` in; what goes through the list, and the site in which an element has its name, out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from compiler.passes.lower import expressions
from compiler.passes.lower.layout import Doc, Lambda, Leaf, call
from compiler.passes.lower.nulls import or_null, with_nulls
from compiler.passes.lower.row.printer import RowPrinter
from compiler.passes.lower.scopes import Site, present
from compiler.types import ANY, List, Optional, Type
from dsl import tree


@dataclass(frozen=True)
class Clause:
    """One `for`: `iterable` as printed outside it, `targets` as its elements are called in `site`."""

    iterable: Doc
    targets: tuple[str, ...]
    site: Site


def clause(node: tree.ForClause, site: Site, row: RowPrinter) -> Clause:
    names, kinds = dict(site.locals), dict(site.kinds)
    targets: list[str] = []
    for target, kind in zip(node.targets, _kinds(node, site), strict=True):
        symbol = site.model.symbols[target]
        targets.append(_free(row.module.names.local(target.text), {*names.values(), *targets}))
        names[symbol], kinds[symbol] = targets[-1], kind
    return Clause(expressions.source(node.iterable, site), tuple(targets), replace(site, locals=names, kinds=kinds))


def _free(name: str, taken: set[str]) -> str:
    """A name of the row with the same spelling lives on behind the list."""
    while name in taken:
        name += "_"
    return name


def _kinds(node: tree.ForClause, site: Site) -> Sequence[Type]:
    """Each target's type. A null element is passed over; beside one that is there, another list's can be null."""
    zipped = _zipped(node)
    if len(node.targets) == 1:
        return [present(element_of(node.iterable, site))]
    if zipped is not None:
        return [element_of(arg.value, site) for arg in zipped]
    inner = expressions.base_type(element_of(node.iterable, site))
    kinds = [inner.at(place) if isinstance(inner, List) else ANY for place in range(len(node.targets))]
    return [or_null(kind, True) for kind in kinds]


def _zipped(node: tree.ForClause) -> tuple[tree.Arg, ...] | None:
    found = node.iterable
    if isinstance(found, tree.Call) and isinstance(found.callee, tree.Ref) and found.callee.name == "zip":
        return found.args if len(found.args) == len(node.targets) else None
    return None


def element_of(node: tree.Expr, site: Site) -> Type:
    plain = expressions.base_type(with_nulls(node, site))
    return plain.element if isinstance(plain, List) else ANY


def each(fors: Sequence[tree.ForClause], row: RowPrinter, site: Site, body: Callable[[Site], Doc], **named: Doc) -> Doc:
    """`row.each(xs, lambda at, x: …)`, the first `for` outermost; `body` alone where there is none.

    The outermost is told the `name` of the list that it makes, the others the place of the element around.
    """
    if not fors:
        return body(site)
    found = clause(fors[0], site, row)
    inner = each(fors[1:], row, found.site, body, at=Leaf("at"))
    head = "row.each" if len(found.targets) == 1 else "row.each_of"
    return call(head, found.iterable, Lambda(", ".join(("at", *found.targets)), inner), **named)


def listed(kind: Type, levels: int, nullable: bool) -> Type:
    """The type of a name made of `levels` lists: an element that failed, or whose source is null, is null itself."""
    return or_null(_listed(kind, levels), nullable)


def _listed(kind: Type, levels: int) -> Type:
    if isinstance(kind, Optional):
        return Optional(_listed(kind.base, levels))
    if levels == 0 or not isinstance(kind, List):
        return kind
    return replace(kind, element=or_null(_listed(kind.element, levels - 1), True))


def can_be_null(fors: Sequence[tree.ForClause], site: Site) -> bool:
    """Whether the list that the first `for` goes through can be null: what it makes is then null too."""
    return bool(fors) and expressions.code(fors[0].iterable, site).nullable
