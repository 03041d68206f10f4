"""A call in; the files, the program and its environment, as the supervisor takes them, out."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from runtime.tools import box
from runtime.tools.call import Limits, ToolCall
from runtime.tools.solution import test_file

_ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "HOME": "/box",
    "TMPDIR": "/box",
    "LANG": "C.UTF-8",
    "TZ": "UTC",
}
_PYTHON = {
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONUNBUFFERED": "1",
    "PYTHONUTF8": "1",
    "PYTHONPATH": "/packages",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    "PY_COLORS": "0",
}
_REPORTER = (
    "import sys; sys.path.append('/supervisor'); from inside.{module} import main; main(*map(int, sys.argv[1:]))"
)


def job(call: ToolCall) -> dict[str, Any]:
    """Plain data. `uid` is filled in when the box is made."""
    made = {"files": {}, "stdin": None, "reports": False, "uid": None, "limits": asdict(call.limits)}
    return made | {"env": _ENVIRONMENT} | _TOOLS[call.tool](call.arguments, call.limits)


def _python(arguments: tuple[str, ...], limits: Limits) -> dict[str, Any]:
    code, stdin = (*arguments, None)[:2]
    return {"files": {"main.py": code}, "stdin": stdin, "argv": [box.python(), "main.py"], "env": _python_environment()}


def _pytest(arguments: tuple[str, ...], limits: Limits) -> dict[str, Any]:
    code, tests = arguments
    return {"files": {"solution.py": code, "test_solution.py": test_file(tests)}, **_reporter("pytest_main")}


def _sql(arguments: tuple[str, ...], limits: Limits) -> dict[str, Any]:
    names = ("query.sql", "setup.sql")
    return {"files": dict(zip(names, arguments, strict=False)), **_reporter("sql_main", limits.memory, limits.output)}


def _command(arguments: tuple[str, ...], limits: Limits) -> dict[str, Any]:
    return {"argv": list(arguments)}


def _reporter(module: str, *numbers: int) -> dict[str, Any]:
    """A program of ours that reports to the supervisor by way of two pipes, whose numbers come last."""
    code = _REPORTER.format(module=module)
    argv = [box.python(), "-c", code, *map(str, numbers)]
    return {"argv": argv, "env": _python_environment(), "reports": True}


def _python_environment() -> dict[str, str]:
    return _ENVIRONMENT | _PYTHON | box.libraries()


_TOOLS = {"python": _python, "pytest": _pytest, "sql": _sql, "command": _command}
