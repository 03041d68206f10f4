"""What each tool is for: what it takes, what its result says, and that the same call says the same again."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.tools import Limits, ToolCall, ToolName, concurrency, run
from runtime.tools.call import TOOLS
from runtime.tools.solution import test_file as with_names


def used(tool: ToolName, *arguments: str, **limits: Any) -> dict[str, Any]:
    return asyncio.run(run(ToolCall(tool, arguments, Limits.of(limits))))


# --- python ----------------------------------------------------------------------------------------------------------


def test_python_prints() -> None:
    assert used("python", "print('naïve ✓')\n") == {
        "ok": True,
        "output": "naïve ✓",
        "reason": None,
        "exit_code": 0,
    }


def test_python_reads_what_it_is_given_and_else_nothing() -> None:
    code = "import sys; print(sys.stdin.read().upper(), end='')"
    assert used("python", code, "één\n")["output"] == "ÉÉN"
    assert used("python", code)["output"] == ""


def test_a_mistake_is_told_with_its_traceback() -> None:
    found = used("python", "print('before')\n1 / 0")
    assert (found["ok"], found["reason"], found["exit_code"]) == (False, "exit 1", 1)
    assert found["output"].startswith("before\nTraceback")
    assert found["output"].endswith("ZeroDivisionError: division by zero")


def test_an_exit_code_is_told() -> None:
    assert used("python", "exit(3)")["reason"] == "exit 3"


def test_a_signal_is_told_by_name() -> None:
    found = used("python", "import os; os.kill(os.getpid(), 11)")
    assert (found["reason"], found["exit_code"]) == ("signal SEGV", None)


def test_bytes_that_are_no_text_are_marked() -> None:
    assert used("python", "import os; os.write(1, b'a\\xffb\\x00c')")["output"] == "a�b\x00c"


def test_code_that_is_no_text_is_a_mistake_of_the_code() -> None:
    assert used("python", "print('\ud800')")["output"] == "?"
    assert used("python", "a\x00b")["ok"] is False


def test_only_pythons_own_library_is_there() -> None:
    code = "import json, sqlite3\ntry: import numpy\nexcept ImportError: print('alone')\nimport site; import pip"
    found = used("python", code)
    assert found["output"].startswith("alone")
    assert "No module named 'pip'" in found["output"]


def test_subprocesses_and_pools_work() -> None:
    code = """
