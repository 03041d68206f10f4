"""An analysis in; the parts of its spec that rules ask for, out: datasets, gens, templates and what names stand for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from compiler.analysis import Analysis
from compiler.model import Kind, Model, Symbol
from compiler.passes.plan.prompts import declared_prompt
from compiler.walk import refs, statements
from dsl import tree
from dsl.source import Source, Span

SPENDS = (tree.Gen, tree.Run)


@dataclass(frozen=True)
class Spec:
    """The root file of an analysis. `model` may be half of one, where the file has mistakes."""

    analysis: Analysis

    @property
    def model(self) -> Model:
        return self.analysis.model

    @cached_property
    def file(self) -> tree.File:
        return self.model.files[self.model.root]

    @cached_property
    def source(self) -> Source:
        return self.model.sources[self.model.root]

    @cached_property
    def datasets(self) -> tuple[tree.Dataset, ...]:
        return tuple(one for one in self.file.declarations if isinstance(one, tree.Dataset))

    @cached_property
    def nodes(self) -> tuple[tree.Node, ...]:
        """Every node of the file, parents first."""
        return tuple(tree.walk(self.file))

    def symbol(self, node: tree.Node) -> Symbol | None:
        return self.model.symbols.get(node)

    def template(self, gen: tree.Gen) -> tree.Template | None:
        """What the gen asks with, wherever it is declared; None where that is not known."""
        declared = None if gen.template is not None else declared_prompt(gen, self.model)
        return gen.template if gen.template is not None else declared.template if declared is not None else None

    def text(self, span: Span) -> str:
        """What stands at a place of any file that was read."""
        source = self.model.sources.get(span.path)
        return source.slice(span) if source is not None else ""

    def judges(self, *nodes: tree.Node | None) -> Iterator[tuple[tree.Call, tree.Judge]]:
        """The calls of judges in `nodes`."""
        for root in nodes:
            for node in tree.walk(root) if root is not None else ():
                symbol = self.symbol(node.callee) if isinstance(node, tree.Call) else None
                if isinstance(node, tree.Call) and symbol is not None and isinstance(symbol.node, tree.Judge):
                    yield node, symbol.node

    def used(self, *nodes: tree.Node | None) -> set[tree.Node]:
        """The nodes that declare what `nodes` refer to: axes, draws, gens …"""
        found = (self.symbol(ref) for ref in refs(*nodes))
        return {symbol.node for symbol in found if symbol is not None and symbol.node is not None}

    def behind(self, *nodes: tree.Node | None) -> set[tree.Node]:
        """As `used`, through the lets that stand between."""
        found = self.used(*nodes)
        waiting = list(found)
        while waiting:
            node = waiting.pop()
            fresh = self.used(node.value) - found if isinstance(node, tree.Let) else set()
            found |= fresh
            waiting += fresh
        return found

    def known(self, node: tree.Expr | None) -> object:
        """The value of a literal, or of a name that is known before any row; None where it is not known."""
        if isinstance(node, tree.Constant):
            return node.value
        symbol = self.symbol(node) if isinstance(node, tree.Ref) else None
        return self.model.values.get(symbol) if symbol is not None else None

    def setting(self, gen: tree.Gen, name: str) -> object:
        """A sampling setting of a gen: its own, or its role's; None where neither says it."""
        role = self.symbol(gen.role)
        declared = role.node.settings if role is not None and isinstance(role.node, tree.Model) else ()
        for settings in (gen.settings, declared):
            for setting in settings:
                if setting.name.text == name:
                    return self.known(setting.value)
        return None


def gens(spec: Spec) -> Iterator[tree.Gen]:
    for dataset in spec.datasets:
        yield from (one for one in statements(dataset.body) if isinstance(one, tree.Gen))


@dataclass(frozen=True, slots=True)
class Demand:
    """What one answer has to be: one of `words`, an object with `fields` (name → must be there), or `what` else."""

    what: str
    words: tuple[str, ...] = ()
    fields: tuple[tuple[str, bool], ...] = ()
    record: str = ""


def demand(spec: Spec, written: tree.TypeExpr) -> Demand | None:
    """What a type as it is written asks of an answer; None for free text and for what says no more than its name."""
    if isinstance(written, tree.TypeOptional):
        return demand(spec, written.base)
    members = written.members if isinstance(written, tree.TypeUnion) else (written,)
    if all(isinstance(member, tree.TypeLiteral) for member in members):
        return Demand("choice", tuple(member.value for member in members if isinstance(member, tree.TypeLiteral)))
    if not isinstance(written, tree.TypeName):
        return None
    symbol = spec.symbol(written)
    node = symbol.node if symbol is not None else None
    if isinstance(node, tree.Enum):
        return Demand("choice", tuple(member.text for member in node.members))
    if isinstance(node, tree.Record):
        return Demand("record", fields=tuple((one.name.text, _needed(one)) for one in node.fields), record=written.name)
    if written.name == "bool":
        return Demand("bool", ("true", "false"))
    return Demand("int") if written.name == "int" else None


def _needed(field: tree.Field) -> bool:
    return field.default is None and not isinstance(field.type, tree.TypeOptional)


def turns(template: tree.Template) -> Iterator[tuple[str, tuple[tree.TemplatePart, ...]]]:
    """The messages at the template's top: the role each was opened with, and its parts."""
    role, parts = "user", list[tree.TemplatePart]()
    for part in template.parts:
        if isinstance(part, tree.TemplateMarker):
            yield role, tuple(parts)
            role, parts = (part.kind if part.role is None else f"open {part.role}"), []
        else:
            parts.append(part)
    yield role, tuple(parts)


def literal(parts: tuple[tree.TemplatePart, ...]) -> str | None:
    """The text of parts that are nothing but text."""
    if not parts or not all(isinstance(part, tree.TemplateText) for part in parts):
        return None
    return "".join(part.text for part in parts if isinstance(part, tree.TemplateText)).strip()


ROWS_OWN = frozenset({Kind.AXIS, Kind.DRAW, Kind.LET, Kind.GEN, Kind.RUN, Kind.CARRY, Kind.ARGUMENT})
