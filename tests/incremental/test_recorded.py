"""A candidate's gens of the version before: found in whatever order it is asked for, wherever shards were cut."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from runtime.build.recorded import RecordedGens, Wanted
from runtime.build.rows import CallRows
from runtime.build.schemas import CALLS
from runtime.build.texts import TEXTS, Texts
from runtime.program.trace import Event
from runtime.store.port import ObjectId
from runtime.tables.keys import Key
from runtime.tables.manifest import Shard, TableManifest
from runtime.tables.writer import TableWriter

CELLS = ("ask", "mend", "reply")
WANTED = Wanted({"ask", "reply"}, {"writer"})
KEYS = st.lists(st.tuples(st.integers(-3, 300) | st.text("ab/1", max_size=3)), unique=True, min_size=1, max_size=40)


def event(cell: str, key: Key, element: int = 0) -> Event:
    asked = {"number": f"{key}{element}"}
    words = {"prompt": cell, "role": "writer", "model": "m", "text": f"{cell} of {key}", "finish": "stop", "seed": 7}
    return Event(cell=cell, kind="gen", element=element, value="v", arguments=asked, call="00" * 16, **words)  # type: ignore[arg-type]


class Before:
    """A table of calls whose shards have three or four rows each."""

    def __init__(self, folder: Path, keys: list[Key]) -> None:
        self.folder = folder
        self.read: list[str] = []
        with (
            TableWriter(CALLS, "calls", self._put, cut_rows=3) as writer,
            TableWriter(TEXTS, "texts", self._put) as texts,
        ):
            rows = CallRows(writer, Texts(texts))
            for key in keys:
                rows.add(key, [event(cell, key, element) for cell in CELLS for element in range(2)])
            rows.flush()
            self.table: TableManifest = rows.finish()

    def _put(self, data: bytes) -> ObjectId:
        name = sha256(data).hexdigest()
        (self.folder / name).write_bytes(data)
        return ObjectId(name)

    def gens(self) -> RecordedGens:
        def path_of(shard: Shard) -> Path:
            self.read.append(shard.sha256)
            return self.folder / self.read[-1]

        return RecordedGens(self.table.shards, path_of, WANTED)


@given(KEYS, st.randoms())
def test_a_candidates_gens_are_found_in_any_order(keys: list[Key], random: Random) -> None:
    """Those of other cells are not there; a row is where its gen says, and is marked there."""
    with TemporaryDirectory() as name:
        gens = Before(Path(name), keys).gens()
        for key in random.sample(keys, len(keys)):
            found = gens.of(key)
            assert found.keys() == {(cell, 0, element, 0, 0) for cell in ("ask", "reply") for element in range(2)}
            assert {gen.text for gen in found.values()} == {f"ask of {key}", f"reply of {key}"}
            for gen in found.values():
                gens.copied[gen.at] = True
        assert gens.of((1000,)) == {}
        rows = [row for block in gens.take() for row in block.select(["_key", "row", "cell"]).to_pylist()]
    assert len(rows) == 4 * len(keys)
    assert [row["_key"] for row in rows] == sorted(row["_key"] for row in rows)


@given(KEYS)
def test_the_digest_of_a_row_is_that_of_its_place(keys: list[Key]) -> None:
    from runtime.build.rows import digest_of

    with TemporaryDirectory() as name:
        gens = Before(Path(name), keys).gens()
        for (cell, _, element, _, _), gen in gens.of(keys[0]).items():
            assert gens.digest(gen.at) == digest_of(keys[0], event(cell, keys[0], element))


def test_no_more_is_read_than_candidates_come_for(tmp_path: Path) -> None:
    """A shard, and the next one: who runs a part of all candidates reads that part."""
    before = Before(tmp_path, [(number,) for number in range(200)])
    gens = before.gens()
    assert before.read == []
    gens.of((100,))
    assert 0 < len(set(before.read)) <= 5 < len(before.table.shards) / 10
