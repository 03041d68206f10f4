"""What a forecast says of prompts that begin alike in; the lines of `synth plan` on it, and their JSON, out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compiler.prefix.share import Level, Sharing
    from runtime.build.dry import Cell, Forecast

NAMES = 3
"""What a value varies with is named, up to so many."""


def told(found: Sharing) -> str:
    """`about 312 tokens shared by all, 180 by page, 24 a row's own: at best 87% cached`"""
    everyone, some, own = found.shared()
    parts = [f"{everyone:,.0f} tokens shared by all"] if everyone else []
    parts += [f"{level.tokens:,.0f} by {_names(level)}" for level in some]
    parts += [f"{own:,.0f} a row's own"] if own else []
    return f"about {', '.join(parts)}: at best {found.cached:.0%} cached"


def _names(level: Level) -> str:
    """`page`, `page and tone`; the last is what makes it less shared than the level before."""
    few = level.by[:NAMES]
    more = [f"{len(level.by) - NAMES} more"] if len(level.by) > NAMES else []
    return " and ".join([", ".join(few), *more]) if more or len(few) != 2 else " and ".join(few)


def of(one: Forecast, cell: Cell) -> list[Sharing]:
    """A cell's prompts, where several rows ask: one row shares with nobody. A judge's own cases are no rows."""
    return [found for found in one.sharing if found.cell == cell.name and found.calls > 1 and cell.kind != "gold"]


def lines(one: Forecast, cell: Cell) -> list[str]:
    """One for each prompt that differs from the others in what is shared."""
    return list(dict.fromkeys(told(found) for found in of(one, cell)))


def best(one: Forecast) -> float | None:
    """The best share of all its prompt tokens, over the calls that are planned."""
    from compiler.prefix.share import together

    return together([found for found in one.sharing if found.calls > 1])


def as_json(found: Sharing) -> dict[str, object]:
    everyone, some, own = found.shared()
    return {
        "prompt": found.prompt,
        "tokens": round(found.tokens),
        "shared": round(everyone),
        "by": [{"names": list(level.by), "tokens": round(level.tokens)} for level in some],
        "own": round(own),
        "cached": round(found.cached, 4),
    }
