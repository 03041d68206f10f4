"""A checked template as Jinja2 source in; the messages of one call, as SGLang expressions, out.

Markers (`@user` …) are objects recognised by their type while the template's output is streamed, so no value can forge
one. The environment is an immutable sandbox with strict undefined: nothing a template says can reach Python.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, Literal

from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from compiler.functions import library, null
from runtime.program.pieces import Segment, Unsure, printed, segments
from runtime.program.state import turns

Messages = list[tuple[str, str]]


class Marker(str):
    """A place where a message opens. A `str`, so that Jinja2 passes it through; told apart by its type alone."""

    spliced: Sequence[Mapping[str, str]] = ()

    def __str__(self) -> str:
        return self


def open_(role: str) -> Marker:
    return Marker(role)


def chat_(messages: Sequence[Mapping[str, str]]) -> Marker:
    marker = Marker("chat")
    marker.spliced = messages
    return marker


@lru_cache(maxsize=1)
def environment() -> ImmutableSandboxedEnvironment:
    env = ImmutableSandboxedEnvironment(undefined=StrictUndefined, keep_trailing_newline=True, finalize=printed)
    env.globals = {"open_": open_, "chat_": chat_, "fn": library, "ops": null}
    return env


class Prompt:
    """One prompt's template, compiled at its first use.

    Calling it gives the SGLang expression of its finished messages; `text` gives a plain completion's text, and `tail`
    what an `@open` turn already says. `messages` is the same for those who do not speak SGLang.

    A judge's prompt is asked with a last line, `last`. `asks` says where it stands: "behind" the last question of the
    last user message, as a "line" of its own there, or as a "turn" of the user after what is judged.
    """

    def __init__(
        self,
        name: str,
        source: str,
        functions: Mapping[str, Callable[..., object]] | None = None,
        asks: Literal["behind", "line", "turn"] = "behind",
    ) -> None:
        self.name, self.source, self.functions, self.asks = name, source, dict(functions or {}), asks

    @cached_property
    def template(self) -> Any:
        """Its globals are a plain dict: Jinja2 copies them at every rendering, and a chain of maps is slow to copy."""
        found = environment().from_string(self.source, globals=self.functions)
        found.globals = dict(found.globals)
        return found

    @cached_property
    def segments(self) -> list[Segment] | None:
        return segments(self.source, environment(), self.functions)

    def pieces(self, values: Mapping[str, object]) -> Iterator[str]:
        template = self.template
        yield from template.root_render_func(template.new_context(values))

    def messages(self, last: Any = None, **values: Any) -> Messages:
        """The messages as (role, content); with no marker, the whole is one user message."""
        try:
            messages = self._rendered(values) if self.segments is None else _filled(self.segments, values)
        except Unsure:
            messages = self._rendered(values)
        return _PLACES[self.asks](messages, last) if last else messages

    def _rendered(self, values: Mapping[str, object]) -> Messages:
        """By Jinja2, whose output is streamed: markers come by themselves."""
        found: list[tuple[str, list[str]]] = []
        for piece in self.pieces(values):
            if not isinstance(piece, Marker):
                _append(found, piece)
            elif piece == "chat":
                found.extend((message["role"], [message["content"]]) for message in piece.spliced)
            else:
                found.append((str(piece), []))
        return [(role, _stripped(role, "".join(parts))) for role, parts in found]

    def conversation(self, **values: Any) -> list[dict[str, str]]:
        """The finished messages as data: what a prompt called outside a `gen` gives."""
        return [{"role": role, "content": text} for role, text in self.messages(**values) if role in ROLES]

    def __call__(self, last: Any = None, **values: Any) -> Any:
        return turns([turn for turn in self.messages(last, **values) if turn[0] in ROLES])

    def text(self, **values: Any) -> str:
        """The rendered text of a `@raw` prompt."""
        try:
            found = [segment.text(values) for segment in self.segments] if self.segments is not None else None
        except Unsure:
            found = None
        if found is None:
            found = [piece for piece in self.pieces(values) if not isinstance(piece, Marker)]
        return "".join(found).strip()

    def tail(self, **values: Any) -> str:
        """What the `@open` turn at the end already says; the model goes on from there."""
        role, text = self.messages(**values)[-1]
        return text if role.startswith("open") else ""


def _filled(segments: Sequence[Segment], values: Mapping[str, object]) -> Messages:
    """What stands before the first marker is the user's, if it is anything."""
    messages = []
    for segment in segments:
        role = segment.role or "user"
        text = _stripped(role, segment.text(values))
        if text or segment.role is not None:
            messages.append((role, text))
    return messages


def _stripped(role: str, text: str) -> str:
    """A message without the space around it; what the model goes on from ends as the author wrote it."""
    return text.lstrip() if role.startswith("open") else text.strip()


def _append(found: list[tuple[str, list[str]]], piece: str) -> None:
    if found:
        found[-1][1].append(piece)
    elif piece.strip():
        found.append(("user", [piece]))


def _behind(messages: Messages, last: str) -> Messages:
    """At the end of the last user message: behind a question on its line, else as a line of its own."""
    return _in_last_user(messages, last, " ")


def _line(messages: Messages, last: str) -> Messages:
    return _in_last_user(messages, last, "\n")


def _turn(messages: Messages, last: str) -> Messages:
    """One more turn of the user; two in a row would be one."""
    return _line(messages, last) if messages and messages[-1][0] == "user" else [*messages, ("user", last)]


def _in_last_user(messages: Messages, last: str, after_question: str) -> Messages:
    index = max((i for i, (role, _) in enumerate(messages) if role == "user"), default=None)
    if index is None:
        return [*messages, ("user", last)]
    role, text = messages[index]
    joint = after_question if text.endswith("?") else "\n" if text else ""
    return [*messages[:index], (role, f"{text}{joint}{last}"), *messages[index + 1 :]]


_PLACES: Mapping[str, Callable[[Messages, str], Messages]] = {"behind": _behind, "line": _line, "turn": _turn}
ROLES = frozenset(("system", "user", "assistant"))
