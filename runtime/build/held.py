"""The version before, its calls and its program in; the answers of calls that are asked again as they were, out.

A call that has the same place, role and arguments as one of the version before, and whose prompt, shape, settings and
model did not change, is the same call. It is found by these few, without being rendered or hashed as a request. A gen's
is read again from its row in the version before, and the row is copied; a judge's answer is what the journal holds
under the key that was recorded for it.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runtime.build.changes import Changes
from runtime.build.program import Loaded
from runtime.build.progress import Progress
from runtime.build.recorded import RecordedGens, Wanted
from runtime.build.stamps import stamps
from runtime.engines.protocol import Answer
from runtime.journal import Journal
from runtime.program.stage import CallPlace, HeldCall, RecordedGen
from runtime.program.trace import Event
from runtime.query.shards import local_shard, local_shards
from runtime.tables import layout
from runtime.tables.keys import Key
from runtime.tables.manifest import Manifest

if TYPE_CHECKING:
    import numpy.typing as npt
    import pyarrow as pa

MOST = 4_000_000
"""Calls that are remembered, 36 bytes each; those beyond go the usual way."""
CHECKED = 8
"""First calls of each cell that are made the usual way: their keys must be those that were recorded."""
BLOCK = 512
"""Neighbours in the calls table whose answers are read together: candidates mostly come in its order."""
SIZE = 16
_COLUMNS = ("cell", "role", "seed", "arguments", "call")
_NAMED_TEXT = '"$text"'
_MASK = (1 << 64) - 1


@dataclass
class Held:
    """Asked from a candidate's greenlet, once for each call. A cell of which one key is another one is left alone."""

    journal: Journal
    progress: Progress
    cells: set[str]
    index: Index
    told: Callable[[Any], bytes]
    """Arguments as the calls table has them."""
    recorded: RecordedGens | None = None
    proven: set[str] = field(default_factory=set)
    _proved: dict[str, int] = field(default_factory=dict)
    _read: set[int] = field(default_factory=set)

    def gens(self, key: Key) -> Mapping[CallPlace, RecordedGen]:
        return {} if self.recorded is None else self.recorded.of(key)

    def same(self, recorded: RecordedGen, cell: str, role: str, arguments: Mapping[str, object]) -> bool:
        same = cell in self.cells and recorded.role == role and self.told(arguments) == recorded.arguments
        if same and cell in self.proven:
            self.progress.reused += 1
        return same

    def prove(self, key: Key, recorded: RecordedGen, event: Event) -> None:
        """The whole row must come out as it was: its key, its seed, its value and all else."""
        from runtime.build.rows import digest_of

        cell = event.cell
        if cell in self.proven or self.recorded is None:  # asked before it was, and answered since
            self._count(cell, event.call == recorded.call)
            return
        self._count(cell, digest_of(key, event) == self.recorded.digest(recorded.at))
        if cell in self.cells and self._proved[cell] >= CHECKED:
            self.proven.add(cell)

    def find(self, cell: str, role: str, seed: int, arguments: Mapping[str, object]) -> HeldCall | None:
        if cell not in self.cells:
            return None
        place = self.index.find(*short(cell, role, seed, self.told(arguments)))
        if place is None:
            return None
        key = self.index.key(place)
        if self._proved.get(cell, 0) < CHECKED:
            return HeldCall(key.hex(), None)
        value = self._value(place, key)
        if value is None:
            return None
        self.progress.reused += 1
        return HeldCall(key.hex(), Answer.from_json(value))

    def check(self, cell: str, recorded: str, key: str) -> None:
        """What went the usual way has a key: where it is not the recorded one, the program asks otherwise now."""
        self._count(cell, recorded == key)

    def _count(self, cell: str, same: bool) -> None:
        self._proved[cell] = self._proved.get(cell, 0) + 1
        if not same:
            self.cells.discard(cell)
            self.proven.discard(cell)

    def _value(self, place: int, key: bytes) -> bytes | None:
        """Each block is read ahead once: where candidates come in another order, the rest is read one by one."""
        block = place // BLOCK
        if block not in self._read:
            self._read.add(block)
            self.journal.prefetch(self.index.keys(block * BLOCK, BLOCK))
        return self.journal.get(key)


Short = tuple[int, int]
"""Twice 64 bits that tell a call apart, in this process alone."""


def short(cell: str, role: str, seed: int, arguments: bytes) -> Short:
    """From what a program has at hand. A seed is a hash of its call's place already; a judge has none, and the second

    is made of the hash of its arguments: the first must be another one of them.
    """
    return seed or hash(arguments + b"\n") & _MASK, hash((cell, role, arguments)) & _MASK


