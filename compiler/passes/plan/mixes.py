"""A `mix` in; its parts with exact shares, and the dataset that its rows make, as the plan holds them, out."""

from __future__ import annotations

from fractions import Fraction

from compiler import plan
from compiler.constant import Evaluator
from compiler.context import Context
from compiler.digest import pack
from compiler.model import Model, Symbol
from compiler.passes.plan.order import sources_of
from compiler.passes.plan.parts import Parts
from compiler.types import Record, SourceOf
from dsl import tree


def mix_plan(node: tree.Mix, model: Model, context: Context, evaluator: Evaluator) -> plan.MixPlan:
    sources = Parts(model, evaluator)
    planned = ((entry, sources.source(symbol)) for entry, symbol in _entries(node, model))
    read = [(entry, source) for entry, source in planned if source is not None]
    weights = [_exact(evaluator.evaluate(entry.value)) for entry, _ in read]
    whole = sum(weights) or Fraction(1)
    parts = tuple(
        plan.MixPart(name=entry.key, step=f"part {entry.key}", share=weight / whole)
        for (entry, _), weight in zip(read, weights, strict=True)
    )
    inputs = tuple(source for _, source in read)
    return plan.MixPlan(dataset=_dataset(node, model, context, inputs), parts=parts)


def _entries(node: tree.Mix, model: Model) -> list[tuple[tree.Entry, Symbol]]:
    return list(zip(node.shares.entries, sources_of(node, model), strict=True))


def _dataset(node: tree.Mix, model: Model, context: Context, inputs: tuple[plan.InputPlan, ...]) -> plan.DatasetPlan:
    prints = model.fingerprints[node]
    emit = _emit(node, model, inputs)
    told = [f"{column.name}: {column.type}" for column in emit.columns]
    return plan.DatasetPlan(
        name=node.name.text,
        file=node.span.path,
        target=None,
        seed=context.seed or 0,
        key=None,
        steps=(*(_part(entry, model) for entry in node.shares.entries), emit),
        inputs=inputs,
        prompts=(),
        judges=(),
        models=(),
        tests=(),
        data=pack(prints.data, *(item.digest for item in inputs), *told).hex(),
        description=prints.description,
    )


def _part(entry: tree.Entry, model: Model) -> plan.Step:
    """`tickets: 50%`, which is also why a row of that part is not there."""
    title = " ".join(model.sources[entry.span.path].slice(entry.span).split())
    digest = pack("part", title).hex()
    return plan.Step(id=f"part {entry.key}", title=title, span=entry.span, reads=(), digest=digest, closure=digest)


def _emit(node: tree.Mix, model: Model, inputs: tuple[plan.InputPlan, ...]) -> plan.Emit:
    kind = model.types.get(node)
    row = kind.row if isinstance(kind, SourceOf) else None
    fields = row.fields if isinstance(row, Record) else ()
    names = tuple(item.name for item in inputs)
    title = f"rows of {', '.join(names)}"
    digest = pack("mix", *(f"{item.name}: {item.type}" for item in fields)).hex()
    return plan.Emit(
        id=f"emit {node.name.text}",
        title=title,
        span=node.span,
        reads=(),
        digest=digest,
        closure=digest,
        table=node.name.text,
        tables=(node.name.text,),
        kind=None,
        columns=tuple(plan.Column(name=item.name, type=item.type, value=None) for item in fields),
        split=None,
        fors=(),
    )


def _exact(value: object) -> Fraction:
    """What was written, not the binary number nearest to it: 0.1 is a tenth."""
    return Fraction(repr(value)) if isinstance(value, int | float) else Fraction(0)
