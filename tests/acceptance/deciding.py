"""What a model says of each page in; a project that is really built, and a person who decides about its rows, out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from runtime.build.build import Build
from runtime.decisions import Decision, decide, state
from runtime.engines.deterministic import DeterministicEngine
from runtime.engines.protocol import Request
from runtime.store.port import CommitId
from tests.acceptance.workshop import Workshop

SPEC = '''edition 1

record Page {{ id: str, group: "a" | "b" }}
input pages: Page = jsonl("pages.jsonl") {{ key = id }}

dataset lines {{
  {target}
  each page from pages
  gen line: str with writer """
    Line {{{{ page.id }}}}.
  """
  {statements}
}}
'''
EMIT = "emit { line = line, group = page.group }"
ADA = "Ada <ada@example.org>"


class Desk:
    """One project whose writer says `said[n]` of page n, and a person who decides about its rows."""

    def __init__(self, folder: Path, said: list[str], statements: str = EMIT, target: str = "") -> None:
        self.said, self.calls = said, 0
        rows = [{"id": str(n), "group": "ab"[n % 2]} for n in range(len(said))]
        self.work = Workshop(folder).write(SPEC.format(target=target, statements=statements), pages=rows)

    def answer(self, request: Request) -> str:
        found = re.search(r"Line (\d+)", request.messages[-1].content)
        assert found is not None
        self.calls += 1
        return self.said[int(found[1])]

    def build(self, **options: Any) -> Build:
        return self.work.build(DeterministicEngine(respond=self.answer), **options)

    def settled(self) -> Build:
        """A build, and one after it that has nothing to do."""
        made = self.build()
        again = self.build()
        assert [one.how for one in again.datasets] == ["unchanged"] and again.commit is None
        return made

    def decide(self, *new: Decision, **options: Any) -> CommitId:
        return decide(self.work.store, "main", "lines", new, **options).id

    def lines(self, table: str = "lines", column: str = "line") -> dict[str, Any]:
        return {row["key"]: row[column] for row in self.work.rows("lines", table)}

    def states(self) -> dict[str, str]:
        head = self.work.head
        assert head is not None
        return {one.decision.key: one.state for one in state(self.work.store, head, "lines")}

    def counts(self) -> tuple[int, int, dict[str, int]]:
        counts = self.work.at("lines").manifest.counts
        return counts.attempted, counts.kept, dict(counts.rejected)


def reject(key: str, table: str = "lines") -> Decision:
    return Decision(table, key, "", "reject", {}, ADA, "no")


def edit(key: str, line: str, table: str = "lines", column: str = "line") -> Decision:
    return Decision(table, key, "", "edit", {column: line}, ADA)


def numbered(count: int) -> list[str]:
    return [f"line {n}" for n in range(count)]
