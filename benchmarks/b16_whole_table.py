"""Benchmark 16: peak memory and time of statements over the whole table, few rows against many, a process for each.

    python benchmarks/b16_whole_table.py [FEW] [MANY] [STATEMENT …]

No model is called: inputs → statement → emit, with shards and commit. `none` is the same build without a statement.
Statements: none, exact, minhash, meaning, ngram, select, apart, per, audit.
"""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.harness import figure, process, synth

STATEMENTS = {
    "none": "",
    "exact": "dedup page.text by exact",
    "minhash": "dedup page.text by minhash(0.8)",
    "meaning": "dedup page.text by meaning(0.9)",
    "ngram": "decontaminate page.text against benchmark.text by ngram(13)",
    "select": "select {half} by page.score",
    "apart": "select {tenth} by page.score apart page.text by meaning(0.9)",
    "per": "",
    "audit": "audit distinct(text, ngram = 2) >= 0.01 and mean(words(text)) > 1",
}
SPEC = """edition 1
record Page {{ id: str, text: str, score: float, topic: "a" | "b" | "c" }}
input pages: Page = jsonl("pages.jsonl") {{ key = id }}
input benchmark: Page = jsonl("benchmark.jsonl") {{ key = id }}
dataset rows {{
  {target}
  each page from pages
  {before}
  emit {{ text = page.text, score = page.score }}
  {after}
}}
"""
MUST_RATIO = 1.3


def project(folder: Path, rows: int, statement: str) -> None:
    """One row in five is another one's text with a few words changed."""
    (folder / "synth.toml").write_text('[engines.none]\nkind = "deterministic"\n[profile.default]\nengine = "none"\n')
    said = STATEMENTS[statement].format(half=rows // 2, tenth=rows // 10)
    before, after = ("", said) if statement == "audit" else (said, "")
    target = f"target = {rows // 4} per page.topic" if statement == "per" else ""
    (folder / "rows.synth").write_text(SPEC.format(target=target, before=before, after=after))
    _write(folder / "pages.jsonl", rows, seed=1)
    _write(folder / "benchmark.jsonl", 2_000, seed=2)


def _write(path: Path, rows: int, seed: int) -> None:
    import orjson

    source, texts = random.Random(seed), list[str]()
    vocabulary = [word for word in _words() if len(word) > 3]
    with path.open("wb") as file:
        for number in range(rows):
            words = source.choices(vocabulary, k=40)
            if texts and number % 5 == 0:
                words = source.choice(texts).split()
                words[source.randrange(40)] = "changed"
            texts = [*texts[-500:], " ".join(words)]
            row = {"id": f"p{number}", "text": texts[-1], "score": source.random(), "topic": source.choice("abc")}
            file.write(orjson.dumps(row) + b"\n")


def _words() -> list[str]:
    from pydoc_data.topics import topics

    return sorted({word for text in topics.values() for word in text.split() if word.isalpha()})


def measured(rows: int, statement: str) -> float:
    with tempfile.TemporaryDirectory() as name:
        project(Path(name), rows, statement)
        took = process(synth("build", "rows.synth"), Path(name))
    print(f"{statement:>8} {rows:>9,} rows: peak {took.peak:6.1f} MB, {took.wall:6.1f} s", flush=True)
    return took.peak


def main() -> None:
    few, many = (int(text) for text in (sys.argv[1:3] + ["20000", "200000"][len(sys.argv[1:3]) :]))
    ratios: dict[str, float] = {}
    for statement in sys.argv[3:] or STATEMENTS:
        small, large = measured(few, statement), measured(many, statement)
        ratios[statement] = large / small
        print(f"{statement:>8} ratio {ratios[statement]:.2f}")
    worst = max(ratios, key=ratios.__getitem__)
    figure(16, f"{ratios[worst]:.2f} × by {worst}, {many:,} rows over {few:,}", f"at most {MUST_RATIO} ×")


if __name__ == "__main__":
    main()
