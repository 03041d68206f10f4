"""What an engine raises in; the diagnostic that tells a user of it out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dsl.diagnostics import Diagnostic, SynthError
from runtime.engines.protocol import EngineError, EngineRejected

_WAY_OUT = "shorten the prompt or change the type that the answer is decoded under"


@contextmanager
def told() -> Iterator[None]:
    """An engine's errors leave as `SynthError`: to a user they are no traceback, wherever the engine was asked."""
    try:
        yield
    except EngineError as fault:
        raise as_told(fault) from fault


def as_told(fault: EngineError) -> SynthError:
    if isinstance(fault, EngineRejected):
        return SynthError(rejected(fault, "a request", _WAY_OUT))
    return SynthError(unavailable(fault))


def unavailable(fault: EngineError) -> Diagnostic:
    return Diagnostic(
        "E0904",
        f"engine `{fault.engine}` does not answer",
        notes=(fault.message, "every answer so far is stored; no row was dropped for this"),
        help="run the same command again when the engine is back: it goes on where it was",
    )


def rejected(fault: EngineRejected, what: str, way_out: str) -> Diagnostic:
    """`what` was asked of the engine; `way_out` is told where the engine knows no better one."""
    return Diagnostic(
        fault.code,
        f"engine `{fault.engine}` refuses {what}",
        notes=(fault.message,),
        help=fault.way_out or way_out,
    )
