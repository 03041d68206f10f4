"""A Hugging Face dataset on disk in; its rows with labels as their names, and its columns out, a batch at a time.

Two layouts are read, with pyarrow alone: what `save_to_disk` writes (Arrow files listed in `state.json`), and a
repository of the hub with Parquet shards (`data/train-00000-of-00002.parquet`, configurations in its `README.md`).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runtime.sources import hf_layout
from runtime.sources.hf_features import features, is_label, labelled, without_bytes
from runtime.sources.parquet import column_type
from runtime.sources.place import Where
from runtime.sources.plain import NotPlain, plain
from runtime.sources.raw import Raw, unreadable

if TYPE_CHECKING:
    from compiler.catalog import ColumnType

BATCH = 1024


def files(where: Where) -> tuple[Path, ...]:
    """Everything that the rows depend on: shards in their order, and the files that say which they are."""
    found = hf_layout.find(where)
    return (*found.about, *found.shards)


def columns(where: Where) -> dict[str, ColumnType]:
    """From the shards' schemas alone; columns of bytes (images, sounds) are left out."""
    found: dict[str, ColumnType] = {}
    for path in hf_layout.find(where).shards:
        schema = _schema(where, path)
        known = features(schema)
        for item in without_bytes(schema):
            kind = "str" if is_label(known.get(item.name)) else column_type(item.type)
            found[item.name] = kind if found.get(item.name, kind) == kind else "any"
    return found


def rows(where: Where) -> Iterator[Raw]:
    for path in hf_layout.find(where).shards:
        shown = where.shown(path)
        numbers = count(1)
        for row in _rows(where, path):
            place = f"{shown}, row {next(numbers)}"
            try:
                yield plain(row), place
            except NotPlain as error:
                raise unreadable(where, place, f"a value is {error}, which a row cannot hold") from None


def _rows(where: Where, path: Path) -> Iterator[dict[str, Any]]:
    schema = _schema(where, path)
    names = [item.name for item in without_bytes(schema)]
    known = features(schema)
    readers = {name: read for name in names if (read := labelled(known.get(name))) is not None}
    for batch in _batches(where, path, names):
        for row in batch.to_pylist():
            yield row | {name: read(row[name]) for name, read in readers.items()} if readers else row


def _batches(where: Where, path: Path, names: list[str]) -> Iterator[Any]:
    """Slices of at most BATCH rows. An Arrow file is mapped into memory, so that only what is read takes any."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        if path.suffix == ".parquet":
            yield from pq.ParquetFile(path).iter_batches(batch_size=BATCH, columns=names)
            return
        with pa.memory_map(str(path)) as data, pa.ipc.open_stream(data) as stream:
            for batch in stream:
                chosen = batch.select(names)
                yield from (chosen.slice(start, BATCH) for start in range(0, len(chosen), BATCH))
    except (pa.ArrowInvalid, OSError) as error:
        raise _broken(where, path, error) from None


def _schema(where: Where, path: Path) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        if path.suffix == ".parquet":
            return pq.read_schema(path)
        with pa.memory_map(str(path)) as data, pa.ipc.open_stream(data) as stream:
            return stream.schema
    except (pa.ArrowInvalid, OSError) as error:
        raise _broken(where, path, error) from None


def _broken(where: Where, path: Path, error: Exception) -> Exception:
    return unreadable(where, where.shown(path), str(error).split(". ")[0])
