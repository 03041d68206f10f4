"""Parts of a template and what is known of a row in; their text out, None where only a running row knows it.

This is not how prompts are rendered (`runtime.program.prompt` is): it is how long they are, found without running one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from compiler.constant import UNKNOWN, Evaluator
from compiler.functions.plain import plain
from compiler.model import Model
from compiler.prefix.model import CHARACTERS
from dsl import tree


@dataclass(frozen=True)
class Rendering:
    """`evaluator` knows constants and, of a row, its axes, its draws and what its gens have answered."""

    model: Model
    evaluator: Evaluator

    def text(self, parts: Iterable[tree.TemplatePart]) -> str | None:
        pieces = [self._part(part) for part in parts]
        return None if None in pieces else "".join(piece for piece in pieces if piece is not None)

    def _part(self, part: tree.TemplatePart) -> str | None:
        match part:
            case tree.TemplateText(text=text):
                return text
            case tree.TemplateHole(value=value):
                return self._printed(self.value(value))
            case tree.TemplateMarker(kind="chat", value=tree.Expr() as value):
                return self._chat(self.value(value))
            case tree.TemplateIf(branches=branches):
                return self._if(branches)
            case tree.TemplateFor():
                return self._for(part)
        return ""

    def _if(self, branches: tuple[tree.TemplateBranch, ...]) -> str | None:
        for branch in branches:
            holds = True if branch.condition is None else self.value(branch.condition)
            if holds is UNKNOWN:
                return None
            if holds:
                return self.text(branch.body)
        return ""

    def _for(self, part: tree.TemplateFor) -> str | None:
        values = self.value(part.iterable)
        if values is UNKNOWN:
            return None
        if not values:
            return self.text(part.otherwise)
        symbol = self.model.symbols[part.target]
        pieces = [self.knowing({symbol: value}).text(part.body) for value in values]
        return None if None in pieces else "".join(piece for piece in pieces if piece is not None)

    def knowing(self, values: dict[Any, object]) -> Rendering:
        return replace(self, evaluator=replace(self.evaluator, values={**self.evaluator.values, **values}))

    def value(self, node: tree.Expr) -> Any:
        """A filter changes little of a text's length; `join` and `json` make a text of what is none."""
        if isinstance(node, tree.Filtered):
            inner = self.value(node.value)
            return inner if inner is UNKNOWN else self._filtered(node, inner)
        return self.evaluator.evaluate(node)

    def _filtered(self, node: tree.Filtered, inner: Any) -> Any:
        if node.filter.text == "truncate" and isinstance(inner, str):
            most = [self.evaluator.evaluate(arg.value) for arg in node.args if arg.name and arg.name.text == "tokens"]
            return inner[: CHARACTERS * most[0]] if most and isinstance(most[0], int) else inner
        if node.filter.text == "join" and isinstance(inner, list | tuple):
            between = self.evaluator.evaluate(node.args[0].value) if node.args else ""
            return str(between).join(str(self._printed(item)) for item in inner)
        return str(plain(inner)) if node.filter.text == "json" else inner

    @staticmethod
    def _printed(value: Any) -> str | None:
        """A persona stands for its text, null for nothing."""
        if value is UNKNOWN:
            return None
        if value is None:
            return ""
        if isinstance(value, dict) and isinstance(value.get("text"), str) and "id" in value:
            return str(value["text"])
        return str(value)

    @staticmethod
    def _chat(messages: Any) -> str | None:
        if messages is UNKNOWN or not isinstance(messages, list | tuple):
            return None
        return "".join(str(message.get("content", "")) for message in messages if isinstance(message, dict))
