"""What the library `datasets` (5.2.0) wrote: both layouts, every split, labels by name, one batch at a time."""

from __future__ import annotations

import shutil
import tracemalloc
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from compiler.types import STR
from dsl.diagnostics import Diagnostic
from runtime.sources import ProjectCatalog, Source, raw
from runtime.sources.catalog import where_of
from tests.sources.conftest import SPAN, Open, mistakes, record

Write = Callable[[str, str | bytes], Path]
FIXTURES = Path(__file__).parent / "fixtures"
COLUMNS = {
    "id": "str",
    "text": "str",
    "stars": "int",
    "score": "float",
    "mood": "str",
    "tags": "list",
    "who": "record",
    "day": "str",
}


@pytest.fixture(autouse=True)
def _copied(root: Path) -> None:
    for name in ("reviews", "hub"):
        shutil.copytree(FIXTURES / name, root / "specs" / "inputs" / name)


def rows(source: Source) -> list[dict[str, Any]]:
    return [row for _, row in source.rows()]


def review(n: int) -> dict[str, Any]:
    return {
        "id": f"r{n}",
        "text": f"Review number {n}.",
        "stars": n % 5,
        "score": n / 2,
        "mood": ("angry", "glad", None)[n % 3],
        "tags": ["a"] * (n % 3),
        "who": {"name": f"N{n}", "moods": [("angry", "glad")[n % 2]]},
        "day": f"2024-01-0{n + 1}",
    }


def test_a_saved_split_is_read_shard_by_shard_with_labels_by_their_names(opened: Open) -> None:
    assert rows(opened("hf", "reviews/train")) == [review(n) for n in range(5)]
    assert rows(opened("hf", "reviews", split="train")) == rows(opened("hf", "reviews/train"))
    assert rows(opened("hf", "reviews", split="test")) == [review(4), review(1)]


def test_a_repository_of_the_hub_is_read_by_its_front_matter(opened: Open) -> None:
    assert rows(opened("hf", "hub", split="train")) == [review(n) for n in range(4)]
    assert rows(opened("hf", "hub", split="test", config="english")) == [review(4)]
    assert rows(opened("hf", "hub", config="german")) == [review(n) for n in range(4)]


def test_without_front_matter_folders_and_names_say_what_is_what(opened: Open, root: Path) -> None:
    hub = root / "specs" / "inputs" / "hub"
    (hub / "README.md").write_text("# No front matter\n")
    assert rows(opened("hf", "hub", split="test", config="de")) == [review(4)]
    shutil.rmtree(hub / "de")
    (hub / "en").rename(hub / "data")
    (hub / "README.md").unlink()
    assert [row["id"] for row in rows(opened("hf", "hub", split="train"))] == ["r0", "r1", "r2", "r3"]
    assert [row["id"] for row in rows(opened("hf", "hub/data", split="test"))] == ["r4"]


@pytest.mark.parametrize(
    ("name", "options", "says"),
    [
        ("reviews", {}, "splits: train, test"),
        ("reviews", {"split": "dev"}, "splits: train, test"),
        ("hub", {}, "splits: train, test"),
        ("hub", {"config": "french"}, "configurations: english, german"),
    ],
)
def test_a_part_that_is_not_clear_is_asked_for(opened: Open, name: str, options: dict[str, str], says: str) -> None:
    (found,) = mistakes(lambda: opened("hf", name, **options))
    assert found.code == "E0614"
    assert found.notes == (says,)


@pytest.mark.parametrize(
    ("file", "content", "says"),
    [
        ("reviews/train/state.json", "[", "state.json` cannot be read as hf: not a record of JSON"),
        ("reviews/train/state.json", '{"_data_files": [{"filename": "x.arrow"}]}', "`x.arrow`, which is not there"),
        ("reviews/train/state.json", '{"_data_files": [{"filename": "../test/state.json"}]}', "outside of itself"),
        ("reviews/train/data-00001-of-00002.arrow", "no arrow", "data-00001-of-00002.arrow"),
    ],
)
def test_a_broken_dataset_is_a_mistake_in_its_file(
    write: Write, opened: Open, file: str, content: str, says: str
) -> None:
    write(file, content)
    (found,) = mistakes(lambda: len(opened("hf", "reviews/train")))
    assert found.code == "E0608"
    assert says in found.message


def test_another_folder_is_no_dataset(write: Write, opened: Open) -> None:
    write("other/a.txt", "")
    (found,) = mistakes(lambda: opened("hf", "other"))
    assert found.code == "E0608"
    (found,) = mistakes(lambda: opened("hf", "review"))
    assert (found.code, found.label) == ("E0606", "did you mean `reviews`?")


def test_columns_come_from_the_schema_and_pictures_are_left_out(root: Path) -> None:
    catalog = ProjectCatalog(root)
    assert catalog.columns("hf", {"path": "inputs/reviews/train"}, SPAN) == COLUMNS
    assert catalog.columns("hf", {"path": "inputs/hub", "split": "test"}, SPAN) == COLUMNS
    found = catalog.columns("hf", {"path": "inputs/hub"}, SPAN)
    assert isinstance(found, Diagnostic) and found.code == "E0614"


def test_the_digest_covers_every_shard_and_what_names_them(write: Write, opened: Open, root: Path) -> None:
    inputs = root / "specs" / "inputs"
    seen = {opened("hf", "reviews/train").digest}
    info = (inputs / "reviews/train/dataset_info.json").read_text(encoding="utf-8")
    write("reviews/train/dataset_info.json", info.replace("angry", "cross"))
    seen.add(opened("hf", "reviews/train").digest)
    shards = sorted((inputs / "reviews/train").glob("*.arrow"))
    shards[1].write_bytes(shards[0].read_bytes())
    seen.add(opened("hf", "reviews/train").digest)
    assert len(seen) == 3


def test_rows_fit_a_record(opened: Open) -> None:
    source = opened("hf", "reviews", record(id=STR, text=STR), key="id", split="test")
    assert source.keys == ("r4", "r1")


def test_memory_stays_flat_while_a_large_shard_is_read(root: Path) -> None:
    folder = root / "specs" / "inputs" / "large"
    folder.mkdir()
    table = pa.table({"text": ["x" * 1000] * 20_000})
    with pa.OSFile(str(folder / "data.arrow"), "wb") as file, pa.ipc.new_stream(file, table.schema) as stream:
        stream.write_table(table)
    del table
    (folder / "state.json").write_text('{"_data_files": [{"filename": "data.arrow"}]}')
    where = where_of("hf", {"path": "inputs/large"}, root, SPAN)
    for _ in islice(raw.rows(where), 10):
        pass
    before = pa.total_allocated_bytes()
    tracemalloc.start()
    assert sum(1 for _ in raw.rows(where)) == 20_000
    assert tracemalloc.get_traced_memory()[1] < 6_000_000
    tracemalloc.stop()
    assert pa.total_allocated_bytes() - before < 1_000_000
