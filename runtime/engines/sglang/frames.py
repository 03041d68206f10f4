"""An order of roles in; the words that the model's chat template puts around contents in that order out.

They come from a local template, or from the server with markers for contents, and are checked on another text: the
server's tokens of both must be the same. Templates that strip the contents are told apart by that text, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from runtime.engines.chat import ChatTemplate
from runtime.engines.protocol import EngineRejected, Message, Request
from runtime.engines.sglang.controls import Controls
from runtime.engines.sglang.dates import names_the_day
from runtime.engines.sglang.tokens import Tokens

Order = tuple[tuple[str, ...], str]
"""The messages' roles, and whose turn is left open."""

_PROBE = " A probe: 3 words, and\n\none «line» more. "


@dataclass(frozen=True, slots=True)
class Frame:
    """`pieces[i]` stands before content `i`, the last opens the turn. `strips`: which contents lose the blanks around
    them."""

    pieces: tuple[str, ...]
    strips: tuple[bool, ...]

    def parts(self, contents: Sequence[str], prefill: str) -> list[str]:
        """The template's words and the contents in turn, from its words to the prefill."""
        found: list[str] = []
        for piece, content, strips in zip(self.pieces, contents, self.strips, strict=False):
            found += piece, content.strip() if strips else content
        return [*found, self.pieces[-1], prefill]

    def filled(self, contents: Sequence[str]) -> str:
        return "".join(self.parts(contents, ""))


class Frames:
    """`dated`: a template that was learnt here names the present day."""

    def __init__(self, name: str, tokens: Tokens, controls: Controls, template: ChatTemplate | None) -> None:
        self._name, self._tokens, self._controls, self._template = name, tokens, controls, template
        self.dated = False

    async def learn(self, order: Order) -> Frame | None:
        """The frame of an order, when prompts made with it give the server's own tokens. A server cannot leave a user's
        turn open, so that frame is what stands before one more message of the user."""
        roles, open_role = order
        if open_role == "user" and self._template is None:
            frame = await self.learn(((*roles, "user"), "assistant"))
            return _open(frame) if frame else None
        frame = self._local(order) if self._template else await self.asked(order)
        if frame is None:
            return None
        return await self._checked(frame, roles if open_role == "assistant" else (*roles, "user"), open_role)

    async def _checked(self, frame: Frame, roles: Sequence[str], open_role: str) -> Frame | None:
        messages = [Message(role, f"{_PROBE}{i} ") for i, role in enumerate(roles)]  # type: ignore[arg-type]
        try:
            wanted = await self._tokens.applied(messages)
        except EngineRejected:
            if self._template is None:
                raise
            return frame  # a server from before `/tokenize`, or from before it took messages
        await self._controls.learn("".join(frame.pieces), wanted)
        self.dated = self.dated or names_the_day("".join(frame.pieces))
        if open_role == "user":
            return await self._without_start(frame)  # there is nothing to compare with
        if await self._gives(frame, messages, wanted):
            return frame
        frame = await self._without_start(frame)
        return frame if await self._gives(frame, messages, wanted) else None

    async def _gives(self, frame: Frame, messages: Sequence[Message], wanted: list[int]) -> bool:
        return await self._tokens.of_prompt(frame.filled([m.content for m in messages])) == wanted

    def _local(self, order: Order) -> Frame | None:
        assert self._template is not None
        roles, open_role = order
        messages = tuple(Message(role, _marked(i)) for i, role in enumerate(roles))  # type: ignore[arg-type]
        text = self._template.render(Request("", messages, open_role=open_role))  # type: ignore[arg-type]
        return _frame(text, len(roles))

    async def asked(self, order: Order) -> Frame | None:
        """As the server tells it, its tokenizer's start token included."""
        roles, open_role = order
        all_roles = (*roles, "user") if open_role == "user" else roles
        messages = [Message(role, _marked(i)) for i, role in enumerate(all_roles)]  # type: ignore[arg-type]
        frame = _frame(await self._told(messages), len(all_roles))
        return _open(frame) if frame and open_role == "user" else frame

    async def _told(self, messages: Sequence[Message]) -> str:
        try:
            return await self._tokens.text(await self._tokens.applied(messages))
        except EngineRejected as error:
            if "answered 404" not in error.message:
                raise
            told = f"{error.message}: it cannot tell its chat template"
            way_out = "name a file with the model's template in synth.toml: `chat_template`"
            raise EngineRejected(self._name, told, way_out=way_out) from error

    async def _without_start(self, frame: Frame) -> Frame:
        """The frame without the token that the tokenizer adds by itself."""
        start = await self._tokens.of_prompt("")
        word = await self._tokens.text(start) if start else ""
        return replace(frame, pieces=(frame.pieces[0].removeprefix(word), *frame.pieces[1:]))


def _open(frame: Frame) -> Frame:
    """Without its last content and what stands behind it: the turn that this content began is left open."""
    return Frame(frame.pieces[:-1], frame.strips[:-1])


def _marker(index: int) -> str:
    return f"zq{index}qz"


def _marked(index: int) -> str:
    """Tabs, which no template writes, stay where the template strips nothing."""
    return f"\t{_marker(index)}\t"


def _frame(text: str, count: int) -> Frame | None:
    """`text` cut at its markers; None when the template does not keep them all, in order, once each."""
    pieces, strips = [], []
    for index in range(count):
        piece, marker, text = text.partition(_marker(index))
        if not marker or _marker(index) in text or piece.endswith("\t") != text.startswith("\t"):
            return None
        strips.append(not text.startswith("\t"))
        pieces.append(piece.removesuffix("\t"))
        text = text.removeprefix("\t")
    return Frame((*pieces, text), tuple(strips))
