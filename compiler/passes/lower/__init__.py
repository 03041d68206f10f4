"""A planned model in; the text of one Python module for each dataset out."""

from __future__ import annotations

from dataclasses import replace

from compiler.constant import Evaluator
from compiler.context import Context
from compiler.model import Model
from compiler.passes.lower.module import Module
from compiler.plan import Later


def run(model: Model, context: Context) -> Model:
    if model.plan is None:
        return model
    evaluator = Evaluator(model.symbols, model.values, context.catalog)
    ready = (dataset for dataset in model.plan.datasets if not dataset.of(Later))
    return replace(model, programs={dataset.name: Module(model, dataset, evaluator).text() for dataset in ready})
