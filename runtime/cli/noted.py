"""What a command has read and been given so far in; what its messages may quote, out. It imports nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dsl.source import Source
    from runtime.cli.context import Context

LOOKED: list[Path] = []
"""The folder of the spec's project, noted before its configuration is read."""
ENTERED: list[Context] = []
"""The project of the spec that a command read last: messages quote from it."""
TYPED: dict[str, Source] = {}
"""Texts that were typed on the command line and that messages may quote, by the name messages call them."""


def quoted(source: Source) -> None:
    """Remembers a text that was typed as (part of) an option, so that a mistake in it can be underlined."""
    TYPED[source.path] = source


def forget() -> None:
    """A command begins: what the last one in this process entered and typed is nobody's any more."""
    LOOKED.clear()
    ENTERED.clear()
    TYPED.clear()
