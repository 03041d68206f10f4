"""What the supervisor told in; the tool's result, plain JSON, out. It holds no time and no place of this machine."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from typing import Any

from runtime.tools.call import ToolCall

REASONS = ("time", "memory", "processes", "output", "files", "failed", "no tests", "no report", "forged", "error")
"""Besides `exit 3` and `signal SEGV`. null: all went well."""
_CUT = "\n… cut here: the limit of the output was reached"
_HINTS: Mapping[str, str] = {
    "MemoryError": "memory",
    "Cannot allocate memory": "memory",
    "can't start new thread": "processes",
    "Resource temporarily unavailable": "processes",
    "No space left on device": "files",
    "File too large": "files",
    "File size limit exceeded": "files",
    "Too many open files": "files",
}
"""How programs themselves say, in their last line, which limit they ran into. It names a failure, never makes one."""


def result(call: ToolCall, told: dict[str, Any]) -> dict[str, Any]:
    """`exit_code` is null where the program came to no end of its own: a limit or a signal ended it."""
    found = _TOOLS[call.tool](call, told)
    stopped = told["reason"] is not None or (found["reason"] or "").startswith("signal")
    return {**found, "exit_code": None} if stopped and "exit_code" in found else found


def _program(call: ToolCall, told: dict[str, Any]) -> dict[str, Any]:
    """python and command."""
    reason = told["reason"] or _ending(told["code"], told["output"])
    return _common(call, reason, told["output"], told["reason"]) | {"exit_code": told["code"]}


def _pytest(call: ToolCall, told: dict[str, Any]) -> dict[str, Any]:
    """A run that did not come to its end has one error and nothing that passed."""
    report = _of_types(told["report"], {"passed": int, "failed": int, "errors": int, "output": str})
    if told["reason"] or not report:
        why = told["reason"] or ("forged" if told["report"] else _ending(told["code"], told["output"]) or "no report")
        return _common(call, why, told["output"], told["reason"]) | _counts(told["code"], 0, 1, 1)
    passed, failed, errors = report["passed"], report["failed"], report["errors"]
    if passed + failed == 0:
        return _common(call, "no tests", report["output"]) | _counts(told["code"], 0, 1, 1)
    reason = "failed" if failed else None
    return _common(call, reason, report["output"]) | _counts(1 if failed else 0, passed, failed, errors)


def _counts(code: int, passed: int, failed: int, errors: int) -> dict[str, Any]:
    return {"exit_code": code, "passed": passed, "failed": failed, "errors": errors}


def _sql(call: ToolCall, told: dict[str, Any]) -> dict[str, Any]:
    found = _of_types(told["report"], {"columns": list, "rows": list})
    if found and not told["reason"]:
        return _common(call, None, "\n".join(found["rows"])) | {"rows": found["rows"], "columns": found["columns"]}
    mistake = _of_types(told["report"], {"reason": str, "output": str})
    reason = told["reason"] or mistake.get("reason") or _ending(told["code"], told["output"]) or "no report"
    output = mistake.get("output", told["output"])
    return _common(call, reason, output, told["reason"]) | {"rows": [], "columns": []}


def _of_types(report: Any, types: Mapping[str, type]) -> dict[str, Any]:
    """The report, if it is one: it was written where code that nobody has read ran. Else an empty one."""
    whole = isinstance(report, dict) and all(type(report.get(name)) is kind for name, kind in types.items())
    return report if whole else {}


def _common(call: ToolCall, reason: str | None, output: str, stopped: str | None = None) -> dict[str, Any]:
    """`output` without the newlines at its end, as a shell's `$(…)` gives it."""
    written = output.encode("utf-8", "replace")
    text = written[: call.limits.output].decode("utf-8", "ignore").rstrip("\n")
    cut = _CUT if stopped == "output" or len(written) > call.limits.output else ""
    return {"ok": reason is None, "output": text + cut, "reason": reason}


def _ending(code: int, output: str) -> str | None:
    if code == 0:
        return None
    last = output.rstrip().rpartition("\n")[2]
    hint = next((reason for words, reason in _HINTS.items() if words in last), None)
    return hint or (f"exit {code}" if code < 128 or code > 192 else _signal(code - 128))


def _signal(number: int) -> str:
    try:
        return f"signal {signal.Signals(number).name.removeprefix('SIG')}"
    except ValueError:
        return f"exit {number + 128}"


_TOOLS = {"python": _program, "command": _program, "pytest": _pytest, "sql": _sql}
