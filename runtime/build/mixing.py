"""A mix's parts in; the rows that meet every share, each taken once and with where it comes from, out.

The total is the largest of which no part's share is more than the part has. Of a part that has more, a sample is
taken: every row gets a number from (seed, mix, part, its own key), and the lowest are in. So one row that comes or goes
changes at most one other, and a share that grows keeps the rows it had.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from compiler import plan
from runtime.build.inputs import Inputs, rejected_rows
from runtime.build.output import Output
from runtime.build.progress import Progress
from runtime.program.outcome import Kept, Rejected
from runtime.sampling import row_bits
from runtime.sources import Source
from runtime.tables.keys import as_key

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


def run(mix: plan.MixPlan, inputs: Inputs, output: Output, progress: Progress) -> None:
    """Writes the rows of all parts, and the rows that were not taken as dropped by their part's share."""
    sources = [inputs.sources[part.name] for part in mix.parts]
    counts = shared_out([len(source) for source in sources], [part.share for part in mix.parts])
    progress.wanted = sum(counts)
    for part, source, count in zip(mix.parts, sources, counts, strict=True):
        for key, rejected in rejected_rows(part.name, "row", source):
            output.reject_input(key, rejected)
        _take(mix, part, source, count, output, progress)


def _take(
    mix: plan.MixPlan, part: plan.MixPart, source: Source, count: int, output: Output, progress: Progress
) -> None:
    name, seed, have = mix.name, mix.dataset.seed, len(source)
    chosen = sample((key for key, _ in source.rows()), have, count, seed, name, part.name)
    names = [column.name for emit in mix.dataset.of(plan.Emit) for column in emit.columns]
    dropped = Rejected(part.step, f"the share of {part.name} takes {count:,} of its {have:,} rows", (part.name,), {})
    for taken, (key, row) in zip(chosen, source.rows(), strict=True):
        columns = {column: row.get(column) for column in names} | {"source": part.name}
        outcome = Kept(((name, (), columns),), ()) if taken else dropped
        output.add((part.name, *as_key(key)), outcome, ())
        progress.attempted += 1
        progress.kept += bool(taken)
        if not taken:
            progress.rejected[part.step] += 1
