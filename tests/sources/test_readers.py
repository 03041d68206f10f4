"""Every reader: rows in file order with values of the record's types; a broken file is named by its line."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.types import ANY, FLOAT, INT, STR, Optional
from runtime.sources import open_source
from tests.sources.conftest import ROW, Open, mistakes, record

Write = Callable[[str, str | bytes], Path]
WANTED = [
    {"id": "a", "n": 1, "share": 2.0, "ok": True, "tags": ["x"], "note": None},
    {"id": "b", "n": -2, "share": 0.5, "ok": False, "tags": [], "note": "hi"},
]
JSONL = """{"id": "a", "n": 1, "share": 2, "ok": true, "tags": ["x"], "extra": 1}

{"tags": [], "note": "hi", "ok": false, "share": 0.5, "n": -2, "id": "b"}
"""
CSV = """id,n,share,ok,tags,note,extra
a,1,2,TRUE,"[""x""]",,
b,-2,.5,false,[],hi,"two
lines"
"""


def test_jsonl_csv_and_json_give_the_same_rows(write: Write, opened: Open) -> None:
    write("a.jsonl", "\ufeff" + JSONL)
    write("a.csv", "\ufeff" + CSV)
    write("a.tsv", 'id\tn\tshare\tok\ttags\tnote\na\t1\t2\ttrue\t"[""x""]"\t\nb\t-2\t.5\tfalse\t[]\thi\n')
    write("a.json", f"[{', '.join(line for line in JSONL.splitlines() if line)}]")
    for kind, name in (("jsonl", "a.jsonl"), ("csv", "a.csv"), ("csv", "a.tsv"), ("json", "a.json")):
        assert [row for _, row in opened(kind, name, ROW).rows()] == WANTED, name


def test_a_record_s_fields_come_in_its_order_and_have_its_types(write: Write, opened: Open) -> None:
    write("a.jsonl", JSONL)
    _, row = opened("jsonl", "a.jsonl", ROW).row(1)
    assert list(row) == [item.name for item in ROW.fields]
    assert type(opened("jsonl", "a.jsonl", ROW).row(0)[1]["share"]) is float


def test_globs_and_folders_are_read_by_path(write: Write, opened: Open) -> None:
    for name in ("p/2.jsonl", "p/10.jsonl", "p/deep/1.jsonl"):
        write(name, f'{{"id": "{name}"}}\n')
    write("p/readme.txt", "no rows")
    found = opened("jsonl", "p", record(id=STR), key="id")
    assert found.keys == ("p/10.jsonl", "p/2.jsonl", "p/deep/1.jsonl")
    assert opened("jsonl", "p/*.jsonl", None, key="id").keys == found.keys[:2]
    assert opened("jsonl", "p/**/*.jsonl", None, key="id").keys == found.keys


def test_a_folder_of_texts_is_a_row_a_file(write: Write, opened: Open) -> None:
    write("pages/b.md", "# B\r\ntext")
    write("pages/guide/a.md", "\ufeffA")
    write("pages/c.txt", "C")
    rows = [row for _, row in opened("markdown", "pages").rows()]
    assert rows == [
        {"id": "b", "path": "specs/inputs/pages/b.md", "title": "B", "text": "# B\ntext"},
        {"id": "guide/a", "path": "specs/inputs/pages/guide/a.md", "title": "a", "text": "A"},
    ]
    assert opened("text", "pages/*.txt", None, key="id").keys == ("c",)
    assert opened("text", "pages/c.txt", None, key="id").keys == ("c",)


def test_parquet_gives_plain_values(write: Write, opened: Open) -> None:
    table = pa.table(
        {
            "id": ["a", "b"],
            "day": [datetime.date(2024, 2, 29), None],
            "price": [Decimal("1.50"), Decimal("2.00")],
            "score": [float("nan"), 1.0],
            "inner": [{"x": [1]}, {"x": []}],
        }
    )
    pq.write_table(table, write("a.parquet", b""))
    rows = [row for _, row in opened("parquet", "a.parquet", None, key="id").rows()]
    assert rows == [
        {"id": "a", "day": "2024-02-29", "price": 1.5, "score": None, "inner": {"x": [1]}},
        {"id": "b", "day": None, "price": 2, "score": 1.0, "inner": {"x": []}},
    ]


def test_sql_reads_files_beside_the_spec(write: Write, opened: Open) -> None:
    write("it's.csv", "id,n\na,1\nb,2\nc,3\n")
    write("names.jsonl", '{"id": "a", "name": "A"}\n{"id": "c", "name": "C"}\n')
    query = """
      select x.id, n * 10 as n, name, 'inputs/names.jsonl' as place -- from 'nowhere.csv'
      from 'inputs/it''s.csv' x JOIN read_json(['inputs/names.jsonl']) y on x.id = y.id order by n desc;
    """
    rows = [row for _, row in opened("sql", query, record(id=STR, n=INT, name=STR, place=STR)).rows()]
    assert rows == [
        {"id": "c", "n": 30, "name": "C", "place": "inputs/names.jsonl"},
        {"id": "a", "n": 10, "name": "A", "place": "inputs/names.jsonl"},
    ]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("selec 1", "syntax error"),
        ("select nope from 'inputs/a.csv'", "nope"),
        ("select 1; select 2", "one SELECT"),
        ("copy (select 1) to 'inputs/b.csv'", "one SELECT"),
        ("attach 'x.db'", "one SELECT"),
        ("", "one SELECT"),
        ("select * from read_csv(concat('/etc/', 'passwd'))", "Permission"),
    ],
)
def test_a_query_can_only_read_the_project(write: Write, opened: Open, query: str, says: str) -> None:
    write("a.csv", "id\na\n")
    (found,) = mistakes(lambda: len(opened("sql", query)))
    assert found.code == "E0612"
    assert says in found.message
    assert not (write("a.csv", "").parent / "b.csv").exists()


@pytest.mark.parametrize("query", ["select * from '/etc/passwd'", "select * from read_text(['../../../etc/*'])"])
def test_a_query_that_names_a_file_outside_the_project_is_refused(opened: Open, query: str) -> None:
    (found,) = mistakes(lambda: len(opened("sql", query)))
    assert found.code == "E0607"


def test_a_table_that_is_no_file_is_named(opened: Open) -> None:
    (found,) = mistakes(lambda: len(opened("sql", "select * from 'inputs/none.csv'")))
    assert found.code == "E0606"


@pytest.mark.parametrize(
    ("kind", "name", "content", "says"),
    [
        ("jsonl", "a.jsonl", '{"id": 1}\n{"id": \n', "specs/inputs/a.jsonl:2"),
        ("jsonl", "a.jsonl", "[1]\n", "this is a list"),
        ("jsonl", "a.jsonl", b'{"id": "\xff"}\n', "a.jsonl:1"),
        ("json", "a.json", "[{}, 3]", "item 2"),
        ("csv", "a.csv", "id,n\n1,2,3\n", "3 cells, and 2 columns"),
        ("csv", "a.csv", "id,id\n1,2\n", "two columns are called `id`"),
        ("csv", "a.csv", 'id\n"open\n', "not CSV"),
        ("csv", "a.csv", b"id\nok\n\xff\nok\n", "a.csv:3` cannot be read as csv: it is not UTF-8"),
        ("csv", "a.csv", "id;n\n1;2\n", "parted by `;`"),
        ("csv", "a.csv", "id\tn\n1\t2\n", "parted by tabs"),
        ("csv", "a.csv", "", "it is empty"),
        ("text", "a.txt", b"\xff", "not UTF-8"),
        ("parquet", "a.parquet", "no parquet", "specs/inputs/a.parquet"),
    ],
)
def test_a_broken_file_is_named_with_its_line(
    write: Write, opened: Open, kind: str, name: str, content: str | bytes, says: str
) -> None:
    write(name, content)
    (found,) = mistakes(lambda: len(opened(kind, name)))
    assert found.code == "E0608"
    assert says in found.message


def test_a_csv_of_a_header_alone_has_its_columns_and_no_rows(write: Write, opened: Open) -> None:
    write("a.csv", "id,text\n")
    source = opened("csv", "a.csv", record(id=STR, text=STR), key="id")
    assert (source.columns, len(source)) == ({"id": "any", "text": "any"}, 0)


@pytest.mark.parametrize("content", ["", "\n\n"])
def test_lines_of_json_without_any_are_said_to_have_no_rows(write: Write, opened: Open, content: str) -> None:
    write("a.jsonl", content)
    (found,) = mistakes(lambda: opened("jsonl", "a.jsonl").columns)
    assert (found.code, "has no rows" in found.message) == ("E0608", True)


def test_bytes_in_a_parquet_file_are_refused(write: Write, opened: Open) -> None:
    pq.write_table(pa.table({"id": ["a"], "blob": [b"\x00"]}), write("a.parquet", b""))
    (found,) = mistakes(lambda: len(opened("parquet", "a.parquet")))
    assert "row 1" in found.message
    assert "bytes" in found.message


def test_a_missing_file_names_the_nearest(write: Write, opened: Open) -> None:
    write("readers.jsonl", "")
    (found,) = mistakes(lambda: opened("jsonl", "reader.jsonl"))
    assert (found.code, found.label) == ("E0606", "did you mean `readers.jsonl`?")
    (found,) = mistakes(lambda: opened("jsonl", "*.json"))
    assert found.message == "no file matches `inputs/*.json`"


def test_a_folder_without_such_files_is_told_as_what_it_is(write: Write, opened: Open) -> None:
    write("papers/readme.md", "")
    (found,) = mistakes(lambda: opened("pdf", "papers"))
    assert (found.code, found.message) == ("E0606", "the folder `inputs/papers` has no `.pdf` file")
    (found,) = mistakes(lambda: len(opened("python", "papers")))
    assert (found.code, found.message) == ("E0606", "`inputs/papers` is a folder, not a file")


def test_no_path_leads_out_of_the_project(
    root: Path, write: Write, opened: Open, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "secret.jsonl"
    outside.write_text("{}\n", encoding="utf-8")
    (write("x.jsonl", "").parent / "link.jsonl").symlink_to(outside)
    for name in (f"../../../{outside.parent.name}/secret.jsonl", "link.jsonl", "l*.jsonl", "../../../*/secret.jsonl"):
        (found,) = mistakes(lambda name=name: opened("jsonl", name))  # type: ignore[misc]
        assert found.code == "E0607", name


def test_a_reader_that_is_none_names_those_there_are(opened: Open) -> None:
    (found,) = mistakes(lambda: opened("xlsx", "a"))
    assert found.code == "E0601"
    assert "parquet, hf" in found.notes[0]


SCALARS = st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    SCALARS | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5
)


@given(rows=st.lists(st.fixed_dictionaries({"id": st.uuids().map(str), "value": VALUES, "n": st.integers(0, 9)})))
def test_what_jsonl_holds_comes_back_unchanged(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, object]]
) -> None:
    import json

    root = tmp_path_factory.mktemp("rows")
    (root / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    kind = record(id=STR, value=ANY, n=FLOAT, none=Optional(STR))
    source = open_source("jsonl", {"path": "a.jsonl"}, root, kind, "id")
    assert [row for _, row in source.rows()] == [{**row, "none": None} for row in rows]
