"""A session in; who answers the calls that a test leaves unmocked, out: the engines, or the journal alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from compiler import plan
from runtime.build.budget import Allowance
from runtime.build.caller import Caller, Recorded
from runtime.build.progress import Progress
from runtime.build.session import Session
from runtime.build.tools import RecordedRuns, Sandbox
from runtime.program.stage import Bound, Tool

ASKED = "test"
"""What calls are counted under: no rows are made of them."""


@dataclass(frozen=True)
class Answering:
    """Used from a greenlet. `progress` counts what was asked."""

    roles: Callable[[plan.DatasetPlan], Mapping[str, Bound]]
    tool: Tool
    progress: Progress


def engines(session: Session) -> Answering:
    """The profile's engines and the sandbox, behind the journal, within the profile's budget."""
    progress, allowance = Progress(ASKED), Allowance(session.profile.budget)
    return Answering(
        lambda dataset: session.roles(dataset, lambda sender: Caller(sender, session.journal, progress, allowance)),
        Sandbox(session.journal, progress, allowance),
        progress,
    )


def journal(session: Session) -> Answering:
    """What was asked before, and nobody else: no call is made."""
    return Answering(
        lambda dataset: session.roles(dataset, lambda _: Recorded(session.journal)),
        RecordedRuns(session.journal),
        Progress(ASKED),
    )
