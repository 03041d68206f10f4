"""Prompts as segments in; a warning for each that is written against an engine's memory of beginnings, out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from compiler.context import Context
from compiler.prefix.model import Prefix, Segment
from compiler.prefix.share import beginnings
from dsl import tree
from dsl.diagnostics import Diagnostic, Related

WORTH = 32
"""Tokens that are worth moving."""
SHARE = 0.1
"""Of all prompt tokens of a step: what moving a value must save to be told."""


def warn(prefixes: Iterable[Prefix], context: Context) -> None:
    """W0501, once for each template, from the spec alone."""
    told: set[tree.TemplatePart | None] = set()
    for prefix in prefixes:
        first = next((segment for segment in prefix.segments if segment.varies), None)
        if first is None or first.part is None or first.part in told:
            continue
        behind = [found for found in _after(prefix, first) if not found.varies and found.span is not None]
        tokens = sum(segment.tokens for segment in behind)
        if tokens >= WORTH:
            told.add(first.part)
            _shared_late(first, max(behind, key=lambda found: found.tokens), tokens, context)


def _after(prefix: Prefix, first: Segment) -> Sequence[Segment]:
    """What a person can move: not the markers of messages, nor what synth itself adds."""
    later = prefix.segments[prefix.segments.index(first) + 1 :]
    return [segment for segment in later if segment.part is not None and not segment.text.startswith("@")]


def _shared_late(first: Segment, text: Segment, tokens: int, context: Context) -> None:
    names = _names(first.varies)
    context.report(
        "W0501",
        f"what all rows share stands behind {names}",
        text.span,
        label="the same for every row",
        related=(Related(first.span, f"varies with {names}"),) if first.span else (),
        notes=(f"about {tokens:,} tokens are read anew each time that {names} changes",),
        help=f"move it above `{first.text}`: what stands first is read once",
    )


@dataclass(frozen=True, slots=True)
class Measured:
    """A prompt with the lengths of its segments, as measured on rows."""

    prefix: Prefix
    tokens: Sequence[float]


def slow_late(found: Iterable[Measured], counts: Mapping[str, float], rows: float) -> list[Diagnostic]:
    """W0502: a long value that many rows share behind a short one that changes quicker."""
    return [told for one in found if (told := _slow_late(one, counts, rows)) is not None]


def _slow_late(one: Measured, counts: Mapping[str, float], rows: float) -> Diagnostic | None:
    segments = one.prefix.segments
    every = rows * sum(one.tokens)
    best: tuple[float, Segment, Segment, float] | None = None
    for place, slow in enumerate(segments):
        if not slow.varies or slow.part is None or one.tokens[place] < WORTH:
            continue
        quick = _quicker(segments[:place], slow, counts, rows)
        now = beginnings(one.prefix.behind(place), counts, rows)
        saved = one.tokens[place] * (now - beginnings(slow.varies, counts, rows))
        if quick is not None and saved >= SHARE * every and (best is None or saved > best[0]):
            best = saved, quick, slow, one.tokens[place]
    return None if best is None else _told(*best[1:], counts, rows)


def _quicker(before: Sequence[Segment], slow: Segment, counts: Mapping[str, float], rows: float) -> Segment | None:
    """The first of those before that changes although the slow one stays."""
    own = beginnings(slow.varies, counts, rows)
    joint = (segment for segment in before if segment.part is not None and segment.varies - slow.varies)
    return next((found for found in joint if beginnings(found.varies | slow.varies, counts, rows) > own), None)


def _told(quick: Segment, slow: Segment, tokens: float, counts: Mapping[str, float], rows: float) -> Diagnostic:
    shared = rows / beginnings(slow.varies, counts, rows)
    names = _names(slow.varies)
    return Diagnostic(
        "W0502",
        f"{names} stands behind {_names(quick.varies - slow.varies)}, which changes quicker",
        slow.span,
        f"about {tokens:,.0f} tokens",
        (Related(quick.span, "changes first"),) if quick.span is not None else (),
        (f"{shared:,.0f} rows share {names}, and each reads it anew",),
        f"move `{slow.text}` above `{quick.text}`",
    )


def _names(varies: Iterable[str]) -> str:
    return " and ".join(f"`{name}`" for name in sorted(varies))
