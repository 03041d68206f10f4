"""A request in; the prompt a SGLang server is sent, text or token ids, with the model's own chat template out.

The server applies the template through `/tokenize`, which would cost a second exchange for every call. But a template
puts its own words around the contents, and for one order of roles they are always the same. So the first request of an
order learns these words, from a local template or from the server with markers for contents, and checks on another
text that the server's tokens come out the same. If they do, prompts of that order are put together here; if they do
not, each is sent through `/tokenize`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from runtime.engines.chat import ChatTemplate
from runtime.engines.protocol import EngineRejected, Message, Request

Post = Callable[[str, Any], Awaitable[Any]]
Order = tuple[tuple[str, ...], str]
Prompt = str | list[int]

_PROBE = "A probe: 3 words, and\n\none «line» more."


@dataclass(frozen=True, slots=True)
class Frame:
    """The template's words for one order of roles: `pieces[i]` stands before content `i`, the last opens the turn."""

    pieces: tuple[str, ...]

    def filled(self, contents: Sequence[str], prefill: str) -> str:
        inner = (part for piece, content in zip(self.pieces, contents, strict=False) for part in (piece, content))
        return "".join((*inner, self.pieces[-1], prefill))


class PromptWriter:
    """`post(path, body)` asks the server and gives its JSON."""

    def __init__(self, name: str, post: Post, template: ChatTemplate | None) -> None:
        self._name, self._post, self._template = name, post, template
        self._frames: dict[Order, asyncio.Task[Frame | None]] = {}

    async def write(self, request: Request) -> Prompt:
        if request.raw:
            return "".join(m.content for m in request.messages) + request.prefill
        order = (tuple(m.role for m in request.messages), request.open_role)
        task = self._frames.get(order)
        if task is None:
            task = self._frames[order] = asyncio.ensure_future(self._learn(order))
        try:
            frame = await asyncio.shield(task)
        except BaseException:
            if task.done():
                self._frames.pop(order, None)  # a fault of the moment: the next request tries again
            raise
        if frame is None:
            return await self._tokenized(request)
        return frame.filled([m.content for m in request.messages], request.prefill)

    async def closed(self, request: Request) -> list[int]:
        """The messages' tokens with no turn left open: what a reward model reads.

        The server opens a turn behind whatever it is given, so the end of the last message is found as what stands
        before the turn of a user that follows it.
        """
        if request.raw:
            return await self._ids({"prompt": "".join(m.content for m in request.messages)})
        if self._template:
            return await self.tokenize(self._template.closed(request))
        frame = await self._asked((tuple(m.role for m in request.messages), "user"))
        alone = await self._asked((("user",), "assistant"))
        if frame is None or alone is None:
            raise EngineRejected(self._name, "this model's chat template changes what it is given; set `chat_template`")
        text = frame.filled([m.content for m in request.messages], "")
        return await self._started_once(text.removesuffix(await self._common_end(frame.pieces[-1], alone.pieces[0])))

    async def _common_end(self, one: str, other: str) -> str:
        """The tokens in which two texts end alike, as text: here, the words that open a user's turn."""
        left, right = await self.tokenize(one), await self.tokenize(other)
        count = 0
        while count < min(len(left), len(right)) and left[-1 - count] == right[-1 - count]:
            count += 1
        return await self.detokenize(left[len(left) - count :])

    async def _started_once(self, text: str) -> list[int]:
        """The ids of `text`; a start token that both the template and the tokenizer put there is one."""
        start, ids = await self._ids({"prompt": ""}), await self._ids({"prompt": text})
        return ids[len(start) :] if start and ids[: 2 * len(start)] == start * 2 else ids

    async def tokenize(self, text: str) -> list[int]:
        """The ids of `text`, without what the tokenizer puts before any text."""
        empty, full = await self._ids({"prompt": ""}), await self._ids({"prompt": text})
        return full[len(empty) :] if full[: len(empty)] == empty else full

    async def detokenize(self, tokens: list[int]) -> str:
        answer = await self._post("/detokenize", {"tokens": tokens, "skip_special_tokens": False})
        return str(answer["text"])

    # --- learning an order ---

    async def _learn(self, order: Order) -> Frame | None:
        """The frame of an order, when prompts made with it give the server's own tokens."""
        frame = self._local(order) if self._template else await self._asked(order)
        if frame is None:
            return None
        roles, open_role = order
        messages = [Message(role, f"{_PROBE} {i}") for i, role in enumerate(roles)]  # type: ignore[arg-type]
        wanted = await self._applied(messages)
        if open_role == "user":
            return frame  # the server cannot leave a user turn open, so there is nothing to compare with
        if await self._gives(frame, messages, wanted):
            return frame
        frame = await self._without_start(frame)
        return frame if await self._gives(frame, messages, wanted) else None

    async def _gives(self, frame: Frame, messages: Sequence[Message], wanted: list[int]) -> bool:
        return await self._ids({"prompt": frame.filled([m.content for m in messages], "")}) == wanted

    def _local(self, order: Order) -> Frame | None:
        assert self._template is not None
        roles, open_role = order
        messages = tuple(Message(role, _marker(i)) for i, role in enumerate(roles))  # type: ignore[arg-type]
        text = self._template.render(Request("", messages, open_role=open_role))  # type: ignore[arg-type]
        return _frame(text, len(roles))

    async def _asked(self, order: Order) -> Frame | None:
        """An open user turn is what stands before one more user message."""
        roles, open_role = order
        all_roles = (*roles, "user") if open_role == "user" else roles
        messages = [Message(role, _marker(i)) for i, role in enumerate(all_roles)]  # type: ignore[arg-type]
        frame = _frame(await self.detokenize(await self._applied(messages)), len(all_roles))
        return Frame(frame.pieces[:-1]) if frame and open_role == "user" else frame

    async def _without_start(self, frame: Frame) -> Frame:
        """The frame without the token that the tokenizer adds by itself."""
        start = await self._ids({"prompt": ""})
        word = await self.detokenize(start) if start else ""
        return Frame((frame.pieces[0].removeprefix(word), *frame.pieces[1:]))

    # --- the server ---

    async def _tokenized(self, request: Request) -> list[int]:
        if request.open_role == "user":
            raise EngineRejected(self._name, "this model's chat template cannot leave a user turn open")
        tokens = await self._applied(request.messages)
        return tokens + await self.tokenize(request.prefill) if request.prefill else tokens

    async def _applied(self, messages: Sequence[Message]) -> list[int]:
        return await self._ids({"messages": [{"role": m.role, "content": m.content} for m in messages]})

    async def _ids(self, body: dict[str, Any]) -> list[int]:
        tokens: list[int] = (await self._post("/tokenize", body))["tokens"]
        return tokens


def _marker(index: int) -> str:
    return f"zq{index}qz"


def _frame(text: str, count: int) -> Frame | None:
    """`text` cut at its markers; None when the template does not keep them all, in order, once each."""
    pieces = []
    for index in range(count):
        piece, marker, text = text.partition(_marker(index))
        if not marker or _marker(index) in text:
            return None
        pieces.append(piece)
    return Frame((*pieces, text))
