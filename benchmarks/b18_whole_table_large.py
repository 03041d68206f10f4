"""Benchmark 18: statements over the whole table at ten million candidates that ask nobody, a process for each.

    python benchmarks/b18_whole_table_large.py [CANDIDATES] [STATEMENT …]

Statements: none, exact, target, per, mix, minhash (a tenth of the candidates). Each is a build through the command,
with shards and commit; its peak memory is that of the process, threads and all. `none` is the same without a statement.
Ten million of all of them take about an hour on two cores; 1000000 shows rates in six minutes.
"""

from __future__ import annotations

import random
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.harness import figure, process, synth

MUST_GB = 4.0
DRAWN = """edition 1
dataset rows {{
  {target}
  each n in 1..{rows}
  draw group ~ [{groups}]
  draw value ~ int(1..{rows})
  {statement}
  emit {{ group = group, value = value }}
}}
"""
READ = """edition 1
record Page {{ id: int, text: str }}
input pages: Page = jsonl("pages.jsonl") {{ key = id }}
dataset rows {{
  each page from pages
  dedup page.text by minhash(0.8)
  emit {{ text = page.text }}
}}
"""
MIXED = """edition 1
record Page {{ id: int, text: str }}
input pages: Page = jsonl("pages.jsonl") {{ key = id }}
input others: Page = jsonl("others.jsonl") {{ key = id }}
mix rows {{ pages: 50%, others: 50% }}
"""


@dataclass(frozen=True)
class Case:
    """`share` of the candidates are made; of those about `kept` are kept."""

    spec: str
    target: str = ""
    statement: str = ""
    share: float = 1.0
    inputs: tuple[tuple[str, float], ...] = ()


CASES = {
    "none": Case(DRAWN),
    "exact": Case(DRAWN, statement="dedup value by exact"),
    "target": Case(DRAWN, target="target = {half}", statement="filter value % 2 == 0"),
    "per": Case(DRAWN, target="target = {twentieth} per group"),
    "mix": Case(MIXED, inputs=(("pages", 0.6), ("others", 0.4))),
    "minhash": Case(READ, share=0.1, inputs=(("pages", 1.0),)),
}


def project(folder: Path, case: Case, rows: int) -> None:
    (folder / "synth.toml").write_text('[engines.none]\nkind = "deterministic"\n[profile.default]\nengine = "none"\n')
    target = case.target.format(half=int(0.45 * rows), twentieth=rows // 20)
    groups = ", ".join(f'"group {number}"' for number in range(10))
    spec = case.spec.format(rows=rows, target=target, statement=case.statement, groups=groups)
    (folder / "rows.synth").write_text(spec)
    for name, share in case.inputs:
        _write(folder / f"{name}.jsonl", int(share * rows), words=40 if case.spec == READ else 8)


def _write(path: Path, rows: int, words: int) -> None:
    """One row in five is an earlier one's text with a word changed."""
    import orjson

    source, texts = random.Random(path.name), [""] * 500
    vocabulary = [word for word in _words() if len(word) > 3]
    with path.open("wb") as file:
        for number in range(rows):
            said = source.choices(vocabulary, k=words)
            if number % 5 == 4:
                said = texts[source.randrange(min(number, 500))].split()
                said[source.randrange(words)] = "changed"
            texts[number % 500] = " ".join(said)
            file.write(orjson.dumps({"id": number, "text": texts[number % 500]}) + b"\n")


def _words() -> list[str]:
    from pydoc_data.topics import topics

    return sorted({word for text in topics.values() for word in text.split() if word.isalpha()})


def measured(name: str, rows: int) -> float:
    """Peak memory in GB; what it took is printed."""
    case = CASES[name]
    rows = int(case.share * rows)
    with tempfile.TemporaryDirectory() as folder:
        project(Path(folder), case, rows)
        taken = process(synth("build", "rows.synth"), Path(folder))
    print(
        f"{name:>8} {rows:>10,} candidates: peak {taken.peak:6.0f} MB, {taken.wall:7.1f} s,"
        f" {rows / taken.wall:9,.0f} candidates/s, {taken.cpu / rows * 1e6:6.1f} µs of processor each",
        flush=True,
    )
    return taken.peak / 1024


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    peaks = {name: measured(name, rows) for name in sys.argv[2:] or CASES}
    told = ", ".join(name if name != "minhash" else "minhash at a tenth" for name in peaks)
    figure(18, f"{max(peaks.values()):.2f} GB at {rows:,} candidates ({told})", f"at most {MUST_GB:g} GB")


if __name__ == "__main__":
    main()
