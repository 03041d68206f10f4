"""A folder in; a project with one open pull request, whose rows were added, removed, changed, dropped and marked, out.

What its texts hold is what a page must survive: markup, changes of direction, control characters, long lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runtime.build.build import Options, build
from runtime.build.session import Session
from runtime.config.project import Project
from runtime.engines.deterministic import DeterministicEngine
from runtime.review import Reviews
from runtime.store.open import project_store
from runtime.store.port import CommitId, Store
from runtime.tables.schema import INT, STR
from tests.acceptance.workshop import SPEC, Workshop
from tests.diff.builder import Builder, Version, step

AUTHOR = "Ada Lovelace <ada@example.org>"
REVIEWER = "Grace Hopper <grace@example.org>"
SOURCE, TARGET = "tone", "main"
DATASET = "notes"
TEXT = """edition 1
record Page { id: str, text: str, short: str, topic: str, score: int }
input pages: Page = jsonl("pages.jsonl") { key = id }
dataset notes {
  each page from pages
  let note = [page.text, "In short:", page.short].join(" ")
  filter words(page.short) > 1
  flag note when page.score > 90
  emit { note = note, topic = page.topic, score = page.score }
}
"""
EDITED = TEXT.replace('"In short:", ', "").replace("words(page.short) > 1", "words(page.short) > 2")
HOSTILE = {
    "markup": "<script>document.title = 'owned'</script> <img src=x onerror=alert(1)> &amp; </td>",
    "bidi": "user \u202etxt.exe\u202c \u2066isolated\u2069 \u200fright",
    "control": "bell \x07 escape \x1b[31mred\x1b[0m null-like \x00 delete \x7f",
    "long": "word " * 400 + "unbroken" * 60,
}
"""By the key of the row; each stands in a row that is added, changed and marked for a person."""


@dataclass(frozen=True)
class Reviewed:
    """`number` is the pull request's. `build` runs the spec as it lies in the folder, on a branch."""

    root: Path
    number: int

    @property
    def project(self) -> Project:
        return Project.find(self.root)

    @property
    def store(self) -> Store:
        return project_store(self.project)

    @property
    def reviews(self) -> Reviews:
        return Reviews(self.store)

    def build(self, branch: str) -> None:
        built(Workshop(self.root), branch)

    def rows(self, branch: str) -> dict[str, dict[str, Any]]:
        """The dataset's rows by their printed keys."""
        return {row["key"]: row for row in Workshop(self.root).rows(DATASET, ref=branch)}


def reviewed_project(folder: Path, rows: int = 40) -> Reviewed:
    """Of `rows` + 4 rows on `main`, 4 are gone on `tone` (one of them filtered) and all others changed; 2 are new."""
    work = Workshop(folder).write(TEXT, pages=_pages(range(rows), hostile=False))
    first = built(work, TARGET)
    work.store.create_branch(SOURCE, first)
    work.write(EDITED, pages=_pages(range(3, rows + 2), hostile=True))
    built(work, SOURCE)
    return _opened(work.root, "Shorter notes")


def large_project(folder: Path, rows: int = 100_000) -> Reviewed:
    """`rows` rows of two columns, of which every one has another text on `tone`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "synth.toml").write_text('[profile.default]\nengine = "embedded"\n')
    builder = Builder(folder / ".synth")
    builder.commit(TARGET, notes=_version(rows, "is"))
    builder.store.create_branch(SOURCE, builder.store.resolve(TARGET))
    builder.commit(SOURCE, notes=_version(rows, "was"))
    return _opened(folder, "Other words")


def built(work: Workshop, branch: str) -> CommitId:
    project = Project.find(work.root)
    with Session(project, project.config.profile(), DeterministicEngine()) as session:
        analysis = work.analysis(session, {})
        assert analysis.ok, analysis.errors
        build(analysis, session, Options(branch))
    head = work.store.head(branch)
    assert head is not None
    return head


def _opened(root: Path, title: str) -> Reviewed:
    reviews = Reviews(project_store(Project.find(root)))
    said = f"They were too long.\n{HOSTILE['markup']}\n{HOSTILE['bidi']}"
    return Reviewed(root, reviews.open(SOURCE, TARGET, title, said, AUTHOR).number)


def _pages(numbers: range, *, hostile: bool) -> Iterator[dict[str, Any]]:
    """Page 7 has a summary of two words, which the edited spec drops."""
    for n in numbers:
        short = "just two" if n == 7 else f"note number {n}"
        yield _page(f"page{n:03}", f"Page {n} is about {'loops' if n % 3 else 'names'}.", short, n)
    for key, text in HOSTILE.items():
        yield _page(key, text if hostile else f"This will be {key}.", "as you see", 95)


def _page(key: str, text: str, short: str, score: int) -> dict[str, Any]:
    topic = "loops" if "loops" in text else "names"
    return {"id": key, "text": text, "short": short, "topic": topic, "score": score}


def _version(rows: int, verb: str) -> Version:
    table = {(f"note{n:06}",): {"note": f"The text number {n} {verb} this one.", "score": n} for n in range(rows)}
    return Version(
        tables={DATASET: ({"note": STR, "score": INT}, table)},
        steps=(step("let note", f'let note = "… {verb} …"'),),
        key=("page",),
        sources={SPEC: f"edition 1\n# {verb}\n"},
    )
