"""What a feature is: the request's method, the function that answers it, and what the server says about it at the
start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from runtime.lsp.view import View

Found = TypeVar("Found")
Errand = Callable[[], Found]
"""What may take its time: it is done beside the questions, and does not look at what changes with them."""


@dataclass(frozen=True, slots=True)
class Later:
    """An answer that an errand gives; `otherwise` where it gives none, or not soon."""

    errand: Errand[Any]
    otherwise: Any = None


@dataclass(frozen=True, slots=True)
class Told:
    """An answer, and what the person who asked should read beside it."""

    answer: Any
    text: str


@dataclass(frozen=True, slots=True)
class Feature:
    """`answer` is a function of a moment of a text and the request's parameters. It reads, and changes nothing.

    `configuration` answers for a `synth.toml`; without it there, and for other texts, `nothing` is the answer.
    """

    method: str
    answer: Callable[[View, Any], Any]
    options: Any = None
    nothing: Any = None
    configuration: Callable[[View, Any], Any] | None = None

    def of(self, view: View, params: Any) -> Any:
        if view.is_spec:
            return self.answer(view, params)
        if view.is_configuration and self.configuration is not None:
            return self.configuration(view, params)
        return None
