"""A declaration, statement or expression in; a digest of what it says, out: equal for equal meaning.

Left out: spans, comments, docs, formatting, the order of settings, and the names of what is looked up by content (a
prompt, a record, an input, a parameter). Kept: names that seed a draw or a call, or that stand in a table.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from hashlib import blake2b
from typing import Any

import orjson

from compiler.constant import quantity
from compiler.functions import METHODS, REGISTRY, RESULTS, find_method
from compiler.model import Kind, Model, Symbol
from compiler.types import ANY
from dsl import tree

SIZE = 16
_BY_CONTENT = (Kind.RECORD, Kind.PROMPT, Kind.CRITERIA, Kind.INPUT, Kind.PERSONAS)
_OF_ROW = (Kind.AXIS, Kind.DRAW, Kind.LET, Kind.GEN, Kind.RUN, Kind.CARRY, Kind.LOOP, Kind.ARGUMENT, Kind.ELEMENT)


def pack(*parts: str | bytes) -> bytes:
    """The digest of a sequence; no two sequences run together."""
    digest = blake2b(digest_size=SIZE)
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "little"))
        digest.update(data)
    return digest.digest()


def identity(gen: tree.Gen) -> str:
    """What seeds a gen's calls: its `salt`, else its name."""
    for setting in gen.settings:
        if setting.name.text == "salt" and isinstance(setting.value, tree.Constant):
            return str(setting.value.value)
    return gen.name.text


@dataclass
class Digester:
    """Digests of one model; each node is looked at once."""

    model: Model
    known: dict[tree.Node, bytes] = field(default_factory=dict)
    pending: set[tree.Node] = field(default_factory=set)

    def of(self, node: tree.Node) -> bytes:
        if node not in self.known:
            self.known[node] = self._node(node)
        return self.known[node]

    def _node(self, node: tree.Node) -> bytes:
        match node:
            case tree.Ref():
                return self._ref(node)
            case tree.TypeName(name=name):
                return self._symbol(self.model.symbols.get(node), name)
            case tree.Attr():
                return self._attr(node)
            case tree.Constant(value=value):
                return pack("constant", type(value).__name__, repr(value))
            case tree.Quantity():
                return pack("quantity", repr(float(quantity(node))))
            case tree.Emit(atomic=None):
                return self._fields(node, "atomic")
            case tree.Gen():
                return self._gen(node)
            case tree.Declaration():
                return self._declaration(node)
        return self._fields(node)

    def _fields(self, node: tree.Node, *but: str) -> bytes:
        """The node's kind and what it holds, without where it stands and what it tells people."""
        skipped = {"span", "doc", *but}
        parts = [type(node).__name__]
        kept = [item.name for item in fields(node) if item.name not in skipped and not item.name.endswith("_span")]
        return pack(*parts, *(part for name in kept for part in (name, self._field(node, name))))

    def _field(self, node: tree.Node, name: str) -> bytes:
        value = getattr(node, name)
        return pack("settings", *self._settings(value)) if name == "settings" else self._value(value)

    def _settings(self, settings: tuple[tree.Setting, ...]) -> list[bytes]:
        """Settings mean the same in any order."""
        return sorted(map(self.of, settings))

    def _value(self, value: Any) -> bytes:
        if isinstance(value, tree.Node):
            return self.of(value)
        if isinstance(value, tuple):
            return pack("list", *map(self._value, value))
        return pack(type(value).__name__, repr(value))

    # --- names ---

    def _ref(self, node: tree.Ref) -> bytes:
        return self._symbol(self.model.symbols.get(node), node.name)

    def _symbol(self, symbol: Symbol | None, name: str) -> bytes:
        if symbol is None:
            return pack("name", name)
        if symbol.kind in (Kind.PARAM, Kind.CONST):
            return self._known_value(symbol)
        if symbol.kind is Kind.GEN and isinstance(symbol.node, tree.Gen):
            return pack("row", "gen", identity(symbol.node))
        if symbol.kind is Kind.JUDGE and symbol.node is not None:
            return pack("judge", name, self.of(symbol.node))
        if symbol.kind is Kind.MODEL:
            return self._model(symbol)
        if symbol.kind in (Kind.DATASET, Kind.MIX):
            return pack("rows", name)  # how they were made is not what they are: a build compares the rows
        if symbol.node is not None and symbol.kind in (*_BY_CONTENT, Kind.ENUM):
            return self.of(symbol.node)
        return pack("name", symbol.kind.value, name, self._version(symbol.kind, name))

    @staticmethod
    def _version(kind: Kind, name: str) -> str:
        table = {Kind.FUNCTION: REGISTRY, Kind.MEASURE: RESULTS}.get(kind, {})
        return str(table[name].version) if name in table else ""

    def _known_value(self, symbol: Symbol) -> bytes:
        if symbol in self.model.values:
            return pack("value", canonical(self.model.values[symbol]))
        return self.of(symbol.node) if symbol.node is not None else pack("name", symbol.name)

    def _model(self, symbol: Symbol) -> bytes:
        settings = symbol.node.settings if isinstance(symbol.node, tree.Model) else ()
        return pack("model", symbol.name, *self._settings(settings))

    def _attr(self, node: tree.Attr) -> bytes:
        """A method's version counts: its result may change when it does."""
        kind = self.model.types.get(node.base, ANY)
        method = find_method(kind, node.name.text) if f".{node.name.text}" in _METHOD_NAMES else None
        version = str(method.version) if method is not None else ""
        return pack("attr", self.of(node.base), node.name.text, version)

    # --- declarations and gens ---

    def _declaration(self, node: tree.Declaration) -> bytes:
        if node in self.pending:  # a cycle, which the checker has reported
            return pack("cycle", type(node).__name__)
        self.pending.add(node)
        found = self._fields(node) if isinstance(node, tree.Dataset | tree.Mix) else self._fields(node, "name")
        self.pending.discard(node)
        if isinstance(node, tree.Judge):
            return pack("judge", found, self._role(node.role))
        return found

    def _gen(self, node: tree.Gen) -> bytes:
        settings = tuple(setting for setting in node.settings if setting.name.text != "salt")
        lifted = [self.of(condition) for condition in self.model.lifted.get(node, ())]
        rest = self._fields(node, "name", "role", "settings")
        return pack("gen", identity(node), rest, self._role(node.role), *self._settings(settings), b"lifted", *lifted)

    def _role(self, name: tree.Name) -> bytes:
        symbol = self.model.symbols.get(name)
        if symbol is None or (symbol.kind is Kind.MODEL and symbol.node is None):
            declared = self._declared_model(name)
            return self._model(declared) if declared is not None else pack("model", name.text)
        return self._symbol(symbol, name.text)

    def _declared_model(self, name: tree.Name) -> Symbol | None:
        scope = self.model.scopes.get(name.span.path)
        symbol = scope.names.get(name.text) if scope is not None else None
        return symbol if symbol is not None and symbol.kind is Kind.MODEL else None


_METHOD_NAMES = frozenset(key[key.index(".") :] for key in METHODS)


def canonical(value: object) -> bytes:
    """A plain value as canonical JSON; `1` and `1.0` stay apart."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
