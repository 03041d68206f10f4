"""The version before and what is planned now in; the answers of gens of which nothing that they follow changed, out.

A gen whose closure is as it was, over inputs as they were, is asked the same by each candidate: there is nothing to
work out again. Its answers are read from the table of calls, for many candidates at once, and lie in a scratch file.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from compiler import plan
from runtime.build.changes import Changes
from runtime.build.held import same_roles
from runtime.engines.protocol import Finish
from runtime.journal import Journal
from runtime.query.shards import local_shards
from runtime.tables import layout
from runtime.tables.keys import Key
from runtime.tables.manifest import Manifest

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    from runtime.scratch.arrow import MappedTable

BATCH = 512
"""Candidates whose answers are looked up together."""
PROOF = 8
"""First calls of each gen that are worked out all the same: their keys must be those that were recorded."""
READ = 8_192
"""Calls of a shard that are read at once."""
_COLUMNS = ("row", "cell", "call", "text", "finish", "logprob", "reasoning")
_PLACE = ("round", "element", "sample", "attempt")


class Said(NamedTuple):
    """An answer of the first attempt, which was of its type; `call` is the journal's key."""

    call: bytes
    text: str
    finish: Finish
    logprob: float | None
    reasoning: str | None


class Unsettled:
    """Nothing is as it was."""

    def holds(self, cells: Set[str]) -> bool:
        return False

    def of(self, keys: Sequence[Key]) -> Sequence[Mapping[str, Said]]:
        return [{}] * len(keys)

    def is_proven(self, cell: str) -> bool:
        return False

    def prove(self, cell: str, same: bool) -> None:
        return None


UNSETTLED = Unsettled()


@dataclass
class Settled(Unsettled):
    """`hashes` are of the candidates that have calls here, sorted; theirs are those of block `blocks` from `starts` to
    `ends`."""

    journal: Journal
    cells: set[str]
    mapped: MappedTable
    calls: Sequence[pa.RecordBatch]
    hashes: npt.NDArray[np.int64]
    blocks: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]
    _proved: Counter[str] = field(default_factory=Counter)

    def of(self, keys: Sequence[Key]) -> Sequence[Mapping[str, Said]]:
        """Of each candidate, by gen: what the journal holds."""
        if not self.cells:
            return super().of(keys)
        rows = _printed(keys)
        found: dict[str, dict[str, Said]] = {row: {} for row in rows}
        taken = self._taken(rows)
        held = self.journal.known([said.call for _, _, said in taken])
        for row, cell, said in taken:
            if said.call in held and row in found:
                found[row][cell] = said
        return [found[row] for row in rows]

    def holds(self, cells: Set[str]) -> bool:
        """Whether there is nothing left to look up in another way."""
        return cells <= self.cells

    def is_proven(self, cell: str) -> bool:
        return cell in self.cells and self._proved[cell] >= PROOF

    def prove(self, cell: str, same: bool) -> None:
        """A gen of which one call has another key than was recorded is settled no more."""
        self._proved[cell] += 1
        if not same:
            self.cells.discard(cell)

    def _taken(self, rows: Sequence[str]) -> list[tuple[str, str, Said]]:
        import numpy as np

        wanted = _hashes(rows)
        low, high = np.searchsorted(self.hashes, wanted), np.searchsorted(self.hashes, wanted, "right")
        places: defaultdict[int, list[range]] = defaultdict(list)
        for at in (at for first, last in zip(low, high, strict=True) for at in range(first, last)):
            places[int(self.blocks[at])].append(range(self.starts[at], self.ends[at]))
        taken = [found for block, ranges in places.items() for found in _read(self.calls[block], ranges)]
        self.mapped.read(len(taken))
        return taken


