"""What a model is to say in; a spec of the gallery built on it, and every request that it was asked, out.

What an actor is not told to say, the deterministic engine makes up: texts in the form that is asked for, and verdicts.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from runtime.engines.deterministic import DeterministicEngine
from runtime.engines.labels import judgement
from runtime.engines.protocol import Answer, Request
from tests.acceptance.workshop import Row
from tests.gallery.exhibit import Exhibit

Says = Callable[[Request], float | Mapping[str, float] | None]
"""A question with labels → the probability of yes, or of each label."""
SMALL = '[profile.small]\naudits = "warn"\nlimit = {limit}\nparams = {{ {params} }}\n'


@dataclass
class Actor(DeterministicEngine):
    """`asked` are the requests that reached it, in order."""

    says: Says = lambda request: None
    asked: list[Request] = field(default_factory=list)

    async def complete(self, request: Request) -> Answer:
        self.asked.append(request)
        return await super().complete(request)

    def _judge(self, request: Request, random: Random) -> Answer:
        said = self.says(request)
        if said is None:
            return super()._judge(request, random)
        shares = said if isinstance(said, Mapping) else {"yes": said, "no": 1 - said}
        likely = {label: math.log(max(shares.get(label, 0), 1e-9)) for label in request.labels}
        return judgement(likely, prompt_tokens=self.count_tokens(self.render(request)))

    def asked_with(self, text: str) -> list[Request]:
        """The requests whose messages hold `text`."""
        return [request for request in self.asked if any(text in message.content for message in request.messages)]


def last(request: Request) -> str:
    """What stands last in the prompt: in most, what the user says."""
    return request.messages[-1].content


def act(name: str, folder: Path, actor: DeterministicEngine, limit: int | None = None, **params: int) -> Exhibit:
    """The spec under its profile `small`, or under another of this limit and these params."""
    work = Exhibit.copy(name, folder)
    if limit is not None:
        given = ", ".join(f"{param} = {value}" for param, value in params.items())
        (work.root / "synth.toml").write_text(SMALL.format(limit=limit, params=given))
    work.small(actor)
    return work


def calls(work: Exhibit, dataset: str, cell: str) -> list[Row]:
    """What was drawn, asked or run for one cell of all rows, in order; values and arguments as they were."""
    found = [call for call in work.rows(dataset, "calls") if call["cell"] == cell]
    return [{**call, **{name: json.loads(call[name] or "null") for name in ("value", "arguments")}} for call in found]


def by_row(found: list[Row]) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = {}
    for call in found:
        rows.setdefault(call["row"], []).append(call)
    return rows
