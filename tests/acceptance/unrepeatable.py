"""A request in; an answer that is another one every time it is asked for, out: a server that keeps no seeds."""

from __future__ import annotations

from dataclasses import dataclass, replace

from runtime.engines.deterministic import DeterministicEngine
from runtime.engines.protocol import Answer, Request


@dataclass
class UnrepeatableEngine(DeterministicEngine):
    """`keeps_seeds` is a server's deterministic mode, which can be switched between two calls. `salt` begins a server's

    own course of chance. Of each prompt all but the last token counts as cached.
    """

    keeps_seeds: bool = False
    salt: int = 0

    def __post_init__(self) -> None:
        self.capabilities = replace(self.capabilities, seed=self.keeps_seeds)

    async def complete(self, request: Request) -> Answer:
        drawn = request if self.keeps_seeds else replace(request, prefill=f"{request.prefill} {self.salt} {self.calls}")
        answer = await super().complete(drawn)
        cached = max(0, answer.prompt_tokens - 1)
        return replace(answer, repeatable=self.keeps_seeds, cached_tokens=cached)
