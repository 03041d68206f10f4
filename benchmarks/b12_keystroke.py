"""Benchmark 12: what a language server waits for: the diagnostics of a spec of 1,000 lines after a keystroke, and then
what could follow there, what is there, where it is declared, and what every name means.

    python benchmarks/b12_keystroke.py [KEYSTROKES]

Texts are typed character by character at random places (inside prompts, names and numbers, whole statements on new
lines, quotes and brackets that do not add up until they are finished) and taken back one by one. Each keystroke is
timed in a workspace, which reads again what changed, and every tenth as a check of the whole file beside it. At every
fifth the questions of an editor are asked too, each timed by itself, at the place where was typed.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.harness import figure, median, quantile
from benchmarks.long_spec import long_spec
from compiler.analysis import Analysis, analyse
from compiler.workspace import Workspace
from dsl.source import Span
from runtime.cli import run
from runtime.sources.catalog import ProjectCatalog

LINES, MUST, PATH = 1_000, 50, "specs/large.synth"
BEHIND_WORDS = ("of", "a", "x2", " and")
STATEMENTS = (
    "\n  let other = page.text",
    "\n  filter words(page.text) > 3",
    '\n  require page.text != "" else retry 2',
    "\n  # a remark",
)
DECLARATIONS = (
    '\nprompt more(page: Page) """\n  Say {{ page.text }}.\n"""',
    "\nparam many: int = 3",
    "\nrecord Other { a: str }",
)


def keystrokes(text: str, number: int) -> Iterator[str]:
    """The file after each: something is typed character by character, then taken back in the same way."""
    chance, made = random.Random(12), 0
    while made < number:
        at, typed = _somewhere(text, chance)
        states = [text[:at] + typed[:length] + text[at:] for length in range(1, len(typed) + 1)]
        for state in [*states, *states[-2::-1], text]:
            made += 1
            yield state


def _somewhere(text: str, chance: random.Random) -> tuple[int, str]:
    """Behind a word (of a prompt, a statement, a name), below a line of a body, or below a declaration."""
    at, kind = chance.randrange(len(text)), chance.random()
    if kind < 0.5:
        while at < len(text) and text[at].isalnum():
            at += 1
        return at, chance.choice(BEHIND_WORDS)
    at = text.find("\n}\n" if kind < 0.6 else "\n  ", at)
    if at < 0:
        return _somewhere(text, chance)
    return (at + 2, chance.choice(DECLARATIONS)) if kind < 0.6 else (at, chance.choice(STATEMENTS))


QUESTIONS: dict[str, Callable[[Analysis, int], object]] = {
    "completion": lambda analysis, at: analysis.completions(PATH, at),
    "signature": lambda analysis, at: analysis.signature(PATH, at),
    "hover": lambda analysis, at: analysis.hover(PATH, at),
    "definition": lambda analysis, at: analysis.definition(PATH, at),
    "semantic": lambda analysis, at: analysis.semantic(PATH),
    "symbols": lambda analysis, at: analysis.symbols(PATH),
    "hints": lambda analysis, at: analysis.hints(PATH, Span(PATH, max(0, at - 2_000), at + 2_000)),
    "folds": lambda analysis, at: analysis.folds(PATH),
}
"""What an editor asks of a file after a keystroke; hints are those of a screen."""


def _typed_at(before: str, after: str) -> int:
    """Behind the last character that differs."""
    same = 0
    while same < min(len(before), len(after)) and before[-1 - same] == after[-1 - same]:
        same += 1
    return len(after) - same


def main(number: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        run(["new", folder])
        text = long_spec((Path(folder) / "specs/questions.synth").read_text(), LINES)
        catalog = ProjectCatalog(Path(folder))
        workspace = Workspace(catalog)
        workspace.edit(PATH, text)
        edited, whole, mistakes = [], [], 0
        asked: dict[str, list[float]] = {name: [] for name in QUESTIONS}
        before = text
        for count, state in enumerate(keystrokes(text, number)):
            started = time.perf_counter()
            found = workspace.edit(PATH, state)
            edited.append(1000 * (time.perf_counter() - started))
            mistakes += bool(found.errors)
            if count % 5 == 0:
                place = _typed_at(before, state)
                for name, question in QUESTIONS.items():
                    started = time.perf_counter()
                    question(found, place)
                    asked[name].append(1000 * (time.perf_counter() - started))
            before = state
            if count % 10 == 0:
                started = time.perf_counter()
                same = analyse(PATH, catalog, texts={PATH: state}).diagnostics == found.diagnostics
                whole.append(1000 * (time.perf_counter() - started))
                assert same, "an edit and a whole check differ"
    print(f"{len(edited):,} keystrokes, {mistakes:,} of which left the file with a mistake")
    print(f"edit:        median {median(edited):5.1f} ms, 95 of 100 below {quantile(edited, 0.95):5.1f} ms")
    print(f"whole check: median {median(whole):5.1f} ms, 95 of 100 below {quantile(whole, 0.95):5.1f} ms")
    for name, times in asked.items():
        print(f"{name + ':':12} median {median(times):5.1f} ms, 95 of 100 below {quantile(times, 0.95):5.1f} ms")
    shown = (
        f"{median(edited):.0f} ms median, {quantile(edited, 0.95):.0f} ms at 95 %, whole check {median(whole):.0f} ms"
    )
    figure(12, shown, f"at most {MUST} ms median")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 1_000)
