"""A model's own chat template and a request in; the prompt as the model sees it out.

The prompt comes in pieces that say whether they are the template's words or the messages': only the former may hold
control tokens, so that a page which contains `<|im_end|>` ends no turn.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dsl.diagnostics import Diagnostic, SynthError
from runtime.engines.protocol import EngineRejected, Request

# Around every content; templates pass them through. No message can know them, so none can forge them.
_OPEN, _CLOSE = f"\ue0f0{secrets.token_hex(8)}", f"\ue0f1{secrets.token_hex(8)}"


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    control: bool
    """Whether control tokens in `text` are meant as such."""


class ChatTemplate:
    """A Jinja2 chat template as models carry it, compiled once, in a sandbox: it comes with a download."""

    def __init__(self, source: str, engine: str, *, bos: str = "", eos: str = "") -> None:
        from jinja2 import TemplateError
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        environment = ImmutableSandboxedEnvironment(
            trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
        )
        environment.globals.update(raise_exception=_raise, bos_token=bos, eos_token=eos)
        try:
            self._template = environment.from_string(source)
        except TemplateError as error:
            raise SynthError(_unreadable(engine, error)) from error
        self._engine = engine

    def pieces(self, request: Request) -> list[Piece]:
        """The prompt of `request`, the open turn and its prefill at the end; raises `EngineRejected`."""
        if request.raw:
            return [Piece("".join(m.content for m in request.messages) + request.prefill, True)]
        turns: list[dict[str, str]] = [{"role": m.role, "content": _marked(m.content)} for m in request.messages]
        if request.open_role == "assistant":
            text = self._applied(turns, add_generation_prompt=True)
        else:
            text = self._applied([*turns, {"role": "user", "content": _OPEN}], add_generation_prompt=False)
            text = text.rpartition(_OPEN)[0]
        return [*_split(text), *([Piece(request.prefill, False)] if request.prefill else [])]

    def render(self, request: Request) -> str:
        return "".join(piece.text for piece in self.pieces(request))

    def closed(self, request: Request) -> str:
        """The messages with no turn left open: what a reward model reads."""
        turns = [{"role": m.role, "content": m.content} for m in request.messages]
        return self._applied(turns, add_generation_prompt=False)

    def _applied(self, turns: list[dict[str, str]], **options: bool) -> str:
        from jinja2 import TemplateError

        try:
            return self._template.render(messages=turns, **options)
        except (TemplateError, TypeError) as error:
            raise EngineRejected(self._engine, f"the model's chat template refuses these messages: {error}") from error


def _unreadable(engine: str, error: Exception) -> Diagnostic:
    return Diagnostic(
        code="E0803",
        message=f"the chat template of engine `{engine}` is no Jinja2 template",
        notes=(str(error),),
        help="give the engine a `chat_template` that is one, or a model that carries one",
    )


def _marked(content: str) -> str:
    return f"{_OPEN}{content}{_CLOSE}"


def _split(text: str) -> Iterator[Piece]:
    while text:
        control, _, rest = text.partition(_OPEN)
        control = control.replace(_CLOSE, "")  # left behind by a template that cuts contents
        if control:
            yield Piece(control, True)
        content, _, text = rest.partition(_CLOSE)
        if content:
            yield Piece(content, False)


def _raise(message: str) -> Any:
    from jinja2 import TemplateError

    raise TemplateError(message)
