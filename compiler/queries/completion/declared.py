"""A place where only a name of a certain kind can stand (a role, a type, a gen) in; those names out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from compiler.model import Kind, Symbol
from compiler.prelude import TYPES
from compiler.queries.completion.asked import Asked
from compiler.queries.completion.describe import symbol_item
from compiler.queries.completion.elsewhere import imported_items
from compiler.queries.completion.model import Item, Rank
from compiler.queries.words import EMITS
from compiler.queries.words import TYPES as TYPE_WORDS
from dsl import tree

_ROLES = frozenset({Kind.MODEL, Kind.DRAW, Kind.ELEMENT})
_GIVEN = frozenset({Kind.AXIS, Kind.DRAW, Kind.PARAM})
_MOCKED = frozenset({Kind.GEN, Kind.RUN, Kind.JUDGE})


def type_items(asked: Asked) -> Iterator[Item]:
    judge = asked.parent
    if isinstance(judge, tree.Judge) and judge.result is asked.node:
        for name in ("bool", "points", "score"):
            yield Item(name, "type", TYPE_WORDS[name].form, TYPE_WORDS[name].doc, rank=Rank.FITTING)
        return
    for name in TYPES:
        yield Item(name, "type", TYPE_WORDS[name].form, TYPE_WORDS[name].doc, rank=Rank.BUILT_IN)
    for symbol in _top(asked):
        if symbol.kind in (Kind.RECORD, Kind.ENUM):
            yield symbol_item(asked.model, symbol, asked.path)
    yield from imported_items(asked, {Kind.RECORD, Kind.ENUM})


def role_items(asked: Asked) -> Iterator[Item]:
    """Declared models, draws of roles, what other statements ask, and what the profile binds."""
    known: set[str] = set()
    for symbol in asked.scope.values():
        if symbol.kind in _ROLES and (symbol.kind is Kind.MODEL or _is_role(asked, symbol)):
            known.add(symbol.name)
            yield replace(symbol_item(asked.model, symbol, asked.path), rank=Rank.FITTING)
    for name, bound in asked.names.roles().items():
        if name not in known:
            known.add(name)
            yield Item(name, "model", bound, rank=Rank.FILE)
    for name in _asked_elsewhere(asked):
        if name not in known:
            known.add(name)
            yield Item(name, "model", "a role", rank=Rank.FILE)


def _is_role(asked: Asked, symbol: Symbol) -> bool:
    kind = asked.model.types.get(symbol.node) if symbol.node is not None else None
    return str(kind) == "model role" or symbol.kind is Kind.ELEMENT


def _asked_elsewhere(asked: Asked) -> Iterator[str]:
    """Roles need not be declared: those that the file's other statements name."""
    file = asked.model.files[asked.path]
    for node in (one for declaration in file.declarations for one in tree.walk(declaration)):
        if isinstance(node, tree.Gen | tree.Judge) and node.role is not asked.node and node.role.text.isidentifier():
            symbol = asked.model.symbols.get(node.role)
            if node.role.text != "_" and (symbol is None or symbol.kind is Kind.MODEL):
                yield node.role.text


def name_items(asked: Asked) -> Iterator[Item]:
    """Names that are neither declared here nor used as values."""
    parent = asked.parent
    if isinstance(parent, tree.Gen | tree.Judge) and parent.role is asked.node:
        yield from role_items(asked)
    elif isinstance(parent, tree.Test) and parent.dataset is asked.node:
        yield from _of(asked, frozenset({Kind.DATASET}))
    elif isinstance(parent, tree.Given):
        yield from _of(asked, _GIVEN)
    elif isinstance(parent, tree.Mock):
        yield from _of(asked, _MOCKED)
    elif isinstance(parent, tree.Retry):
        yield from _of(asked, frozenset({Kind.GEN}))
    elif isinstance(parent, tree.Next):
        yield from _of(asked, frozenset({Kind.CARRY}))
    elif isinstance(parent, tree.Emit) and parent.kind is asked.node:
        for name, word in EMITS.items():
            yield Item(name, "type", word.form, word.doc, rank=Rank.FITTING)


def _of(asked: Asked, kinds: frozenset[Kind]) -> Iterator[Item]:
    for symbol in asked.scope.values():
        if symbol.kind in kinds:
            item = symbol_item(asked.model, symbol, asked.path, Rank.FITTING)
            yield replace(item, insert="", snippet=False)


def _top(asked: Asked) -> Iterator[Symbol]:
    scope = asked.model.scopes.get(asked.path)
    yield from (one for one in scope.names.values() if one.node not in asked.nodes) if scope is not None else ()
