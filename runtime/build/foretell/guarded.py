"""A dataset's printed program in; its row function as a plan runs it out: an unknown value ends no statement.

The text stays what `synth compile` prints. Every expression in it becomes a function that the row calls: where it
needs a value that is not there yet, the row goes on with `Pending` in its place.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

JUDGES = ("judge", "points", "scale", "score")
CALLED = ("gen", "tool", *JUDGES)
Body = Callable[[Any, Any], None]


@dataclass(frozen=True, slots=True)
class Mention:
    """A judge in an expression. `depth` counts the lists whose elements it is asked about; `calls` is for one.

    `pairs`: it is asked about pairs of elements, as `consistency` does.
    """

    judge: str
    depth: int
    calls: int
    pairs: bool

    def most(self, elements: int) -> int:
        """Calls, where all lists together have so many elements: two of them make most pairs when equally long."""
        pairs = max(1, elements * elements // 4) if self.pairs else 1
        return int(self.calls * pairs * elements**self.depth)


@dataclass(frozen=True, slots=True)
class Site:
    """An expression of the program: its text, and the judges that it asks on the way."""

    text: str
    mentions: tuple[Mention, ...]
    literals: int


@dataclass(frozen=True)
class Guarded:
    """`body(None, row)` runs a row; `sites` are what `row.maybe` is told by number."""

    body: Body
    sites: tuple[Site, ...]


def guarded(text: str, name: str, namespace: Mapping[str, Any]) -> Guarded:
    """The row function `name` of a program whose module has run to `namespace`."""
    functions = (node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef))
    function = next(node for node in functions if node.name == name)
    function.decorator_list = []
    guard = _Guard(_assigned(function.body))
    function.body = [line for node in function.body for line in guard.statement(node)]
    module = ast.fix_missing_locations(ast.Module([function], []))
    own = dict(namespace)
    exec(compile(module, f"<plan of {name}>", "exec"), own)
    return Guarded(own[name], tuple(guard.sites))


@dataclass
class _Guard:
    """`locals` are the names that the function assigns; `made` from what statements each was made, by name."""

    locals: set[str]
    sites: list[Site] = field(default_factory=list)
    made: dict[str, set[str]] = field(default_factory=dict)

    def statement(self, node: ast.stmt) -> Iterator[ast.stmt]:
        if isinstance(node, ast.Assign):
            self._learn(node)
            node.value = self.value(node.value, frozenset())
        elif isinstance(node, ast.Expr):
            node.value = self.value(node.value, frozenset())
        elif isinstance(node, ast.If):
            node.test = self.value(node.test, frozenset())
            node.body = self._all(node.body)
        elif isinstance(node, ast.While | ast.With):
            node.body = self._all(node.body)
        elif isinstance(node, ast.For):
            node.iter = self.value(node.iter, frozenset())
            node.body = self._all(node.body)
        yield node
        yield from self._after(node)

    def _all(self, body: Iterable[ast.stmt]) -> list[ast.stmt]:
        return [line for node in body for line in self.statement(node)]

    def _after(self, node: ast.stmt) -> Iterator[ast.stmt]:
        """What another pass or another round might have made of the names so far is not known then."""
        if isinstance(node, ast.Expr) and (rerun := _reruns(node.value)):
            yield from _again("retaken", sorted(name for name, of in self.made.items() if of & rerun))
        elif isinstance(node, ast.For) and _method(node.iter) == "loop":
            yield from _again("ended", sorted(_assigned(node.body)))

    def _learn(self, node: ast.Assign) -> None:
        found = set[str]()
        for part in ast.walk(node.value):
            if isinstance(part, ast.Name):
                found |= self.made.get(part.id, set())
            elif isinstance(part, ast.Call) and _method(part) in CALLED:
                found.add(_text(part.args[0]))
        for name in _targets(node.targets):
            self.made[name] = self.made.get(name, set()) | found

    # --- expressions ---------------------------------------------------------------------------------------------

    def value(self, node: ast.expr, bound: frozenset[str]) -> ast.expr:
        """`bound` are the parameters of the functions around it."""
        if isinstance(node, ast.Call) and _method(node) is not None:
            return self._asked(node, bound)
        if isinstance(node, ast.Lambda):
            node.body = self.value(node.body, bound | _parameters(node))
            return node
        if isinstance(node, ast.Tuple):
            node.elts = [self.value(one, bound) for one in node.elts]
            return node
        if isinstance(node, ast.Constant) or (isinstance(node, ast.Name) and node.id not in self.locals):
            return node
        return node if isinstance(node, ast.Name) else self._maybe(node, bound)

    def _asked(self, node: ast.Call, bound: frozenset[str]) -> ast.expr:
        """What the row is told to do happens; each thing it is told may be unknown."""
        if _method(node) in ("at_once", "consistency", "source"):
            return self._maybe(node, bound)
        node.args = [self._given(one, bound) for one in node.args]
        for keyword in node.keywords:
            keyword.value = self._given(keyword.value, bound)
        return node

    def _given(self, node: ast.expr, bound: frozenset[str]) -> ast.expr:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict":
            for keyword in node.keywords:
                keyword.value = self.value(keyword.value, bound)
            return node
        if isinstance(node, ast.List):
            node.elts = [self.value(one, bound) for one in node.elts]
            return node
        return self.value(node, bound)

    def _maybe(self, node: ast.expr, bound: frozenset[str]) -> ast.expr:
        text, mentions = ast.unparse(node), tuple(_mentions(node, 0))
        listed = [one for part in ast.walk(node) if isinstance(part, ast.List) for one in part.elts]
        literals = sum(isinstance(one, ast.Constant) for one in listed)
        seen = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)} - _inner(node)
        free = sorted(seen & (self.locals | bound) - {"row", "s"})
        self.sites.append(Site(text, mentions, literals))
        inner = _Inner(self, bound).visit(node)
        names = ast.Tuple([ast.Name(name, ast.Load()) for name in free], ast.Load())
        return _call("maybe", [_delayed(inner), ast.Constant(len(self.sites) - 1), names])


@dataclass
class _Inner(ast.NodeTransformer):
    """Judges inside of an expression: what they are asked about may be unknown, and they are asked all the same."""

    guard: _Guard
    bound: frozenset[str]

    def visit_Lambda(self, node: ast.Lambda) -> ast.expr:
        node.body = _Inner(self.guard, self.bound | _parameters(node)).visit(node.body)
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        if _method(node) in JUDGES:
            return self.guard._asked(node, self.bound)
        self.generic_visit(node)
        return node


def _mentions(node: ast.AST, depth: int, pairs: bool = False) -> Iterator[Mention]:
    if isinstance(node, ast.Lambda) and not pairs:
        depth += bool(node.args.args)
    if isinstance(node, ast.Call):
        if _method(node) in JUDGES:
            yield Mention(_text(node.args[0]), depth, _calls(node), pairs)
        pairs = pairs or _method(node) == "consistency"
    for child in ast.iter_child_nodes(node):
        yield from _mentions(child, depth, pairs)


def _calls(node: ast.Call) -> int:
    listed = [keyword.value for keyword in node.keywords if keyword.arg == "points"]
    return len(listed[0].elts) if listed and isinstance(listed[0], ast.List) else 1


def _method(node: ast.expr) -> str | None:
    """`gen` of `row.gen(…)`."""
    called = node.func if isinstance(node, ast.Call) else None
    if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id == "row":
        return called.attr
    return None


def _reruns(node: ast.expr) -> set[str]:
    if not isinstance(node, ast.Call) or _method(node) != "require":
        return set()
    named = [keyword.value for keyword in node.keywords if keyword.arg == "rerun"]
    return {_text(one) for one in getattr(named[0], "elts", ())} if named else set()


def _again(method: str, names: Iterable[str]) -> Iterator[ast.stmt]:
    for name in names:
        value = _call(method, [_delayed(ast.Name(name, ast.Load()))])
        yield ast.Assign([ast.Name(name, ast.Store())], value)


def _call(method: str, arguments: list[ast.expr]) -> ast.Call:
    return ast.Call(ast.Attribute(ast.Name("row", ast.Load()), method, ast.Load()), arguments, [])


def _delayed(node: ast.expr) -> ast.Lambda:
    nothing = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
    return ast.Lambda(nothing, node)


def _text(node: ast.expr) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else ""


def _parameters(node: ast.Lambda) -> frozenset[str]:
    return frozenset(argument.arg for argument in node.args.args)


def _inner(node: ast.expr) -> set[str]:
    return {name for part in ast.walk(node) if isinstance(part, ast.Lambda) for name in _parameters(part)}


def _assigned(body: Collection[ast.stmt]) -> set[str]:
    parts = [part for node in body for part in ast.walk(node)]
    return {part.id for part in parts if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}


def _targets(targets: Iterable[ast.expr]) -> set[str]:
    parts = [part for target in targets for part in ast.walk(target)]
    return {part.id for part in parts if isinstance(part, ast.Name)}
