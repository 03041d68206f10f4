"""A dataset's statements in; how many times a row asks each judge, as far as lists' lengths are known, out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from compiler.digest import Digester
from compiler.functions import REGISTRY, Each, find_method, paired
from compiler.model import Kind, Model
from compiler.types import ANY, Extended, Generated, List, Optional, Type
from dsl import tree

DECIDED_EARLY = ("any", "all", "none")
"""Methods that end at the first element that decides them."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """`least` is of a row that comes to every statement; `most` counts all it can ask, each question once."""

    least: int = 1
    most: int = 1

    def of(self, other: Bounds) -> Bounds:
        """For each element of a list, whose length is `other`."""
        return Bounds(self.least * other.least, self.most * other.most)


@dataclass(frozen=True, slots=True)
class Site:
    """Where a judge is named; `question` is the same for what is the same question, `over` the lists around it."""

    judge: tree.Judge
    question: bytes
    asked: Bounds
    over: tuple[bytes, ...]


def asked(body: Iterable[tree.Statement], model: Model) -> dict[tree.Judge, Bounds]:
    """A list whose length only a row knows counts as one element."""
    sites = _Sites(model)
    found: dict[tree.Judge, dict[tuple[bytes, ...], Bounds]] = {}
    for statement in body:
        for site in sites.of(statement, Bounds(), ()):
            found.setdefault(site.judge, {})[site.question, *site.over] = site.asked
    return {judge: _together(list(places.values())) for judge, places in found.items()}


def _together(places: list[Bounds]) -> Bounds:
    """Which of several questions a condition rules out is not known: one of them is asked."""
    return Bounds(max(place.least for place in places), sum(place.most for place in places))


@dataclass
class _Sites:
    model: Model
    lengths: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.digester = Digester(self.model)

    def of(self, node: tree.Node, asked: Bounds, over: tuple[bytes, ...]) -> Iterator[Site]:
        if isinstance(node, tree.Gen):
            self._learn(node)
        if isinstance(node, tree.Gen | tree.Run | tree.Emit) and node.fors:
            yield from self._for(node, asked, over)
        elif isinstance(node, tree.Call):
            yield from self._call(node, asked, over)
        else:
            for child in tree.children(node):
                yield from self.of(child, asked, over)

    def _for(self, node: tree.Gen | tree.Run | tree.Emit, asked: Bounds, over: tuple[bytes, ...]) -> Iterator[Site]:
        for clause in node.fors:
            yield from self.of(clause.iterable, asked, over)
            asked, over = asked.of(self._length(clause.iterable)), (*over, self.digester.of(clause.iterable))
        for child in tree.children(node):
            if not isinstance(child, tree.ForClause):
                yield from self.of(child, asked, over)

    def _call(self, node: tree.Call, asked: Bounds, over: tuple[bytes, ...]) -> Iterator[Site]:
        inner, around = asked, over
        each = self._each(node)
        if isinstance(node.callee, tree.Attr) and each:
            length = self._length(node.callee.base)
            if node.callee.name.text in DECIDED_EARLY:
                length = replace(length, least=1)
            inner, around = asked.of(length), (*over, self.digester.of(node.callee.base))
        judge = self._judge(node.callee)
        if judge is not None:
            yield Site(judge, self.digester.of(node), asked, over)
        elif isinstance(node.callee, tree.Ref) and node.callee.name == "consistency":
            yield from self._consistency(node, asked, over)
        yield from self.of(node.callee, asked, over)
        for arg in node.args:
            yield from self.of(arg.value, *((inner, around) if arg.value in each else (asked, over)))

    def _consistency(self, node: tree.Call, asked: Bounds, over: tuple[bytes, ...]) -> Iterator[Site]:
        """Every sample's claims about each other sample."""
        given = {param.name: arg.value for arg, param in paired(REGISTRY["consistency"].signature.params, node.args)}
        judge = self._judge(given["by"]) if "by" in given else None
        if judge is not None:
            claims, across = self._length(given["claims"]), self._length(given["across"])
            others = Bounds(max(across.least - 1, 1), max(across.most - 1, 1))
            yield Site(judge, self.digester.of(node), asked.of(claims).of(others), over)

    def _each(self, node: tree.Call) -> tuple[tree.Expr, ...]:
        """The arguments that are evaluated for each element of a list."""
        if not isinstance(node.callee, tree.Attr):
            return ()
        kind = _bare(self.model.types.get(node.callee.base, ANY))
        method = find_method(kind, node.callee.name.text) if isinstance(kind, List) else None
        pairs = paired(method.signature.params, node.args) if method is not None else ()
        return tuple(arg.value for arg, param in pairs if isinstance(param.type, Each))

    def _judge(self, node: tree.Expr) -> tree.Judge | None:
        symbol = self.model.symbols.get(node) if isinstance(node, tree.Ref) else None
        return symbol.node if symbol is not None and isinstance(symbol.node, tree.Judge) else None

    # --- lengths ---

    def _learn(self, node: tree.Gen) -> None:
        """The samples of a gen: lists made from them keep no length of their own."""
        kind = _bare(self.model.types.get(node, ANY))
        while isinstance(kind, List):
            if kind.along == node.name.text and kind.length is not None:
                self.lengths[node.name.text] = kind.length
            kind = _bare(kind.element)

    def _length(self, node: tree.Expr) -> Bounds:
        if isinstance(node, tree.ListExpr):
            return _exactly(len(node.items))
        kind = _bare(self.model.types.get(node, ANY))
        if not isinstance(kind, List):
            return Bounds()
        if kind.length is not None:
            return _exactly(kind.length)
        whole = self.lengths.get(kind.along or "", 1)
        symbol = self.model.symbols.get(node)
        made = symbol is not None and symbol.kind in (Kind.GEN, Kind.RUN)
        return Bounds(whole if made else 1, whole)


def _exactly(length: int) -> Bounds:
    return Bounds(max(length, 1), max(length, 1))


def _bare(kind: Type) -> Type:
    while isinstance(kind, Generated | Extended | Optional):
        kind = kind.base
    return kind
