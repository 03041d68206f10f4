"""Texts and messages in; the server's own token ids out, and back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from runtime.engines.protocol import Message

Post = Callable[[str, Any, str], Awaitable[Any]]
"""A path, a body, and the field of the server's answer that is wanted."""


class Tokens:
    """`post` asks the server."""

    def __init__(self, post: Post) -> None:
        self._post = post

    async def of_prompt(self, text: str) -> list[int]:
        """As the server tokenizes a prompt: with what its tokenizer puts before any text."""
        return await self._ids({"prompt": text})

    async def of(self, text: str) -> list[int]:
        """Of a text that stands behind another."""
        return (await self.of_all([text]))[0]

    async def of_all(self, texts: Sequence[str]) -> list[list[int]]:
        body = {"prompt": list(texts), "add_special_tokens": False}
        ids: list[list[int]] = await self._post("/tokenize", body, "tokens") if texts else []
        return ids

    async def of_chunks(self, chunks: Sequence[str]) -> list[int]:
        """Of a prompt whose chunks are tokenized apart."""
        ids = await self.of_prompt(chunks[0])
        return [*ids, *(token for more in await self.of_all(chunks[1:]) for token in more)]

    async def applied(self, messages: Sequence[Message]) -> list[int]:
        """With the model's chat template, and an assistant's turn opened behind them."""
        return await self._ids({"messages": [{"role": m.role, "content": m.content} for m in messages]})

    async def text(self, tokens: Sequence[int]) -> str:
        body = {"tokens": list(tokens), "skip_special_tokens": False}
        return str(await self._post("/detokenize", body, "text"))

    async def _ids(self, body: dict[str, Any]) -> list[int]:
        ids: list[int] = await self._post("/tokenize", body, "tokens")
        return ids
