"""A mix's plan in; the text of the module that checks rows of its inputs against their records, out.

A mix asks no model and computes nothing: what there is to print are its inputs' constraints, and often nothing at all.
"""

from __future__ import annotations

from dataclasses import replace

from compiler import plan
from compiler.constant import Evaluator
from compiler.model import Model
from compiler.passes.lower.module import Module
from compiler.types import Optional


def text(mix: plan.MixPlan, model: Model, evaluator: Evaluator) -> str:
    return Module(model, mix.dataset, evaluator).checks_text()


def with_nulls(planned: plan.Plan) -> plan.Plan:
    """What a part's program can leave null can be null in the mix. Mixes are looked at after their parts."""
    known = {item.name: item for item in planned.datasets}
    mixes = {item.name: item for item in planned.mixes}
    for name in planned.order:
        if name in mixes:
            mixes[name] = replace(mixes[name], dataset=_opened(mixes[name].dataset, known))
            known[name] = mixes[name].dataset
    return replace(planned, mixes=tuple(mixes.values()))


def _opened(mix: plan.DatasetPlan, known: dict[str, plan.DatasetPlan]) -> plan.DatasetPlan:
    null = {
        column.name
        for item in mix.inputs
        for emit in (known[item.dataset].of(plan.Emit) if item.dataset in known else ())
        for column in emit.columns
        if emit.table == item.table and isinstance(column.type, Optional)
    }
    return replace(mix, steps=tuple(_with(step, null) if isinstance(step, plan.Emit) else step for step in mix.steps))


def _with(emit: plan.Emit, null: set[str]) -> plan.Emit:
    columns = (
        replace(column, type=Optional(column.type))
        if column.name in null and not isinstance(column.type, Optional)
        else column
        for column in emit.columns
    )
    return replace(emit, columns=tuple(columns))