import subprocess, sys
from concurrent.futures import ProcessPoolExecutor
print(subprocess.run([sys.executable, '-c', 'print(6)'], capture_output=True, text=True).stdout.strip(), flush=True)
with ProcessPoolExecutor(2) as pool: print(sum(pool.map(abs, [-1, -2])))
"""
    assert used("python", code)["output"] == "6\n3"


def test_asyncio_and_threads_work() -> None:
    code = "import asyncio\nasync def f(): return await asyncio.to_thread(lambda: 5)\nprint(asyncio.run(f()))"
    assert used("python", code)["output"] == "5"


# --- pytest ----------------------------------------------------------------------------------------------------------

CODE = "def double(x: int) -> int:\n    return 2 * x\n"


def test_all_tests_pass() -> None:
    tests = "def test_one(): assert double(1) == 2\ndef test_two(): assert double(2) == 4\n"
    found = used("pytest", CODE, tests)
    assert found == {
        "ok": True,
        "output": "2 passed",
        "reason": None,
        "exit_code": 0,
        "passed": 2,
        "failed": 0,
        "errors": 0,
    }


def test_a_failure_is_told_with_its_values() -> None:
    found = used("pytest", CODE, "def test_one(): assert double(1) == 2\ndef test_two():\n    assert double(2) == 5\n")
    assert (found["passed"], found["failed"], found["errors"], found["reason"]) == (1, 1, 0, "failed")
    assert "assert 4 == 5" in found["output"]
    assert found["output"].endswith("1 passed, 1 failed")


@pytest.mark.parametrize(
    "line", ["from solution import double", "import solution\ndouble = solution.double", "from solution import *"]
)
def test_tests_may_import_the_solution_themselves(line: str) -> None:
    assert used("pytest", CODE, f"{line}\ndef test_one(): assert double(1) == 2")["passed"] == 1


def test_parameters_fixtures_classes_and_async_are_pytests_own() -> None:
    tests = '''"""Tests."""
from __future__ import annotations
import unittest
import pytest

@pytest.fixture
def one(): return 1

@pytest.mark.parametrize("x", [1, 2, 3])
def test_each(x, one, tmp_path): assert double(x) == 2 * x * one

class TestMore:
    def test_zero(self): assert double(0) == 0

class Case(unittest.TestCase):
    def test_case(self): self.assertEqual(double(4), 8)

@pytest.mark.xfail
def test_not_yet(): assert False

@pytest.mark.skip
def test_never(): assert False

def test_prints(capsys):
    print("x")
    assert capsys.readouterr().out == "x\\n"
'''
    found = used("pytest", CODE, tests)
    assert (found["passed"], found["failed"], found["ok"]) == (6, 0, True), found["output"]


@pytest.mark.parametrize(
    ("code", "tests"),
    [
        ("def f(:", "def test_one(): pass"),
        (CODE, "def test_one(:"),
        (CODE, "import nothing_of_that_name\ndef test_one(): pass"),
        (CODE, "import pytest\n@pytest.fixture\ndef x(): 1 / 0\ndef test_one(x): pass"),
        (CODE, "def test_one(no_such_fixture): pass"),
    ],
    ids=["code", "tests", "import", "fixture", "missing fixture"],
)
def test_what_cannot_run_is_an_error_and_counts_as_failed(code: str, tests: str) -> None:
    found = used("pytest", code, tests)
    assert (found["ok"], found["passed"], found["failed"], found["errors"]) == (False, 0, 1, 1)
    assert found["output"]


@pytest.mark.parametrize("tests", ["", "x = 1", "import pytest\n@pytest.mark.skip\ndef test_one(): pass"])
def test_where_no_test_ran_nothing_has_passed(tests: str) -> None:
    found = used("pytest", CODE, tests)
    assert (found["ok"], found["reason"], found["passed"], found["failed"]) == (False, "no tests", 0, 1)


def test_a_run_that_is_stopped_has_nothing_that_passed() -> None:
    found = used("pytest", CODE, "def test_one(): pass\ndef test_two():\n    while True: pass", timeout=1)
    assert found["exit_code"] is None
    assert (found["reason"], found["passed"], found["failed"], found["errors"]) == ("time", 0, 1, 1)


def test_a_test_that_takes_too_much_memory_fails_alone() -> None:
    found = used("pytest", CODE, "def test_one(): bytearray(2**32)\ndef test_two(): assert double(1) == 2")
    assert (found["passed"], found["failed"]) == (1, 1)


def test_text_that_is_no_unicode_is_marked() -> None:
    found = used("pytest", CODE, "def test_one(): assert double(1) == 3, '\\udcff'")
    assert json.loads(json.dumps(found).encode("ascii"))["output"].encode("utf-8")


# --- sql -------------------------------------------------------------------------------------------------------------


def test_a_query_gives_its_rows_as_texts() -> None:
    setup = "create table t (a int, b text); insert into t values (1, 'é'), (2, null)"
    found = used("sql", "select b, a, a / 2 as half from t order by a desc", setup)
    assert found["rows"] == ["[null, 2, 1.0]", '["é", 1, 0.5]']
    assert found["columns"] == ["b", "a", "half"]
    assert (found["ok"], found["reason"], found["output"]) == (True, None, '[null, 2, 1.0]\n["é", 1, 0.5]')


def test_values_of_every_type_are_plain() -> None:
    query = "select date '2024-02-29', 1.10::decimal(4, 2), [1, 2], {'a': true}, 'nan'::double, 'x'::blob"
    (row,) = used("sql", query)["rows"]
    assert json.loads(row)[:5] == ["2024-02-29", "1.10", [1, 2], {"a": True}, "nan"]


def test_a_mistake_in_a_query_is_told() -> None:
    found = used("sql", "select nothing from nowhere")
    assert (found["ok"], found["reason"], found["rows"]) == (False, "error", [])
    assert "nowhere" in found["output"]


@pytest.mark.parametrize(
    "query",
    [
        "select * from read_text('/etc/ld.so.cache')",
        "select * from read_csv('/box/query.sql')",
        "copy (select 1) to '/box/out.csv'",
        "attach '/box/new.db'",
        "install httpfs",
        "set enable_external_access = true",
        "set memory_limit = '100GB'",
        "select * from base",
    ],
)
def test_a_query_reaches_nothing_outside_the_database(query: str) -> None:
    assert used("sql", query)["reason"] == "error"


def test_a_query_without_end_ends_at_a_limit() -> None:
    query = "select max(hash(range)) from range(1_000_000_000_000)"
    assert used("sql", query, timeout=2)["reason"] == "time"


def test_more_rows_than_are_given_are_no_result() -> None:
    assert used("sql", "select * from range(100_000)")["reason"] == "output"


def test_a_query_that_takes_too_much_memory_says_so() -> None:
    query = "select list(a) from range(100_000_000) t(a)"
    assert used("sql", query, memory=128 * 2**20)["reason"] == "memory"


# --- command ---------------------------------------------------------------------------------------------------------


def test_a_program_of_the_system_runs_in_a_folder_of_its_own() -> None:
    found = used("command", "sh", "-c", "echo $1 > a; cat a; pwd; ls", "sh", "words and spaces")
    assert found["output"].split("\n") == ["words and spaces", "/box", "a"]


def test_a_program_that_is_not_there_is_told() -> None:
    found = used("command", "no-such-program")
    assert (found["ok"], found["exit_code"]) == (False, 127)
    assert "no such program" in found["output"]


# --- all -------------------------------------------------------------------------------------------------------------

CALLS = {
    "python": ToolCall("python", ("print(object(), hash('x'), {*'abc'}, sorted(globals()), id(1))",)),
    "pytest": ToolCall("pytest", ("f = object()", "def test_a(): assert f == 1\ndef test_b(): assert {*'xyz'} == 2")),
    "sql": ToolCall("sql", ("select a % 7, count(*), sum(1 / (a + 1)) from range(50_000) t(a) group by all",)),
    "command": ToolCall("command", ("env",)),
}


@pytest.mark.parametrize("name", TOOLS)
def test_the_same_call_says_the_same_again(name: str) -> None:
    async def twice() -> list[dict[str, Any]]:
        return list(await asyncio.gather(run(CALLS[name]), run(CALLS[name])))

    first, second = asyncio.run(twice())
    assert first == second
    assert json.loads(json.dumps(first)) == first


def test_a_time_limit_is_kept_to_a_second() -> None:
    def seconds() -> float:
        started = time.monotonic()
        assert used("command", "sleep", "9", timeout=1.0)["reason"] == "time"
        return time.monotonic() - started

    found = [seconds()]
    while found[-1] >= 2.0 and len(found) < 4:  # A busy machine may start a sandbox late.
        found.append(seconds())
    assert 1.0 <= min(found) < 2.0


def test_no_more_sandboxes_are_made_at_once_than_there_are_cores() -> None:
    async def many() -> float:
        started = time.monotonic()
        await asyncio.gather(*(run(ToolCall("command", ("sleep", "0.3"))) for _ in range(2 * concurrency())))
        return time.monotonic() - started

    assert asyncio.run(many()) >= 0.6


def test_output_at_the_limit_is_whole_and_beyond_it_is_cut() -> None:
    assert used("python", "print('x' * 99)", output=100)["output"] == "x" * 99
    cut = used("python", "print('é' * 100)", output=101)
    assert cut["reason"] == "output"
    assert cut["output"].startswith("é" * 50 + "\n…")


texts = st.lists(st.text(), max_size=3).map(tuple)
limits = st.builds(Limits, timeout=st.floats(0.1, 100), memory=st.integers(1, 2**40), processes=st.integers(1, 999))
calls = st.builds(ToolCall, st.sampled_from(TOOLS), texts, limits)


@given(calls, calls)
def test_two_calls_have_one_key_only_when_they_are_the_same(one: ToolCall, other: ToolCall) -> None:
    same = (one.tool, one.arguments, asdict(one.limits)) == (other.tool, other.arguments, asdict(other.limits))
    assert (one.digest == other.digest) == same


@given(st.text())
def test_any_text_can_stand_for_tests(text: str) -> None:
    assert text in with_names(text) or "from solution import *" in with_names(text)
