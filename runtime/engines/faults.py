"""What an engine raised in; the diagnostic that tells a person, and what to do about it, out."""

from __future__ import annotations

from dsl.diagnostics import Diagnostic
from runtime.engines.protocol import EngineError, EngineUnavailable


def diagnostic_of(error: EngineError) -> Diagnostic:
    """E0806 for an engine that does not answer, E0807 for a call that it refuses."""
    if isinstance(error, EngineUnavailable):
        return Diagnostic(
            code="E0806",
            message=f"engine `{error.engine}` does not answer",
            notes=(error.message,),
            help="nothing is lost: when it answers again, the same build goes on where it stopped",
        )
    return Diagnostic(
        code="E0807",
        message=f"engine `{error.engine}` refuses a call",
        notes=(error.message,),
        help="asking again would not help: change the step, or the engine's settings in synth.toml",
    )
