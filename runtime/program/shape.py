"""What one model call must return: a type's constraint for the engine, and the check of every answer that comes back.

An answer is validated whatever the engine claims. `read` gives the value, or says in one line what is wrong with it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jsonschema_rs
import orjson

from compiler.functions.plain import plain
from runtime.engines.protocol import Constraint

Check = Callable[[Any], str | None]


@dataclass(frozen=True)
class Problem:
    """Why an answer is not a value of its type; one line, for the reason of a rejected row."""

    reason: str


@dataclass(frozen=True)
class Shape:
    """`kind` is how the answer is read; `source` the regex, choices or schema; `check` the type's own `where`.

    `check` gives the first broken constraint as text, or None. `broken` says why no answer can ever be of this shape.
    """

    kind: str  # "text" | "choice" | "json"
    source: Any = None
    language: str | None = None
    check: Check | None = None
    broken: str | None = None

    @classmethod
    def text(cls, regex: str | None = None, language: str | None = None, check: Check | None = None) -> Shape:
        return cls("text", regex, language, check)

    @classmethod
    def choice(cls, values: Sequence[str]) -> Shape:
        return cls("choice", tuple(values))

    @classmethod
    def json(cls, schema: Mapping[str, object], check: Check | None = None) -> Shape:
        return cls("json", schema, None, check)

    @classmethod
    def of(cls, schema: object, check: Check | None = None) -> Shape:
        """The shape whose schema is a value of the row: data, or JSON text. It may be no schema at all."""
        found = plain(cls.schema(schema))
        return cls("json", found, None, check, _not_a_schema(found))

    @staticmethod
    def schema(value: object) -> object:
        """A schema inside another one; text that is no JSON stays text, which is no schema."""
        try:
            return orjson.loads(value) if isinstance(value, str) else value
        except orjson.JSONDecodeError:
            return value

    @cached_property
    def constraint(self) -> Constraint | None:
        """What the engine decodes under; None for free text."""
        if self.kind == "json":
            return Constraint("json_schema", orjson.dumps(self.source).decode())
        if self.kind == "choice":
            return Constraint("choice", orjson.dumps(list(self.source)).decode())
        return Constraint("regex", self.source) if self.source else None

    def read(self, text: str, finish: str = "stop") -> object | Problem:
        """The value that `text` stands for, or the problem with it."""
        if finish == "length":
            return Problem("cut off at max_tokens")
        value = self._value(text)
        if isinstance(value, Problem) or self.check is None:
            return value
        broken = self.check(value)
        return Problem(broken) if broken else value

    def _value(self, text: str) -> object | Problem:
        if self.kind == "json":
            return self._read_json(text)
        return self._read_text(text) if self.kind == "text" else self._read_choice(text)

    def _read_text(self, text: str) -> str | Problem:
        text = text.strip()
        if self.source and not re.fullmatch(self.source, text):
            return Problem(f"does not match {self.source}")
        problem = LANGUAGES[self.language](text) if self.language else None
        return Problem(problem) if problem else text

    def _read_choice(self, text: str) -> str | Problem:
        text = text.strip()
        return text if text in self.source else Problem(f"is none of {', '.join(self.source)}")

    def _read_json(self, text: str) -> object | Problem:
        try:
            value: object = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            return Problem(f"is not JSON: {error}")
        if self._validator.is_valid(value):
            return value
        broken = next(self._validator.iter_errors(value))
        return Problem(f"{_path(broken.instance_path)}{broken.message}")

    @cached_property
    def _validator(self) -> jsonschema_rs.Draft202012Validator:
        return jsonschema_rs.Draft202012Validator(dict(self.source))


def _not_a_schema(value: object) -> str | None:
    if not isinstance(value, dict):
        return "its schema is not a JSON schema"
    try:
        jsonschema_rs.Draft202012Validator(value)
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
        return f"its schema is not a JSON schema: {str(error).splitlines()[0]}"
    return None


def _path(parts: Sequence[str | int]) -> str:
    return f"{'.'.join(map(str, parts))}: " if parts else ""


def _python(text: str) -> str | None:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return f"is not Python: {error}"
    return None


def _json(text: str) -> str | None:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError as error:
        return f"is not JSON: {error}"
    return None


def _markdown(text: str) -> str | None:
    from markdown_it import MarkdownIt

    try:
        MarkdownIt().parse(text)
    except (
        Exception
    ) as error:  # its parser accepts any text; a failure would be its own, and still the answer's problem
        return f"is not Markdown: {error}"
    return None


LANGUAGES: Mapping[str, Callable[[str], str | None]] = {"python": _python, "json": _json, "markdown": _markdown}
