"""An analysis and a place in it in; the same spec with a name put in there, and what the passes know of it, out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from compiler.analysis import Analysis, analyse
from compiler.catalog import Catalog, Columns, parsed_once
from compiler.model import Model, Symbol
from compiler.passes.types.checker import Element
from compiler.probe import Probe
from compiler.queries.completion.model import Names
from compiler.types import ANY, Type
from dsl import tree
from dsl.diagnostics import Diagnostic
from dsl.parser import Parsed
from dsl.placeholder import HERE, Placeholder, placed
from dsl.source import Source

N = TypeVar("N", bound=tree.Node)
_DECIDE = (tree.Filter, tree.Require, tree.Until, tree.Audit, tree.ExpectThat, tree.Criterion)


@dataclass(frozen=True, slots=True)
class Asked:
    """`nodes` lead from the declaration down to the node that has the name; empty where no name can stand."""

    path: str
    placeholder: Placeholder
    model: Model
    probe: Probe
    nodes: tuple[tree.Node, ...]
    names: Names
    catalog: Catalog
    source: Source

    @property
    def node(self) -> tree.Node | None:
        return self.nodes[-1] if self.nodes else None

    @property
    def parent(self) -> tree.Node | None:
        return self.nodes[-2] if len(self.nodes) > 1 else None

    def around(self, kind: type[N]) -> N | None:
        """The nearest node of that class around the name."""
        return next((node for node in reversed(self.nodes) if isinstance(node, kind)), None)

    @property
    def scope(self) -> dict[str, Symbol]:
        """What is in scope there, but for what is being declared; where nothing was looked up, the file's names."""
        found = self.probe.names
        if found is None:
            top = self.model.scopes.get(self.path)
            found = top.names if top is not None else {}
        around = frozenset(self.nodes)
        return {name: one for name, one in found.items() if name != HERE and one.node not in around}

    @property
    def element(self) -> Element | None:
        """What `it` is there."""
        return next((self.probe.element[node] for node in reversed(self.nodes) if node in self.probe.element), None)

    @property
    def is_condition(self) -> bool:
        """Whether the value, by itself, decides something."""
        parent = self.parent
        if isinstance(parent, tree.Flag | tree.Gen | tree.Run):
            return parent.condition is self.node
        if isinstance(parent, tree.Unary | tree.Binary):
            return parent.op in ("not", "and", "or")
        return isinstance(parent, _DECIDE)

    @property
    def wanted(self) -> Type | None:
        """The type that the place asks for; None where any will do."""
        parent = self.parent
        found = self.probe.wanted.get(self.node) if self.node is not None else None
        if found is None and isinstance(parent, tree.Binary) and parent.op not in ("and", "or"):
            other = parent.left if parent.right is self.node else parent.right
            found = self.model.types.get(other)
        return None if found == ANY else found

    def columns(self, node: tree.Input | tree.Personas) -> Columns:
        """Those of the file that it reads, as far as the catalogue knows."""
        call = node.source
        if not isinstance(call, tree.Call) or not isinstance(call.callee, tree.Ref) or not call.args:
            return {}
        value = call.args[0].value
        given = {"path": value.value} if isinstance(value, tree.Constant) else {}
        found = self.catalog.columns(call.callee.name, given, call.span) if given else None
        return {} if found is None or isinstance(found, Diagnostic) else found


def ask(analysis: Analysis, path: str, offset: int, names: Names) -> Asked | None:
    """None where nothing could follow: in comments, numbers, and outside of what was read."""
    source, file = analysis.model.sources.get(path), analysis.model.files.get(path)
    if source is None or file is None or analysis.catalog is None:
        return None
    placeholder = placed(source, offset, file)
    if placeholder is None:
        return None
    probe = Probe(HERE)
    model = analysis.model
    if placeholder.file is not None:
        known = Parsed(placeholder.file, ())
        read = analysis.parse or parsed_once

        def parse(one: Source) -> Parsed:
            return known if one.path == path else read(one)

        model = analyse(path, analysis.catalog, parse=parse, probe=probe).model
    return Asked(path, placeholder, model, probe, _way(placeholder.file), names, analysis.catalog, source)


def _way(file: tree.File | None) -> tuple[tree.Node, ...]:
    for declaration in file.declarations if file is not None else ():
        found = _down(declaration)
        if found:
            return found
    return ()


def _down(node: tree.Node) -> tuple[tree.Node, ...]:
    if is_here(node):
        return (node,)
    for child in tree.children(node):
        found = _down(child)
        if found:
            return (node, *found)
    return ()


def is_here(node: tree.Node) -> bool:
    if isinstance(node, tree.Ref | tree.TypeName):
        return node.name == HERE
    if isinstance(node, tree.Name):
        return node.text == HERE
    if isinstance(node, tree.Entry):
        return node.key == HERE
    if isinstance(node, tree.Constant | tree.TypeLiteral):
        return node.value == HERE
    return isinstance(node, tree.Import) and node.path == HERE
