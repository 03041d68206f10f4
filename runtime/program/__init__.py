"""What a lowered program imports: prompts, shapes, criteria, distributions, and the row it is run on."""

from __future__ import annotations

from runtime.program import distribution
from runtime.program.criteria import Criteria
from runtime.program.outcome import Dropped
from runtime.program.prompt import Prompt
from runtime.program.shape import Shape

__all__ = ["Criteria", "Dropped", "Prompt", "Shape", "distribution"]