def settled(
    journal: Journal, dataset: plan.DatasetPlan, at: Changes, before: Manifest | None, now: Manifest
) -> Unsettled:
    """Empty where no gen is, or the rows' values may come of more than the closures say: of retries and rounds."""
    if at.head is None or before is None or before.calls is None:
        return UNSETTLED
    cells = _cells(dataset, before) if _alike(dataset, before, now) else set()
    roles = same_roles(before, now)
    if not cells or not roles:
        return UNSETTLED
    paths = local_shards(at.store, at.head, layout.calls_folder(before.dataset), before.calls.shards)
    from runtime.scratch.arrow import MappedTable

    mapped = MappedTable.of(_blocks(paths, cells, roles))
    if mapped is None:
        return UNSETTLED
    calls = mapped.table.to_batches()
    hashes, blocks, starts, ends = _runs(calls)
    mapped.read(mapped.table.num_rows)
    return Settled(journal, cells, mapped, calls, hashes, blocks, starts, ends)


def unchanged(dataset: plan.DatasetPlan, before: Manifest | None) -> set[str]:
    """Gens that are what they were and follow what they followed; and all judges."""
    closures = {step.id: step.closure for step in before.steps} if before is not None else {}
    gens = {step.name for step in dataset.of(plan.Gen) if closures.get(step.id) == step.closure}
    return gens | {judge.name for judge in dataset.judges}


def _alike(dataset: plan.DatasetPlan, before: Manifest, now: Manifest) -> bool:
    again = any(step.times for step in dataset.of(plan.Require)) or any(dataset.of(plan.Loop))
    inputs = [{name: found.digest for name, found in one.inputs.items()} for one in (before, now)]
    kept = [(one.seed, one.params, one.format, one.key) for one in (before, now)]
    return not again and before.has_own_calls and inputs[0] == inputs[1] and kept[0] == kept[1]


def _cells(dataset: plan.DatasetPlan, before: Manifest) -> set[str]:
    """Gens that every row asks once."""
    plain = [step for step in dataset.of(plan.Gen) if not step.fors and step.times is None and step.condition is None]
    return {step.name for step in plain} & unchanged(dataset, before)


def _blocks(paths: Sequence[Path], cells: Collection[str], roles: Collection[str]) -> Iterator[pa.Table]:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    fits = pc.field("cell").isin(sorted(cells)) & pc.field("role").isin(sorted(roles)) & pc.field("call").is_valid()
    for name in _PLACE:
        fits &= pc.field(name) == 0
    fits &= pc.field("error").is_null()
    for path in paths:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(READ, columns=[*_COLUMNS, *_PLACE, "role", "error"]):
                yield pa.Table.from_batches([batch]).filter(fits).select(_COLUMNS)


def _read(block: pa.RecordBatch, ranges: Sequence[range]) -> Iterator[tuple[str, str, Said]]:
    import numpy as np

    some = block.take(np.fromiter(chain.from_iterable(ranges), np.int32))
    row, cell, call, *said = (some.column(name).to_pylist() for name in _COLUMNS)
    return zip(row, cell, map(Said, map(bytes.fromhex, call), *said), strict=True)


def _runs(calls: Sequence[pa.RecordBatch]) -> tuple[npt.NDArray[Any], ...]:
    """A candidate's calls are neighbours: hashes, blocks, starts and ends, 20 bytes for each candidate."""
    import numpy as np
    import pyarrow.compute as pc

    hashes, blocks, starts, ends = [], [], [], []
    for number, block in enumerate(calls):
        runs = pc.run_end_encode(block.column("row"))
        last = runs.run_ends.to_numpy().astype(np.int32)
        hashes.append(_hashes(runs.values.to_pylist()))
        blocks.append(np.full(len(last), number, np.int32))
        starts.append(np.concatenate([np.zeros(1, np.int32), last[:-1]]))
        ends.append(last)
    order = np.argsort(np.concatenate(hashes), kind="stable")
    return tuple(np.concatenate(column)[order] for column in (hashes, blocks, starts, ends))


def _hashes(rows: Sequence[str]) -> npt.NDArray[np.int64]:
    import numpy as np

    return np.fromiter(map(hash, rows), np.int64, len(rows))


def _printed(keys: Sequence[Key]) -> list[str]:
    """As the table of calls names candidates."""
    from runtime.tables.key_columns import printed_parts

    parts: list[Any] = [*zip(*keys, strict=True)]
    return list(printed_parts(parts).to_pylist()) if parts else [""] * len(keys)
