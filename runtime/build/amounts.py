"""`tokens=2M,minutes=30` in; a budget over the profile's own out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from dsl.diagnostics import Diagnostic, SynthError, did_you_mean
from runtime.config.load import read_amount
from runtime.config.model import Budget

NAMES = ("tokens", "calls", "minutes")


def read_budget(text: str, base: Budget) -> Budget:
    """`tokens=2M,minutes=30` over the profile's own budget; E0908 for anything else."""
    return replace(base, **dict(_parts(text)))


def _parts(text: str) -> Iterator[tuple[str, Any]]:
    for part in text.split(","):
        name, _, value = (piece.strip() for piece in part.partition("="))
        number = _minutes(value) if name == "minutes" else read_amount(value)
        if name not in NAMES or number is None:
            raise SynthError(_unreadable(part.strip(), name))
        yield name, number


def _minutes(text: str) -> float | None:
    try:
        return float(text) if float(text) > 0 else None
    except ValueError:
        return None


def _unreadable(part: str, name: str) -> Diagnostic:
    return Diagnostic(
        "E0908",
        f"`{part}` is no part of a budget",
        label=did_you_mean(name, NAMES),
        help="write it as in `--budget tokens=2M,calls=10k,minutes=30`",
    )
