"""A text or messages in; what the server's own routes say of them (tokens, the chat template applied), out.

OpenAI's API has neither, and vLLM, llama.cpp and SGLang each have their own.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

from runtime.engines.openai.constraints import Fields
from runtime.engines.protocol import EngineRejected, EngineUnavailable, Message, Request

Post = Callable[[str, Fields], Awaitable[Any]]
"""(route, counted from the server's root; body) → JSON."""


class Tools(Protocol):
    async def tokens(self, text: str) -> int: ...

    async def applied(self, messages: Sequence[Message]) -> str:
        """The messages as the model sees them, the assistant's turn opened behind them."""
        ...


class LlamaCpp:
    def __init__(self, post: Post) -> None:
        self._post = post

    async def tokens(self, text: str) -> int:
        return len((await self._post("/tokenize", {"content": text}))["tokens"])

    async def applied(self, messages: Sequence[Message]) -> str:
        return str((await self._post("/apply-template", {"messages": spoken(messages)}))["prompt"])


class ByTokens:
    """vLLM and SGLang give the tokens of messages, and the text of tokens."""

    def __init__(self, post: Post, model: Callable[[], Awaitable[str]], text: str, **asked: object) -> None:
        self._post, self._model, self._text, self._asked = post, model, text, asked

    async def tokens(self, text: str) -> int:
        """Without what the tokenizer puts before any text."""
        full, empty = await self._ids({"prompt": text}), await self._ids({"prompt": ""})
        return len(full) - (len(empty) if full[: len(empty)] == empty else 0)

    async def applied(self, messages: Sequence[Message]) -> str:
        ids = await self._ids({"messages": spoken(messages)})
        start = await self._ids({"prompt": ""})
        if start and ids[: len(start)] == start:
            ids = ids[len(start) :]  # the tokenizer puts it there again when the text is sent
        body = {"model": await self._model(), "tokens": ids, **self._asked}
        return str((await self._post("/detokenize", body))[self._text])

    async def _ids(self, body: Fields) -> list[int]:
        ids: list[int] = (await self._post("/tokenize", {"model": await self._model(), **body}))["tokens"]
        return ids


def tools_of(kind: str | None, post: Post, model: Callable[[], Awaitable[str]]) -> Tools | None:
    if kind == "llamacpp":
        return LlamaCpp(post)
    if kind == "sglang":
        return ByTokens(post, model, "text", skip_special_tokens=False)
    return ByTokens(post, model, "prompt") if kind == "vllm" else None


def spoken(messages: Sequence[Message]) -> list[dict[str, str]]:
    return [{"role": message.role, "content": message.content} for message in messages]


async def opened(tools: Tools, request: Request, name: str) -> str:
    """The prompt of `request` as text, its open turn and prefill at the end.

    A user's turn is opened as what stands before the content of one more user message.
    """
    try:
        if request.open_role == "assistant":
            return await tools.applied(request.messages) + request.prefill
        mark = f"zq{secrets.token_hex(4)}qz"
        text = await tools.applied([*request.messages, Message("user", mark)])
    except (KeyError, TypeError) as error:
        raise EngineUnavailable(name, "the server's answer about its chat template is none") from error
    before, found, _ = text.rpartition(mark)
    if not found:
        raise EngineRejected(name, "this model's chat template changes what it is given; set `chat_template`")
    return before + request.prefill
