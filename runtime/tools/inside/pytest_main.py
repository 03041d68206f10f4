"""`solution.py` and `test_solution.py` in the box; how many of the tests passed, as pytest itself saw it, out.

Code and tests share a process, so what pytest says of itself is not taken on trust: two tests that must fail stand
before and after the others. Where one of them passes, the code has changed the tests' machinery and nothing counts.
"""

from __future__ import annotations

import ast
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from .reporting import channel

TESTS = Path("/box/test_solution.py")
OPTIONS = (
    "--rootdir=/box",
    "-c/dev/null",
    "--capture=fd",
    "-pno:terminal",
    "-pno:cacheprovider",
    "-pno:junitxml",
    "-pno:pastebin",
    "-pno:faulthandler",
)
_CONTROL = "control"


def main(secret_end: int, report_end: int) -> None:
    send = channel(secret_end, report_end)
    sys.path.insert(0, str(TESTS.parent))
    tally = Tally(_own_names(TESTS.read_text(encoding="utf-8")))
    code = pytest.main([*OPTIONS, str(TESTS)], plugins=[tally])
    if code in (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR):
        sys.exit(code)
    send(tally.report())


def _own_names(tests: str) -> frozenset[str] | None:
    """Names that the tests define themselves; None where they do not parse, which pytest will say."""
    try:
        nodes = list(ast.walk(ast.parse(tests)))
    except (SyntaxError, ValueError):
        return None
    named = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    defined = {node.name for node in nodes if isinstance(node, named)}
    return frozenset(defined | {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)})


class Tally:
    """A pytest plugin: what became of each test, and the text that a person reads."""

    def __init__(self, own: frozenset[str] | None) -> None:
        self.own = own
        self.wanted: list[str] = []
        self.results: dict[str, Counter[str]] = {}
        self.controls: set[str] = set()
        self.told: list[str] = []
        self.broken = 0

    def pytest_configure(self, config: pytest.Config) -> None:
        config.option.tbstyle = "short"

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Only tests that the tests define: what the code calls `test_…` is none."""
        items[:] = [item for item in items if self.own is None or _base(item.nodeid) in self.own]
        self.wanted = [item.nodeid for item in items]
        if items:
            module = items[0].getparent(pytest.Module) or items[0].session
            items[:] = [_control(module, "first"), *items, _control(module, "last")]

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.broken += 1
            self._tell(report.nodeid, report)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if _base(report.nodeid).startswith(_CONTROL):
            self.controls |= {report.nodeid} if report.failed else set()
            return
        result = self.results.setdefault(report.nodeid, Counter())
        result[f"{report.when} {report.outcome}"] += 1
        if report.failed:
            self._tell(report.nodeid, report)

    def pytest_internalerror(self, excrepr: object) -> None:
        self.broken += 1
        self.told.append(str(excrepr))

    def report(self) -> dict[str, Any]:
        if self.wanted and len(self.controls) != 2:
            return {"forged": True}
        ends = Counter(_end(self.results.get(nodeid, Counter())) for nodeid in self.wanted)
        errors = self.broken + ends["error"]
        counts = {"passed": ends["passed"], "failed": ends["failed"] + errors, "errors": errors}
        return {**counts, "output": "\n".join([*self.told, _summary(counts)])}

    def _tell(self, nodeid: str, report: Any) -> None:
        sections = [f"--- {name} ---\n{text.rstrip()}" for name, text in report.sections if text.strip()]
        self.told += [f"=== {nodeid.rpartition('/')[2]} ===", report.longreprtext, *sections, ""]


def _end(result: Counter[str]) -> str:
    """passed, failed in its own body, or an error before or after it. One that never ran is an error."""
    if result["call failed"]:
        return "failed"
    if result["setup failed"] or result["teardown failed"] or not result:
        return "error"
    return "passed" if result["call passed"] else "skipped"


def _base(nodeid: str) -> str:
    """`TestSort` of `test_solution.py::TestSort::test_two[1]`."""
    parts = nodeid.split("::")
    return parts[1].partition("[")[0] if len(parts) > 1 else ""


def _control(module: pytest.Collector, place: str) -> pytest.Item:
    """A test that must fail, made as all others are."""
    name = f"{_CONTROL} {place} {os.urandom(8).hex()}"
    item: pytest.Item = pytest.Function.from_parent(module, name=name, callobj=_fail)
    return item


def _fail() -> None:
    raise AssertionError


def _summary(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in counts.items() if number) or "no tests"
