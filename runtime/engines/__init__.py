"""Requests in, answers out: the engine protocol and the engines that speak it. Heavy parts load when first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runtime.engines.protocol import (
        About,
        Answer,
        Capabilities,
        Completer,
        Constraint,
        Engine,
        EngineError,
        EngineRejected,
        EngineUnavailable,
        Message,
        Request,
        Sampling,
    )
    from runtime.engines.registry import KINDS, make_engine

__all__ = [
    "KINDS",
    "About",
    "Answer",
    "Capabilities",
    "Completer",
    "Constraint",
    "Engine",
    "EngineError",
    "EngineRejected",
    "EngineUnavailable",
    "Message",
    "Request",
    "Sampling",
    "make_engine",
]


def __getattr__(name: str) -> Any:
    """Each name comes with its module when it is asked for: checking a configuration makes no request."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = "registry" if name in ("KINDS", "make_engine") else "protocol"
    return getattr(import_module(f"{__name__}.{home}"), name)
