"""The servers that the environment names in; recordings of the engines' contract against them out.

    python -m tests.engines.recorded.record [ENGINE…]

A recording that is not made again, because its test is gone, is removed when all others were made.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Collection
from pathlib import Path

from tests.engines.recorded.live import EMBEDDING, GENERATING, Server
from tests.engines.recorded.tapes import FOLDER, RECORDS

ROOT = Path(__file__).parents[3]
TAKEN = {
    "sglang": (GENERATING, "test_sglang.py::TestRecordedSglang"),
    "openai": (GENERATING, "test_openai.py::TestRecordedOpenAI"),
    "check": (GENERATING, "test_check.py::TestRecordedCheck"),
    "embedder": (EMBEDDING, "test_sglang.py::TestRecordedSglangEmbedder"),
}
"""For each folder of recordings the server that is wanted, and the tests."""


def record(engine: str) -> int:
    """The exit code of the tests; 1 where there is no server to record."""
    variable, tests = TAKEN[engine]
    if not Server(variable).url:
        print(f"{engine}: no recordings made, since {variable} names no server")
        return 1
    began = time.time()
    command = [sys.executable, "-m", "pytest", "--no-header", str(FOLDER.relative_to(ROOT) / tests)]
    code = subprocess.run(command, cwd=ROOT, env={**os.environ, RECORDS: "1"}).returncode
    old = [file for file in sorted((FOLDER / engine).glob("*.jsonl.gz")) if file.stat().st_mtime < began]
    for file in old if code == 0 else ():
        print(f"{engine}: {file.name} is of no test any more")
        file.unlink()
    return code


def main(engines: Collection[str]) -> int:
    """Fails unless at least one was recorded, and none failed that has a server."""
    wanted = [engine for engine in TAKEN if not engines or engine in engines]
    codes = [record(engine) for engine in wanted]
    served = [code for engine, code in zip(wanted, codes, strict=True) if Server(TAKEN[engine][0]).url]
    return max(served, default=1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
