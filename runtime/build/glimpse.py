"""A compiled dataset in; the prompts of its first row as far as they hang on no answer, and how many calls it may make,
out. Nothing is asked, started or written, and no code of the project is run: a dataset that would need it has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import cast

from compiler import plan
from compiler.functions.tokens import WORDS, read_by
from compiler.prefix.model import tokens_of
from runtime.build.candidates import Candidate, count
from runtime.build.dry import cells
from runtime.build.foretell.guarded import guarded
from runtime.build.foretell.looker import Looker, LookingBackend
from runtime.build.foretell.looking import LookingRow
from runtime.build.glanced import Place, Unread, moment
from runtime.build.inputs import Inputs
from runtime.build.program import Loaded
from runtime.build.progress import Progress
from runtime.build.rendering import Nobody, written
from runtime.build.run import Job
from runtime.build.tools import RecordedRuns
from runtime.engines.asking import Call
from runtime.engines.protocol import Answer, Request
from runtime.journal import Journal
from runtime.program.stage import Bound
from runtime.tables.keys import print_key


@dataclass(frozen=True, slots=True)
class Glimpse:
    """Of the candidate `key`: `prompts` by gen and judge as they would be sent, and how many tokens each has, about.

    `shown` says which gen or judge asks a prompt first. `calls` are those of all candidates when each answer is right
    at once, and `all_tokens` of their prompts when every row's are as long; None where nobody knows. `unread` says why
    there is nothing of all this, where an input is not read while somebody types.
    """

    dataset: str
    key: str = ""
    prompts: Mapping[str, str] = field(default_factory=dict)
    tokens: Mapping[str, int] = field(default_factory=dict)
    shown: Mapping[str, str] = field(default_factory=dict)
    candidates: int | None = None
    calls: int | None = None
    all_tokens: int | None = None
    unread: str = ""


class _Nothing:
    """A journal in which no answer stands."""

    def get(self, digest: bytes) -> bytes | None:
        return None


_NOTHING = cast(Journal, _Nothing())


class _Reader(Nobody):
    """For `truncate(tokens = …)`: whoever looks while somebody types counts words."""

    capabilities = replace(Nobody.capabilities, tokenize=True)


class _Listening(LookingBackend):
    """Keeps what would be sent, under the gen or judge that would send it; the first call of each."""

    def __init__(self, looker: Looker) -> None:
        super().__init__(_Reader())
        self.looker = looker
        self.requests: dict[str, Request] = {}

    def _complete(self, call: Call, request: Request) -> Answer:
        assert self.looker.row is not None
        self.requests.setdefault(self.looker.row.cell, request)
        return super()._complete(call, request)


def glimpse(loaded: Loaded, place: Place) -> Glimpse | None:
    """None for a mix, and for a dataset without a candidate."""
    if loaded.mix is not None:
        return None
    try:
        with moment():
            return _glimpse(loaded, place.open(loaded))
    except Unread as unread:
        reason = str(unread)
    except TimeoutError:
        reason = "a query over its inputs takes longer than a moment"
    return Glimpse(loaded.plan.name, shown=_shown(loaded), unread=reason)


def _glimpse(loaded: Loaded, inputs: Inputs) -> Glimpse | None:
    looker = Looker(loaded.plan, guarded(loaded.text, loaded.plan.name, loaded.namespace), _NOTHING)
    backend = _Listening(looker)
    roles = {item.role: Bound(item.role, "", backend, item.settings) for item in loaded.plan.models}
    job = Job(loaded, inputs, roles, Progress(loaded.plan.name), 1, 1, RecordedRuns(_NOTHING), encoder=_no_encoder)
    candidate = next(iter(job.candidates()), None)
    if candidate is None:
        return None
    _look(job, looker, candidate)
    return _seen(loaded, inputs, candidate, backend.requests)


def _no_encoder(step: plan.Step) -> None:
    return None


def _look(job: Job, looker: Looker, candidate: Candidate) -> None:
    stage = replace(job.stage(), wanted=lambda index, group: True)
    row = LookingRow(stage, candidate.key, candidate.index, candidate.axes, looker, True)
    row.alone = True
    with read_by(WORDS):
        row.look()


def _seen(loaded: Loaded, inputs: Inputs, candidate: Candidate, requests: Mapping[str, Request]) -> Glimpse:
    prompts = {name: written(request) for name, request in requests.items()}
    tokens = {name: tokens_of(text) for name, text in prompts.items()}
    every, asked = count(inputs.axes(loaded)), cells(loaded.plan)
    known = every is not None and all(cell.name in tokens for cell in asked)
    return Glimpse(
        dataset=loaded.plan.name,
        key=print_key(candidate.key),
        prompts=prompts,
        tokens=tokens,
        shown=_shown(loaded),
        candidates=every,
        calls=every * sum(cell.each for cell in asked) if every is not None else None,
        all_tokens=(every or 0) * sum(cell.each * tokens[cell.name] for cell in asked) if known else None,
    )


def _shown(loaded: Loaded) -> dict[str, str]:
    return {cell.prompt: cell.name for cell in reversed(cells(loaded.plan)) if cell.prompt}
