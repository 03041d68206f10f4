"""A user's file with a function `rows()` in; its rows as JSON lines out. Run as a process of its own, never imported.

Each line starts with a letter: `R` a row, `E` an error (with the last line of the user's own file), `D` the end. What
the file prints goes to standard error, so that it cannot be mistaken for rows.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
import traceback
from typing import Any, BinaryIO


def main(path: str) -> None:
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)
        sys.path.insert(0, os.path.dirname(path))  # noqa: PTH120 (keeps this process light)
        sys.argv = [path]
        try:
            _send(path, out)
        except BaseException as error:
            _line(out, "E", _described(error, path))
        else:
            _line(out, "D", None)


def _send(path: str, out: BinaryIO) -> None:
    names = runpy.run_path(path, run_name="synth_source")
    if not callable(names.get("rows")):
        found = sorted(name for name, value in names.items() if callable(value) and not name.startswith("_"))
        _line(out, "E", {"kind": "no rows", "functions": found})
        return
    for number, row in enumerate(names["rows"](), start=1):
        if not isinstance(row, dict):
            _line(out, "E", {"kind": "not a record", "number": number, "type": type(row).__name__})
            return
        try:
            _line(out, "R", row)
        except (TypeError, ValueError) as error:
            _line(out, "E", {"kind": "not plain", "number": number, "message": str(error)})
            return


def _line(out: BinaryIO, letter: str, value: Any) -> None:
    out.write(letter.encode() + json.dumps(value, ensure_ascii=False, allow_nan=False).encode() + b"\n")


def _described(error: BaseException, path: str) -> dict[str, Any]:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
    line = frames[-1].lineno if frames else getattr(error, "lineno", None)
    code = frames[-1].line if frames else getattr(error, "text", None)
    message = error.msg if isinstance(error, SyntaxError) else str(error)
    return {"kind": "raised", "type": type(error).__name__, "message": message, "line": line, "code": code}


if __name__ == "__main__":
    main(sys.argv[1])
