"""A folder in; a project whose dataset is really built, branch by branch, out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from compiler.analysis import analyse
from runtime.build.build import Build, Options, build
from runtime.build.session import Session
from runtime.config import Project
from runtime.engines.deterministic import DeterministicEngine
from runtime.review import Reviews, open_reviews
from runtime.sources.catalog import ProjectCatalog
from runtime.store.open import project_store
from runtime.store.port import Store
from tests.acceptance.copies import copied
from tests.review.branches import Branches

SPEC = """edition 1

record Page {
  id: str
  text: str
}

input pages: Page = jsonl("pages.jsonl") { key = id }

dataset notes {
  each page from pages
  flag page.id when words(page.text) > 3
  emit { text = page.text, size = words(page.text) }
  audit kept >= 3
}
"""
PAGES = {"a": "one", "b": "one two", "c": "one two three", "d": "one two three four", "e": "one two three four five"}
REVIEW = '[review]\nbranches = ["main"]\n'


@dataclass
class Built(Branches):
    """`main` holds five notes, two of which are flagged. No model is asked."""

    root: Path
    review: str = REVIEW

    def __post_init__(self) -> None:
        copied(("review", self.review), self._make, self.root)

    def _make(self, root: Path) -> None:
        at, self.root = self.root, root
        self._write()
        self.build("main")
        self.root = at

    def _write(self) -> None:
        (self.root / "synth.toml").write_text(f'[engines.test]\nkind = "deterministic"\n\n{self.review}')
        (self.root / "spec.synth").write_text(SPEC)
        self.pages(**PAGES)

    @property
    def project(self) -> Project:
        return Project.find(self.root)

    @property
    def store(self) -> Store:
        return project_store(self.project)

    @property
    def reviews(self) -> Reviews:
        return open_reviews(self.project, self.store)

    def pages(self, **texts: str) -> None:
        lines = [json.dumps({"id": id_, "text": text}) + "\n" for id_, text in texts.items()]
        (self.root / "pages.jsonl").write_text("".join(lines))

    def edit(self, old: str, new: str) -> None:
        text = (self.root / "spec.synth").read_text()
        assert text.count(old) == 1
        (self.root / "spec.synth").write_text(text.replace(old, new))

    def build(self, branch: str, audits: str = "fail") -> Build:
        project = self.project
        with Session(project, project.config.profile(), DeterministicEngine()) as session:
            analysis = analyse("spec.synth", ProjectCatalog(self.root, session.facts), {}, upto="lower")
            assert analysis.ok, analysis.errors
            return build(analysis, session, Options(branch, audits=audits))  # type: ignore[arg-type]
