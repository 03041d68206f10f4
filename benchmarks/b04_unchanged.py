"""Benchmark 4: a build of many rows in which nothing changed, beside the build that made them; seconds printed last.

    python benchmarks/b04_unchanged.py [ROWS] [ROUNDS]

Whole processes, from the shell's prompt and back. The rows come from a file of ROWS / 10 pages, ten takes of each.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.harness import figure, process, synth

SPEC = '''edition 1
record Page {
  id: str
  text: str
}
input pages: Page = jsonl("pages.jsonl") { key = id }
prompt ask(page: Page, take: int) """
  Question {{ take }} about {{ page.text }}
"""
dataset rows {
  each page from pages
  each take in 1..10
  gen question: str = ask(page, take) with writer { max_tokens = 200 }
  emit { question = question, page = page.id }
}
'''
CONFIG = '[engines.fast]\nkind = "deterministic"\nconcurrency = 128\n[profile.default]\nengine = "fast"\n'
MUST = 2.0


def project(folder: Path, rows: int) -> None:
    (folder / "synth.toml").write_text(CONFIG)
    (folder / "rows.synth").write_text(SPEC)
    pages = ({"id": f"page{n}", "text": f"page {n}: " + "some words of it " * 20} for n in range(rows // 10))
    (folder / "pages.jsonl").write_text("".join(json.dumps(page) + "\n" for page in pages))


def built(folder: Path) -> tuple[float, int, str]:
    """Seconds, calls made, root digest."""
    took = process(synth("build", "rows.synth", "--json"), folder)
    (dataset,) = json.loads(took.said)["datasets"]
    return took.wall, dataset["calls"]["made"], dataset["root"]


def main() -> None:
    rows, rounds = (int(text) for text in (sys.argv[1:] + ["100000", "5"][len(sys.argv) - 1 :])[:2])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        project(folder, rows)
        first, calls, root = built(folder)
        print(f"first build: {first:.1f} s, {calls:,} calls, {rows / first:,.0f} rows/s")
        again = [built(folder) for _ in range(rounds)]
    assert all((made, digest) == (0, root) for _, made, digest in again), "something ran again"
    times = sorted(seconds for seconds, _, _ in again)
    print(f"nothing changed: {', '.join(f'{seconds:.2f}' for seconds in times)} s, no call, same root")
    print(f"{first / times[0]:,.0f} times faster than the first")
    figure(4, f"{times[0]:.2f} s, {rows:,} rows, no call, same root", f"at most {MUST:.0f} s")


if __name__ == "__main__":
    main()
