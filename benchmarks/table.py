"""Names of benchmarks in; their scripts run, one after the other, and their figures in docs/benchmarks.md's table out.

    python -m benchmarks.table [--long] [--url URL] [NAME …]

A name is the beginning of a script's: `b11`. Without any, all that take minutes; with `--long` those that take longer.
Benchmark 14 needs a server, named by `--url`. A figure that is not measured now keeps its line.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs/benchmarks.md"
BEGIN, END = "<!-- figures -->\n", "<!-- end of figures -->\n"
HEAD = "| # | what | must reach | measured | when, on what |\n| --- | --- | --- | --- | --- |\n"
LONG = ("b16", "b17", "b18")
NEEDS_URL = ("b14",)
LINE = re.compile(r"^figure 0*(\d+): (.*) \(must: (.*)\)$", re.MULTILINE)
WHAT = {
    1: "calls/s of a build, against a plain aiohttp client; latency 0",
    2: "the same at 50 ms, 512 in flight",
    3: "peak memory of a build",
    4: "a build of 100,000 rows with nothing changed",
    5: "the last prompt changed, four steps",
    6: "draws",
    7: "diff, edits together, against a full outer join",
    8: "diff, edits scattered, against that join",
    9: "diff's time, ten times the rows",
    10: "commit, against one sorted zstd file",
    11: "a spec of 1,000 lines checked again; cold starts",
    12: "diagnostics after a keystroke, 1,000 lines",
    13: "tokens/s on the embedded engine, against a loop by hand",
    14: "tokens/s on an SGLang server, against a replay",
    15: "two Ray workers against one",
    16: "memory of statements over the whole table",
    17: "10,000,000 rows: commit, diff, query",
    18: "10,000,000 rows: statements over the whole table",
    19: "effects stored before they are used",
}


def scripts(names: Sequence[str], long: bool, url: str | None) -> list[Path]:
    found = sorted(HERE.glob("b[0-9][0-9]_*.py"))
    if names:
        return [script for script in found if script.name.startswith(tuple(names))]
    wanted = [script for script in found if script.name.startswith(LONG) == long]
    return [script for script in wanted if url or not script.name.startswith(NEEDS_URL)]


def measured(script: Path, url: str | None) -> dict[int, tuple[str, str]]:
    """What a script prints as its figures: number → what was measured, what it must be. Shown while it runs."""
    print(f"== {script.name}", flush=True)
    command = [sys.executable, str(script), *([url] if url and script.name.startswith(NEEDS_URL) else [])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            print(f"   {line}", end="", flush=True)
            said.append(line)
    if process.returncode:
        print(f"   {script.name} ended with {process.returncode}: its line stays as it is", flush=True)
        return {}
    return {int(number): (found, must) for number, found, must in LINE.findall("".join(said))}


def machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GB, Python {'.'.join(platform.python_version_tuple()[:2])}"


def page(text: str, figures: dict[int, tuple[str, str]], when: str) -> str:
    """The page with these figures in its table, which stands between two marks; all else is written by hand."""
    before, _, rest = text.partition(BEGIN)
    table, _, behind = rest.partition(END)
    lines: dict[int, str] = {}
    for number, line in _lines(table):
        lines[number] = lines.get(number, "") + line
    for number, (found, must) in figures.items():
        lines[number] = f"| {number} | {WHAT.get(number, '')} | {must} | {found} | {when} |\n"
    return before + BEGIN + HEAD + "".join(lines[number] for number in sorted(lines)) + END + behind


def _lines(table: str) -> Iterator[tuple[int, str]]:
    for line in table.splitlines(keepends=True):
        number = line.split("|")[1].strip() if line.count("|") > 2 else ""
        if number.isdigit():
            yield int(number), line


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*")
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--url")
    options = parser.parse_args()
    when = f"{datetime.date.today():%d %B %Y}, {machine()}"
    for script in scripts(options.names, options.long, options.url):
        figures = measured(script, options.url)
        PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), figures, when), encoding="utf-8")


if __name__ == "__main__":
    main()
