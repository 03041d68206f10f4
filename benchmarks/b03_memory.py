"""Benchmark 3: peak memory of a build of few rows and of many, each in a process of its own; the ratio printed last.

    python benchmarks/b03_memory.py [FEW] [MANY]

Everything is on: journal, validation, provenance, shards, commit. The engine answers at once, in the same process.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

SPEC = '''edition 1
param items: int = 1
record Answer {{
  question: str
  answer: str
}}
prompt ask(item: int) """
  @system
  You write one question and its answer.
  @user
  Subject number {{{{ item }}}}.
"""
dataset rows {{
  each item in 1..{rows}
  gen pair: Answer = ask(item) with writer {{ max_tokens = 400 }}
  emit {{ question = pair.question, answer = pair.answer }}
}}
'''
CONFIG = '[engines.fast]\nkind = "deterministic"\nconcurrency = 128\n[profile.default]\nengine = "fast"\n'
MUST, MUST_RATIO = 250.0, 1.3


def project(folder: Path, rows: int) -> None:
    (folder / "synth.toml").write_text(CONFIG)
    (folder / "rows.synth").write_text(SPEC.format(rows=rows))


def child(rows: int) -> None:
    """Builds in this process, and says its peak memory in MB and its seconds."""
    from runtime.cli import run

    with tempfile.TemporaryDirectory() as name:
        project(Path(name), rows)
        os.chdir(name)
        started = time.perf_counter()
        code = run(["build", "rows.synth"])
        seconds = time.perf_counter() - started
        os.chdir("/")
    assert code == 0
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, seconds)


def measured(rows: int) -> tuple[float, float]:
    command = [sys.executable, __file__, "--child", str(rows)]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    peak, seconds = out.split()[-2:]
    print(f"{rows:>9,} rows: peak {float(peak):6.1f} MB, {float(seconds):6.1f} s, {rows / float(seconds):,.0f} rows/s")
    return float(peak), float(seconds)


def main() -> None:
    few, many = (int(text) for text in (sys.argv[1:] + ["10000", "200000"][len(sys.argv) - 1 :])[:2])
    small, seconds = measured(few)
    large, longer = measured(many)
    print(f"slope: {(many - few) / (longer - seconds):,.0f} rows/s (one call each)")
    print(f"peak {small:.0f} MB at {few:,} (must: {MUST:.0f}); ratio {large / small:.2f} (must: {MUST_RATIO} or less)")


if __name__ == "__main__":
    child(int(sys.argv[2])) if sys.argv[1:2] == ["--child"] else main()
