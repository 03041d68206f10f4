"""Requests in, answers out: the engine protocol and the engines that speak it. Heavy parts load when first used."""

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
