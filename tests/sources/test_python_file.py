"""`python("file.py")`: its rows, in the same order every time, and its failures at the user's own line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from compiler.types import INT, STR
from runtime.sources import python_file
from tests.sources.conftest import Open, mistakes, record

Write = Callable[[str, str | bytes], Path]


def test_rows_are_what_the_function_yields(write: Write, opened: Open) -> None:
    write("helper.py", "def name(n):\n    return f'row {n}'\n")
    body = "def rows():\n    yield from ({'id': name(i), 'n': i} for i in (1, 2))\n"
    write("a.py", f"from helper import name\nprint('noise')\n{body}")
    source = opened("python", "a.py", record(id=STR, n=INT), key="id")
    assert list(source.rows()) == [("row 1", {"id": "row 1", "n": 1}), ("row 2", {"id": "row 2", "n": 2})]


def test_a_set_is_walked_in_the_same_order_every_time(
    write: Write, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("a.py", "def rows():\n    return [{'id': x} for x in {'a', 'b', 'c', 'd', 'e', 'f', 'g'}]\n")
    digests = set()
    for seed in ("1", "2", "3"):
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        digests.add(opened("python", "a.py").digest)
    assert len(digests) == 1


def test_nothing_from_the_working_folder_is_imported(
    write: Write, opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "decimal.py").write_text("raise SystemExit('shadowed')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    write("a.py", "import decimal\ndef rows():\n    yield {'id': str(decimal.Decimal(1))}\n")
    assert opened("python", "a.py", key="id").keys == ("1",)


@pytest.mark.parametrize(
    ("text", "code", "says", "note"),
    [
        (
            "def rows():\n    yield {'id': 1}\n    yield 1 / 0\n",
            "E0610",
            "a.py:3` fails: ZeroDivisionError",
            "yield 1 / 0",
        ),
        ("def rows(:\n    pass\n", "E0610", "a.py:1` fails: SyntaxError", "def rows(:"),
        ("import nothing_of_that_name\n", "E0610", "ModuleNotFoundError", "import nothing_of_that_name"),
        ("import os\ndef rows():\n    yield {}\n    os._exit(3)\n", "E0610", "exit code 3", ""),
        ("import sys\ndef rows():\n    yield sys.exit(4)\n", "E0610", "SystemExit: 4", "sys.exit(4)"),
        ("def pages():\n    return []\n", "E0611", "has no function `rows`", "pages"),
        ("def rows():\n    yield {'id': 1}\n    yield 3\n", "E0611", "row 2 of", ""),
        ("def rows():\n    yield {'id': {1}}\n", "E0611", "set is not JSON", ""),
        ("def rows():\n    yield {'id': float('nan')}\n", "E0611", "holds what JSON cannot", ""),
        ("def rows():\n    return None\n", "E0610", "TypeError", ""),
    ],
)
def test_a_failure_is_shown_at_the_user_s_own_line(
    write: Write, opened: Open, text: str, code: str, says: str, note: str
) -> None:
    write("a.py", text)
    (found,) = mistakes(lambda: len(opened("python", "a.py")))
    assert found.code == code
    assert says in found.message
    assert note in " ".join(found.notes)
    assert "python_runner" not in f"{found.message} {found.notes}"


def test_a_file_that_never_ends_is_stopped(write: Write, opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(python_file, "TIMEOUT", 0.3)
    write("a.py", "import time\ndef rows():\n    time.sleep(60)\n    yield {}\n")
    (found,) = mistakes(lambda: len(opened("python", "a.py")))
    assert found.code == "E0610"
    assert "took longer" in found.message


def test_a_missing_python_file_is_named(opened: Open) -> None:
    (found,) = mistakes(lambda: opened("python", "none.py"))
    assert found.code == "E0606"
