"""A request in; the prompt a SGLang server is sent, text or token ids, with the model's own chat template out.

The server applies the template through `/tokenize`, which would cost a second exchange for every call. But a template
puts its own words around the contents, and for one order of roles they are always the same. So the first request of an
order learns these words (`frames`), and prompts of that order are put together here, as text; or as ids, when a content
spells a control token (`controls`). Where a template does more than that, each prompt is sent through `/tokenize`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from runtime.engines.chat import ChatTemplate
from runtime.engines.protocol import EngineRejected, Request
from runtime.engines.sglang.controls import Controls
from runtime.engines.sglang.frames import Frame, Frames
from runtime.engines.sglang.once import Once
from runtime.engines.sglang.tokens import Post, Tokens

Prompt = str | list[int]


class PromptWriter:
    """`post` asks the server. Belongs to one event loop."""

    def __init__(self, name: str, post: Post, template: ChatTemplate | None) -> None:
        self._name, self._template = name, template
        self.tokens = Tokens(post)
        self._controls = Controls(post)
        self.frames = Frames(name, self.tokens, self._controls, template)
        self._frames = Once(self.frames.learn)

    async def write(self, request: Request) -> Prompt:
        if request.raw:
            return "".join(m.content for m in request.messages) + request.prefill
        frame = await self._frames.get((tuple(m.role for m in request.messages), request.open_role))
        if frame is None:
            return await self._tokenized(request)
        parts = frame.parts([m.content for m in request.messages], request.prefill)
        text = "".join(parts)
        contents = (*(m.content for m in request.messages), request.prefill)
        if not any(map(self._controls.suspects, contents)):
            return text
        cuts = await self._cuts(parts)
        return await self.tokens.of_chunks(_chunks(text, cuts)) if cuts else text

    def at_once(self, request: Request) -> str | None:
        """As `write`, where nobody has to be asked for it, as of nearly all prompts; else None."""
        if request.raw:
            return "".join(m.content for m in request.messages) + request.prefill
        contents = [m.content for m in request.messages]
        frame = self._frames.made((tuple([m.role for m in request.messages]), request.open_role))
        if frame is None or self._controls.suspects("".join((*contents, request.prefill))):
            return None
        return "".join(frame.parts(contents, request.prefill))

    async def _cuts(self, parts: Sequence[str]) -> list[int]:
        """The places in the joined text that end a control token's spelling; `parts` are the template's words and the
        contents in turn."""
        cuts, start = [], 0
        for index, part in enumerate(parts):
            if index % 2:
                cuts += [start + place for place in await self._controls.cuts(part)]
            start += len(part)
        return cuts

    async def _tokenized(self, request: Request) -> list[int]:
        """The server reads control tokens in contents as such: its `/tokenize` cannot be told not to."""
        if request.open_role == "user":
            raise EngineRejected(self._name, "this model's chat template cannot leave a user turn open")
        tokens = await self.tokens.applied(request.messages)
        return tokens + await self.tokens.of(request.prefill) if request.prefill else tokens

    async def ids(self, prompt: Prompt) -> list[int]:
        """The tokens of a prompt that `write` gave."""
        return await self.tokens.of_prompt(prompt) if isinstance(prompt, str) else prompt

    async def shown(self, prompt: Prompt) -> str:
        return prompt if isinstance(prompt, str) else await self.tokens.text(prompt)

    async def before_a_question(self) -> str | None:
        """What the template writes before a first message of the user: a system prompt that nobody gave shows here."""
        frame = await self._frames.get((("user",), "assistant"))
        return frame.pieces[0] if frame else None

    # --- reward models ---

    async def closed(self, request: Request) -> list[int]:
        """The messages' tokens with no turn left open: what a reward model reads.

        The server opens a turn behind whatever it is given, so the end of the last message is found as what stands
        before the turn of a user that follows it.
        """
        contents = [m.content for m in request.messages]
        if request.raw:
            return await self.tokens.of_prompt("".join(contents))
        if self._template:
            return await self.tokens.of(self._template.closed(request))
        frame = await self.frames.asked((tuple(m.role for m in request.messages), "user"))
        alone = await self.frames.asked((("user",), "assistant"))
        if frame is None or alone is None:
            raise EngineRejected(self._name, "this model's chat template changes what it is given; set `chat_template`")
        end = frame.pieces[-1].removesuffix(await self._common_end(frame.pieces[-1], alone.pieces[0]))
        return await self._started_once(replace(frame, pieces=(*frame.pieces[:-1], end)), contents)

    async def _common_end(self, one: str, other: str) -> str:
        """The tokens in which two texts end alike, as text: here, the words that open a user's turn."""
        left, right = await self.tokens.of_all([one, other])
        count = 0
        while count < min(len(left), len(right)) and left[-1 - count] == right[-1 - count]:
            count += 1
        return await self.tokens.text(left[len(left) - count :])

    async def _started_once(self, frame: Frame, contents: Sequence[str]) -> list[int]:
        """A start token that both the template and the tokenizer put there is one."""
        parts = frame.parts(contents, "")
        start = await self.tokens.of_prompt("")
        ids = await self.tokens.of_chunks(_chunks("".join(parts), await self._cuts(parts)))
        return ids[len(start) :] if start and ids[: 2 * len(start)] == start * 2 else ids


def _chunks(text: str, cuts: Sequence[int]) -> list[str]:
    return [text[start:end] for start, end in pairwise((0, *cuts, len(text)))]
