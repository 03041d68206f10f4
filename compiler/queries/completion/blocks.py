"""A place between braces in; the settings, columns, keys and fields that may still be named there, out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from compiler.model import Kind
from compiler.passes.types.relations import solid
from compiler.passes.types.settings import GEN, JUDGE, RUN, SAMPLING, Allowed
from compiler.passes.types.sources import READER_SETTINGS
from compiler.prelude import EMITS, SETTINGS
from compiler.queries.completion.asked import Asked
from compiler.queries.completion.describe import type_of
from compiler.queries.completion.model import Item, Rank
from compiler.queries.words import SETTINGS as SETTING_WORDS
from compiler.types import Choice, Record
from dsl import tree

_OF_ROW = frozenset({Kind.DRAW, Kind.LET, Kind.GEN, Kind.CARRY})


def setting_items(asked: Asked) -> Iterator[Item]:
    """By what the braces belong to; those that are set already are left out."""
    owner = asked.nodes[-3] if len(asked.nodes) > 2 else None
    if isinstance(owner, tree.Emit):
        yield from _columns(asked, owner)
        return
    given = {one.name.text for one in getattr(owner, "settings", ())}
    if isinstance(owner, tree.Input | tree.Personas):
        yield _setting("key", "")
    for name, allowed in _allowed(owner).items():
        if name not in given:
            yield _setting(name, _range(allowed))
    if isinstance(owner, tree.Judge) and "gold" not in given:
        yield _setting("gold", "")


def _setting(name: str, detail: str, insert: str = "", rank: Rank = Rank.FITTING) -> Item:
    """With what hover says of it; what may stand right of the `=` follows."""
    known = SETTING_WORDS.get(name)
    shown = detail or (known.form if known is not None else "")
    insert = insert or f"{name} = "
    return Item(name, "setting", shown, known.doc if known is not None else "", insert, "$" in insert, rank)


def _allowed(owner: tree.Node | None) -> Mapping[str, Allowed]:
    if isinstance(owner, tree.Model):
        return SAMPLING
    if isinstance(owner, tree.Gen):
        return GEN
    if isinstance(owner, tree.Judge):
        return JUDGE
    if isinstance(owner, tree.Run):
        return RUN
    callee = owner.source.callee if isinstance(owner, tree.Input) and isinstance(owner.source, tree.Call) else None
    return READER_SETTINGS.get(callee.name, {}) if isinstance(callee, tree.Ref) else {}


def _range(allowed: Allowed) -> str:
    try:
        return f"{allowed.type} {allowed.range}"
    except (TypeError, ValueError):
        return str(allowed.type)


def _columns(asked: Asked, emit: tree.Emit) -> Iterator[Item]:
    """The columns that the kind needs, then one for each value of the row, under its own name."""
    given = {one.name.text for one in emit.columns if isinstance(one, tree.Setting)}
    shapes = EMITS.get(emit.kind.text, ()) if emit.kind is not None else ()
    for shape in shapes:
        for name, kind in shape:
            if name not in given:
                given.add(name)
                yield Item(name, "column", str(kind), insert=f"{name} = ", rank=Rank.FITTING)
    for symbol in asked.scope.values():
        if symbol.kind in _OF_ROW and symbol.name not in given:
            kind_of = type_of(asked.model, symbol)
            yield Item(symbol.name, "column", str(kind_of or ""), insert=f"{symbol.name} = {symbol.name}")


def statement_settings(taken: Iterable[str]) -> Iterator[Item]:
    """What a dataset sets without a keyword."""
    for name in SETTINGS:
        if name not in taken:
            yield _setting(name, "", "key = [$0]" if name == "key" else "", Rank.NEAR)


def entry_items(asked: Asked) -> Iterator[Item]:
    """The keys of `{ … }`: missing fields first, then those that may lack; a mix's datasets; a draw's words."""
    owner, node = asked.parent, asked.node
    if isinstance(owner, tree.ObjectExpr) and isinstance(asked.around(tree.Mix), tree.Mix):
        for symbol in asked.scope.values():
            if symbol.kind in (Kind.DATASET, Kind.INPUT, Kind.MIX):
                yield Item(symbol.name, "dataset", symbol.kind.value, insert=f"{symbol.name}: ", rank=Rank.FITTING)
        return
    if not isinstance(owner, tree.ObjectExpr):
        return
    kind = asked.probe.wanted.get(owner)
    target = solid(kind) if kind is not None else None
    given = {one.key for one in owner.entries if one is not node}
    if isinstance(target, Record):
        fields = [one for one in target.fields if one.name not in given]
        for item in sorted(fields, key=lambda one: one.default is not None or str(one.type).endswith("?")):
            yield Item(item.name, "field", str(item.type), item.doc or "", f"{item.name}: ", rank=Rank.FITTING)
    elif isinstance(target, Choice):
        yield from (Item(value, "member", insert=f"{value}: ") for value in target.values if value not in given)
