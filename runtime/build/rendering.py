"""A call that a test's mock answers in; its prompt as it would be sent, written down, out. No model is asked.

Messages stand under their roles, spelt as in a spec and indented, so that no text passes for a role. Where the model
goes on from words that the prompt begins for it, these stand under an `@open` at the end.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from compiler.functions.tokens import WORDS, read_by
from runtime.engines.asking import Backend, Call
from runtime.engines.protocol import About, Answer, Capabilities, Request
from runtime.program.state import run


@dataclass
class Prompts:
    """`texts` are the prompts of one row in the order in which it came to them, each headed by what asks it."""

    texts: list[str] = field(default_factory=list)

    def show(self, where: str, function: Any, arguments: Mapping[str, object]) -> None:
        """What a `Stage` tells of a mocked call: its place, its SGLang function, and the arguments."""
        call = Call()
        with read_by(WORDS):
            run(function, arguments, call, _READS)
        assert call.request is not None
        self.texts.append(f"# {where}\n{written(call.request)}")


def written(request: Request) -> str:
    """`@user` and the text indented under it, for each message; one line break behind each line."""
    if request.raw:
        return _part("@raw", request.prefill)
    parts = [_part(f"@{message.role}", message.content) for message in request.messages]
    if request.prefill or request.open_role != "assistant":
        parts.append(_part(f"@open {request.open_role}", request.prefill))
    return "".join(parts)


def _part(head: str, text: str) -> str:
    """Trailing space is seen by the model and by nobody else: it ends in a mark."""
    lines = (f"{line}·" if line != line.rstrip() else line for line in text.split("\n"))
    return f"{head}\n" + textwrap.indent("".join(f"{line}\n" for line in lines) if text else "", "  ")


class Nobody:
    """An engine that can all and is never asked: the request is what matters."""

    name = identity = "nobody"
    concurrency = 1
    capabilities = Capabilities(
        json_schema=True, regex=True, choice=True, grammar=True, seed=True, logprobs=True, prefill=True
    )

    async def complete(self, request: Request) -> Answer:
        raise NotImplementedError

    def render(self, request: Request) -> str:
        return written(request)

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    async def about(self) -> About:
        return About("nobody", "1", self.identity, "none", deterministic=True)

    async def close(self) -> None:
        """Nothing is held."""


class _Reading(Backend):
    """Keeps the request with the call, and answers with nothing."""

    def _complete(self, call: Call, request: Request) -> Answer:
        call.answer, call.text = Answer(""), ""
        return call.answer


_READS = _Reading(Nobody())
