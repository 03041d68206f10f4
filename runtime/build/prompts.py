"""A forecast and what was measured of its rows in; what it says of prompts that begin alike, out. Asks no model."""

from __future__ import annotations

import asyncio

from compiler import plan
from compiler.analysis import Analysis
from compiler.prefix.order import shows
from dsl.diagnostics import SynthError
from runtime.bridge import run_in_greenlet
from runtime.build.candidates import count
from runtime.build.dry import LOOK, Forecast
from runtime.build.inputs import Inputs
from runtime.build.lengths import ROWS, Lengths
from runtime.build.program import Loaded
from runtime.build.session import Session
from runtime.engines.protocol import EngineRejected, EngineUnavailable
from runtime.engines.weights import find_weights

PATIENCE = 1.0
"""Seconds that a tokenizer may take; without one, tokens are estimated."""


def lengths(analysis: Analysis, loaded: Loaded, inputs: Inputs, limit: int | None) -> Lengths:
    """Ready to see the rows that a plan looks at."""
    axes = [] if loaded.mix is not None else inputs.axes(loaded)
    every = count(axes) or LOOK
    rows = every if limit is None else min(every, limit)
    counts = {axis.name: float(count([axis]) or rows) for axis in axes}
    return Lengths(analysis.model, loaded.plan, inputs, counts, rows, max(1, min(rows, LOOK) // ROWS))


async def tell(made: Forecast, measured: Lengths, loaded: Loaded, session: Session) -> None:
    cells = [cell.name for cell in made.cells.values() if cell.high]
    if not cells or not loaded.plan.prefixes:
        return
    tokens = await _counted(measured, loaded, session)
    measured.learn(tokens)
    made.tokenizer = session.engine_of(loaded.plan.models[0].role).name if tokens else None
    made.sharing = measured.shared(cells)
    made.warnings = measured.warnings(cells)
    made.order = order(loaded.plan, made)


def order(dataset: plan.DatasetPlan, made: Forecast) -> tuple[str, ...]:
    """Empty where rows are run in the spec's own order."""
    own = tuple(step.name for step in dataset.of(plan.Axis))
    limited = made.now is not None and made.now.limit is not None
    same = dataset.order == own or limited or shows(dataset) or made.candidates is None
    return () if same else dataset.order


async def _counted(measured: Lengths, loaded: Loaded, session: Session) -> int:
    """Tokens of a sample, as the first role's model has them; 0 where its tokenizer is not at hand."""
    roles = [item.role for item in loaded.plan.models]
    if not roles or not measured.sample:
        return 0
    engine = session.engine_of(roles[0])
    try:
        about = await asyncio.wait_for(engine.about(), PATIENCE)
        if about.kind == "llamacpp" and about.model != find_weights().stem:
            return 0  # a tokenizer comes with its weights, and these may take their time
        return await asyncio.wait_for(run_in_greenlet(engine.count_tokens, measured.sample), PATIENCE)
    except (EngineUnavailable, EngineRejected, SynthError, TimeoutError):
        return 0
