"""A mix's parts in; the rows that meet every share, each taken once and with where it comes from, out.

The total is the largest of which no part's share is more than the part has. Of a part that has more, a sample is
taken: every row gets a number from (seed, mix, part, its own key), and the lowest are in. So one row that comes or goes
changes at most one other, and a share that grows keeps the rows it had.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from compiler import plan
from runtime.build.decided import Decided
from runtime.build.inputs import Inputs, rejected_rows
from runtime.build.output import Output
from runtime.build.progress import Progress
from runtime.program.outcome import Kept, Rejected
from runtime.sampling import row_bits
from runtime.sources import Source
from runtime.tables.keys import Key, as_key

Fates = Mapping[Key, Kept | Rejected]
Chosen = np.ndarray[tuple[int], np.dtype[np.bool_]]


def shared_out(available: Sequence[int], shares: Sequence[Fraction]) -> list[int]:
    """How many rows of each part: less than one row from its share of the largest total, and never more than there are.

    What whole rows leave over goes to the largest remainders, first come first served among equal ones.
    """
    bounds = [Fraction(have) / share for have, share in zip(available, shares, strict=True) if share]
    total = int(min(bounds, default=Fraction(0)))
    quotas = [total * share for share in shares]
    counts = [int(quota) for quota in quotas]
    order = sorted(range(len(quotas)), key=lambda part: counts[part] - quotas[part])
    for part in order[: total - sum(counts)]:
        counts[part] += 1
    return counts


def sample(keys: Iterator[Any], have: int, count: int, seed: int, mix: str, part: str) -> Chosen:
    """Which of `have` rows are in, by their place; eight bytes a row are held."""
    if count >= have:
        return np.ones(have, np.bool_)
    numbers = np.fromiter((row_bits(seed, mix, (part, *as_key(key))) for key in keys), np.uint64, have)
    chosen = np.zeros(have, np.bool_)
    chosen[np.argsort(numbers, kind="stable")[:count]] = True
    return chosen


def run(mix: plan.MixPlan, inputs: Inputs, output: Output, progress: Progress, told: Decided) -> None:
    """Writes the rows of all parts, and the rows that were not taken as dropped by their part's share.

    What people rejected is not there to be taken: another row of the part comes in its place.
    """
    sources = [inputs.sources[part.name] for part in mix.parts]
    fates = [_decided(mix, part, source, told) for part, source in zip(mix.parts, sources, strict=True)]
    have = [
        len(source) - sum(isinstance(one, Rejected) for one in fate.values())
        for source, fate in zip(sources, fates, strict=True)
    ]
    counts = shared_out(have, [part.share for part in mix.parts])
    progress.wanted = sum(counts)
    for part, source, count, fate in zip(mix.parts, sources, counts, fates, strict=True):
        for key, rejected in rejected_rows(part.name, "row", source):
            output.reject_input(key, rejected)
        _take(mix, part, source, count, output, progress, fate)


def _decided(mix: plan.MixPlan, part: plan.MixPart, source: Source, told: Decided) -> Fates:
    """What becomes of the rows that people decided about."""
    if not told.found:
        return {}
    keyed = (((part.name, *as_key(key)), row) for key, row in source.rows())
    return {key: told.fate(key, _kept(mix, part, row))[0] for key, row in keyed if told.concerns(key)}


def _kept(mix: plan.MixPlan, part: plan.MixPart, row: Mapping[str, Any]) -> Kept:
    names = [column.name for emit in mix.dataset.of(plan.Emit) for column in emit.columns]
    columns = {column: row.get(column) for column in names} | {"source": part.name}
    return Kept(((mix.name, (), columns),), ())


def _take(
    mix: plan.MixPlan,
    part: plan.MixPart,
    source: Source,
    count: int,
    output: Output,
    progress: Progress,
    fate: Fates,
) -> None:
    gone = {key for key, outcome in fate.items() if isinstance(outcome, Rejected)}
    left = [key for key, _ in source.rows() if (part.name, *as_key(key)) not in gone] if gone else None
    have = len(source) if left is None else len(left)
    keys = (key for key, _ in source.rows()) if left is None else iter(left)
    chosen = iter(sample(keys, have, count, mix.dataset.seed, mix.name, part.name))
    dropped = Rejected(part.step, f"the share of {part.name} takes {count:,} of its {have:,} rows", (part.name,), {})
    for key, row in source.rows():
        own = (part.name, *as_key(key))
        outcome = fate.get(own) or _kept(mix, part, row)
        if own not in gone and not next(chosen):
            outcome = dropped
        output.add(own, outcome, ())
        progress.attempted += 1
        progress.kept += isinstance(outcome, Kept)
        if isinstance(outcome, Rejected):
            progress.rejected[outcome.step] += 1
