"""A script and projects in; a process for each of them, all at the same time: `at_once.py SCRIPT ROUNDS PROJECT…`.

They are forked from this one when it has imported what a build needs: four processes do so four times as long.
"""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

NEEDED = ("runtime.cli", "runtime.cli.build", "runtime.cli.merge", "runtime.build.build", "runtime.merge", "duckdb")


def main(script: str, rounds: str, *roots: str) -> None:
    module = importlib.import_module(f"tests.store.{script}")
    for name in NEEDED:
        importlib.import_module(name)
    children = [_forked(module.main, root, Path(root).name, rounds) for root in roots]
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    sys.exit(any(codes))


def _forked(work: Callable[..., object], *arguments: str) -> int:
    if child := os.fork():
        return child
    os._exit(_ended(work, arguments))


def _ended(work: Callable[..., object], arguments: Sequence[str]) -> int:
    code: object = 0
    try:
        work(*arguments)
    except SystemExit as ended:
        code = ended.code
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    return 1 if code else 0


if __name__ == "__main__":
    main(*sys.argv[1:])
