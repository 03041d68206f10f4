"""A compiled spec in; its first candidates run and told whole, with every prompt as the model sees it, out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

from compiler.analysis import Analysis
from compiler.functions.canonical import shown
from compiler.functions.plain import plain
from runtime.build.budget import Allowance
from runtime.build.caller import Caller
from runtime.build.changes import tables_at
from runtime.build.chosen import chosen
from runtime.build.foretell import asked
from runtime.build.inputs import Inputs
from runtime.build.meanings import asking
from runtime.build.meanings import enforce as enforce_meanings
from runtime.build.needs import enforce as enforce_needs
from runtime.build.progress import Progress
from runtime.build.run import Job
from runtime.build.session import Session
from runtime.build.tools import Sandbox
from runtime.config.model import Budget
from runtime.engines.protocol import Answer, Engine, Request
from runtime.program.outcome import Kept, Outcome, Rejected
from runtime.program.row import Row
from runtime.program.trace import Event, printed_cell
from runtime.scheduler.dispatch import Dispatcher
from runtime.sources import Tables
from runtime.sources.stored import Table, table_of_rows
from runtime.tables.keys import Key, print_key


@dataclass(frozen=True, slots=True)
class Previewed:
    """`calls` are (cell, prompt as rendered, answer) in the order in which they were made; `rows` what it emits."""

    dataset: str
    key: str
    end: str
    calls: list[tuple[str, str, str]]
    rows: list[Mapping[str, Any]]

    def json(self) -> dict[str, Any]:
        calls = [{"cell": cell, "prompt": prompt, "answer": answer} for cell, prompt, answer in self.calls]
        return {"dataset": self.dataset, "key": self.key, "end": self.end, "calls": calls, "rows": self.rows}


@dataclass
class Listening:
    """A caller that also remembers how each request was rendered, by its digest."""

    engine: Engine
    caller: Caller
    rendered: dict[str, str] = field(default_factory=dict)

    async def complete(self, request: Request) -> Answer:
        answer = await self.caller.complete(request)
        self.rendered[request.digest.hex()] = self.engine.render(request)
        return answer


@dataclass
class Rows:
    """What later datasets see: committed tables, and where there are none the rows that were just previewed."""

    committed: Tables
    made: dict[tuple[str, str], list[tuple[Key, Mapping[str, Any]]]] = field(default_factory=dict)

    def add(self, dataset: str, key: Key, outcome: Outcome) -> None:
        for table, position, columns in outcome.rows if isinstance(outcome, Kept) else ():
            emit = table.partition("/")[0]
            self.made.setdefault((dataset, emit), []).append(((*key, *position), plain(dict(columns))))

    def table(self, dataset: str, table: str) -> Table | None:
        found = self.committed(dataset, table)
        if found is None and (dataset, table) in self.made:
            return table_of_rows(dataset, self.made[dataset, table])
        return found


async def preview(
    analysis: Analysis, session: Session, only: str | None, number: int, branch: str = "main"
) -> list[Previewed]:
    """The first `number` candidates of each chosen dataset, kept or not; a mix has none.

    What one is made from is read from the branch; of a dataset that is not there yet, the previewed rows stand in.
    """
    found: list[Previewed] = []
    rows = Rows(tables_at(session, branch))
    try:
        datasets = chosen(analysis, only)
        enforce_needs(datasets, session)
        enforce_meanings(datasets, session)
        for loaded in datasets:
            name = loaded.plan.name
            if loaded.mix is not None or (only not in (None, name) and rows.committed(name, name) is not None):
                continue
            inputs = Inputs.open(loaded, session.project.root, session.facts, rows.table)
            progress = Progress(loaded.plan.name)
            asked.note(session.journal, loaded.plan)
            listening: list[Listening] = []
            roles = dict(session.roles(loaded.plan, partial(_listen, session, progress, listening)))
            tool = Sandbox(session.journal, progress, Allowance(Budget()))
            encoder = asking(session, loaded.plan, progress, Allowance(Budget()))
            job = Job(loaded, inputs, roles, progress, number, number, tool, encoder=encoder)
            async for row, outcome in job.outcomes():
                rows.add(name, row.key, outcome)
                if only in (None, name):
                    found.append(_told(name, row, outcome, listening))
    finally:
        await session.close_engines()
    return found


def _listen(session: Session, progress: Progress, found: list[Listening], sender: Dispatcher) -> Listening:
    found.append(Listening(sender.engine, Caller(sender, session.journal, progress)))
    return found[-1]


def _asked(event: Event, rendered: Mapping[str, str]) -> str:
    """The prompt as the model saw it, or the texts that a tool was given."""
    if event.kind == "run" and event.arguments is not None:
        return "\n\n".join(cast(list[str], event.arguments["texts"]))
    return rendered.get(event.call or "", "")


def _answered(event: Event) -> str:
    if event.kind == "run":
        result = cast(dict[str, Any], event.value)
        return "ok" if result["ok"] else f"{result['reason']}\n{result['output']}".strip()
    return f"{event.text}" if event.p is None else f"{shown(event.value)}, p = {event.p:.2f}"


def _told(dataset: str, row: Row, outcome: Outcome, listening: list[Listening]) -> Previewed:
    rendered = {digest: text for one in listening for digest, text in one.rendered.items()}
    calls = [
        (printed_cell(event), _asked(event, rendered), _answered(event))
        for event in row.events
        if event.call is not None
    ]
    end = f"dropped by {outcome.reason}" if isinstance(outcome, Rejected) else "kept"
    rows = [plain(dict(columns)) for _, _, columns in outcome.rows] if isinstance(outcome, Kept) else []
    return Previewed(dataset, print_key(row.key), end, calls, rows)
