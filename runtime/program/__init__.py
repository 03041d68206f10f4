"""What a lowered program imports: prompts, shapes, criteria, distributions. Each is loaded when it is first named."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runtime.program import distribution
    from runtime.program.criteria import Criteria
    from runtime.program.outcome import Dropped
    from runtime.program.prompt import Prompt
    from runtime.program.shape import Shape

_HOMES = {"Criteria": "criteria", "Dropped": "outcome", "Prompt": "prompt", "Shape": "shape"}

__all__ = ["Criteria", "Dropped", "Prompt", "Shape", "distribution"]


def __getattr__(name: str) -> Any:
    """Prompts bring SGLang with them, which takes half a second; what only reads outcomes does not wait for it."""
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    if name == "distribution":
        return import_module(f"{__name__}.distribution")
    raise AttributeError(name)
