"""A planned model in; the text of one Python module for each dataset out, and for mixes what checks their inputs.

The plan's columns learn which of them the printed program can leave null.
"""

from __future__ import annotations

from dataclasses import replace

from compiler.constant import Evaluator
from compiler.context import Context
from compiler.model import Model
from compiler.passes.lower import mixes
from compiler.passes.lower.module import Module
from compiler.plan import DatasetPlan, Emit


def run(model: Model, context: Context) -> Model:
    if model.plan is None:
        return model
    evaluator = Evaluator(model.symbols, model.values, context.catalog)
    modules = {dataset.name: Module(model, dataset, evaluator) for dataset in model.plan.datasets}
    programs = {name: module.text() for name, module in modules.items()}
    datasets = tuple(_with_nulls(dataset, modules[dataset.name]) for dataset in model.plan.datasets)
    plan = mixes.with_nulls(replace(model.plan, datasets=datasets))
    programs |= {mix.name: text for mix in plan.mixes if (text := mixes.text(mix, model, evaluator))}
    return replace(model, plan=plan, programs=programs)


def _with_nulls(dataset: DatasetPlan, module: Module) -> DatasetPlan:
    steps = (_stored(step, module) if isinstance(step, Emit) else step for step in dataset.steps)
    return replace(dataset, steps=tuple(steps))


def _stored(step: Emit, module: Module) -> Emit:
    columns = (replace(column, type=module.columns[step.table, column.name]) for column in step.columns)
    return replace(step, columns=tuple(columns))