class Index:
    """What tells calls apart, and the keys under which the journal has their answers; looked up in O(log n).

    `keys` have SIZE bytes for each call, in the order of the calls table, as `calls` are. It takes 36 bytes a call.
    """

    def __init__(self, calls: Sequence[Short], keys: Sequence[bytes]) -> None:
        import numpy as np

        pairs = np.array(calls, dtype=np.uint64).reshape(-1, 2)
        order = np.lexsort((pairs[:, 1], pairs[:, 0]))
        self._first, self._second = _words("Q", pairs[order, 0]), _words("Q", pairs[order, 1])
        self._places = _words("I", order.astype(np.uint32))
        self._keys = b"".join(keys)

    def __len__(self) -> int:
        return len(self._first)

    def find(self, first: int, second: int) -> int | None:
        """The call's place in the table, among those that are here."""
        at, firsts = bisect_left(self._first, first), self._first
        while at < len(firsts) and firsts[at] == first:
            if self._second[at] == second:
                return self._places[at]
            at += 1
        return None

    def key(self, place: int) -> bytes:
        return self._keys[place * SIZE : place * SIZE + SIZE]

    def keys(self, first: int, count: int) -> list[bytes]:
        return [self.key(place) for place in range(first, min(first + count, len(self)))]


def _words(code: str, values: npt.NDArray[Any]) -> array[int]:
    found: array[int] = array(code)
    found.frombytes(values.tobytes())
    return found


def held_calls(
    journal: Journal, loaded: Loaded, changes: Changes, previous: Manifest | None, now: Manifest, progress: Progress
) -> Held | None:
    """None where the version before has nothing to tell: there is none, or all that it asked is asked otherwise now, or
    two versions were merged in it."""
    from runtime.tables.values import json_text

    if changes.head is None or previous is None or previous.calls is None or previous.format != now.format:
        return None
    if not previous.has_own_calls:
        return None
    cells, roles = _unchanged(loaded, changes, previous, now), same_roles(previous, now)
    if not cells or not roles:
        return None
    judges = cells & {judge.name for judge in loaded.plan.judges}
    gens = None
    if previous.seed == now.seed and cells - judges:
        gens = _gens(changes, previous, Wanted(cells - judges, roles, previous.texts is not None))
    calls, keys = _recorded(_files(changes, previous), judges, roles) if judges else ([], [])
    if gens is None and not keys:
        return None
    return Held(journal, progress, cells, Index(calls, keys), json_text, gens)


def _gens(changes: Changes, previous: Manifest, wanted: Wanted) -> RecordedGens:
    """Nothing of them is read yet; what is far away is fetched together."""
    assert previous.calls is not None and changes.head is not None
    store, head, shards = changes.store, changes.head, previous.calls.shards
    folder = layout.calls_folder(previous.dataset)
    store.prefetch(head, [layout.shard_path(folder, shard.sha256) for shard in shards])
    return RecordedGens(shards, lambda shard: local_shard(store, head, folder, shard), wanted)


def _files(changes: Changes, previous: Manifest) -> list[Path]:
    assert previous.calls is not None and changes.head is not None
    return local_shards(changes.store, changes.head, layout.calls_folder(previous.dataset), previous.calls.shards)


def _unchanged(loaded: Loaded, changes: Changes, previous: Manifest, now: Manifest) -> set[str]:
    """Cells whose calls are made of the same: the programs say it, and of functions' versions the plan."""
    name = layout.spec_folder(previous.dataset, previous.fingerprints.description) + "/program.py"
    assert changes.head is not None
    if not loaded.text or not any(entry.path == name for entry in changes.store.entries(changes.head, name)):
        return set()
    before, after = stamps(changes.store.read(changes.head, name).decode()), stamps(loaded.text)
    told, tells = _said(previous), _said(now)
    return {cell for cell, stamp in after.items() if before.get(cell) == stamp and told.get(cell) == tells.get(cell)}


def same_roles(previous: Manifest, now: Manifest) -> set[str]:
    """Roles of the same weights and the same sampling."""
    same = {role for role, model in previous.models.items() if now.models.get(role) == model}
    return {role for role in same if previous.sampling.get(role) == now.sampling.get(role)}


def _said(manifest: Manifest) -> Mapping[str, str]:
    """The plan's own digest of each gen and each judge, by cell."""
    gens = {step.id.removeprefix("gen "): step.digest for step in manifest.steps if step.id.startswith("gen ")}
    return {**manifest.prompts, **gens}


def _recorded(paths: Iterable[Path], cells: Collection[str], roles: Collection[str]) -> tuple[list[Short], list[bytes]]:
    calls: list[Short] = []
    keys: list[bytes] = []
    for shard in _shards(paths, cells, roles):
        for cell, role, seed, arguments, call in zip(*(column.to_pylist() for column in shard.columns), strict=True):
            if _NAMED_TEXT not in arguments:
                calls.append(short(cell, role, int(seed or 0), arguments.encode()))
                keys.append(bytes.fromhex(call))
        if len(keys) >= MOST:
            break
    return calls, keys


def _shards(paths: Iterable[Path], cells: Collection[str], roles: Collection[str]) -> Iterator[pa.Table]:
    """Judges' calls of the cells by the roles, a shard at a time."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    fits = pc.field("cell").isin(sorted(cells)) & pc.field("role").isin(sorted(roles)) & pc.field("call").is_valid()
    fits &= pc.field("kind") == "judge"
    for path in paths:
        yield pq.read_table(path, columns=list(_COLUMNS), filters=fits)
