"""What a feature is: the request's method, the function that answers it, and what the server says about it at the
start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from runtime.lsp.view import View


@dataclass(frozen=True, slots=True)
class Feature:
    """`answer` is a function of a moment of a text and the request's parameters. It reads, and changes nothing.

    `nothing` is the answer where the text is none that the feature knows.
    """

    method: str
    answer: Callable[[View, Any], Any]
    options: Any = None
    nothing: Any = None
