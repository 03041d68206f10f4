"""A script of what judges say in; an engine that answers so, and counts what it is asked, out."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random

from runtime.engines.deterministic import DeterministicEngine
from runtime.engines.labels import judgement
from runtime.engines.protocol import Answer, Request

Says = Callable[[str], float | Mapping[str, float]]
"""The last user message → the probability of yes, or of each label."""


@dataclass
class Critic(DeterministicEngine):
    """Answers every question with labels as `says` has it; `asked` are the last user messages, in order."""

    says: Says = lambda message: 0.5
    asked: list[str] = field(default_factory=list)

    def _judge(self, request: Request, random: Random) -> Answer:
        last = [message.content for message in request.messages if message.role == "user"][-1]
        self.asked.append(last)
        said = self.says(last)
        shares = said if isinstance(said, Mapping) else {"yes": said, "no": 1 - said}
        return judgement({name: math.log(max(share, 1e-12)) for name, share in shares.items()}, prompt_tokens=1)
