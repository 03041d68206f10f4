"""A place between braces in; the settings, columns, keys and fields that may still be named there, out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from compiler.model import Kind
from compiler.passes.types.relations import solid
from compiler.passes.types.settings import GEN, JUDGE, RUN, SAMPLING, Allowed
from compiler.passes.types.sources import READER_SETTINGS
from compiler.prelude import EMITS, SETTINGS
from compiler.queries.completion.asked import Asked
from compiler.queries.completion.model import Item, Rank
from compiler.types import Choice, Record
from dsl import tree


def setting_items(asked: Asked) -> Iterator[Item]:
    """By what the braces belong to; those that are set already are left out."""
    owner = asked.nodes[-3] if len(asked.nodes) > 2 else None
    if isinstance(owner, tree.Emit):
        yield from _columns(owner)
        return
    given = {one.name.text for one in getattr(owner, "settings", ())}
    if isinstance(owner, tree.Input | tree.Personas):
        yield Item("key", "setting", "the column that names a row", insert="key = ", rank=Rank.FITTING)
    for name, allowed in _allowed(owner).items():
        if name not in given:
            yield Item(name, "setting", _range(allowed), insert=f"{name} = ", rank=Rank.FITTING)
    if isinstance(owner, tree.Judge) and "gold" not in given:
        yield Item("gold", "setting", "cases that it must answer", insert="gold = ", rank=Rank.FITTING)


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


def _columns(emit: tree.Emit) -> Iterator[Item]:
    """The columns that the kind needs, of the shape that what stands there already fits."""
    given = {one.name.text for one in emit.columns if isinstance(one, tree.Setting)}
    shapes = EMITS.get(emit.kind.text, ()) if emit.kind is not None else ()
    for shape in shapes:
        for name, kind in shape:
            if name not in given:
                given.add(name)
                yield Item(name, "column", str(kind), insert=f"{name} = ", rank=Rank.FITTING)


def statement_settings(taken: Iterable[str]) -> Iterator[Item]:
    """What a dataset sets without a keyword."""
    for name in SETTINGS:
        if name not in taken:
            insert = "key = [$0]" if name == "key" else f"{name} = "
            yield Item(name, "setting", "", insert=insert, snippet="$" in insert, rank=Rank.NEAR)


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
