"""A place in a `synth.toml` in; what could be written there, what stands there, and where it is declared, out."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lsprotocol import types

from runtime.config.described import ENGINE, TABLES, Described, Settings, of_engine, table
from runtime.config.model import EMBEDDED
from runtime.config.places import Places
from runtime.lsp.markdown import fenced
from runtime.lsp.view import View

_PART = re.compile(r"[A-Za-z0-9_-]+|\"[^\"\n]*\"|'[^'\n]*'")
_HEADER = re.compile(r"^[ \t]*\[\[?([^\]\n]*)\]", re.MULTILINE)
_VALUE = re.compile(r"""^[ \t]*(?P<key>[\w."'-]+)[ \t]*=[ \t]*(?P<value>.*)$""", re.DOTALL)
_KIND = re.compile(r'^[ \t]*kind[ \t]*=[ \t]*"(\w+)"', re.MULTILINE)
_NAMED = frozenset({"engine"})


@dataclass(frozen=True, slots=True)
class Spot:
    """The table that the place stands in, the line up to it, and the word that it is in or behind."""

    view: View
    offset: int
    keys: tuple[str, ...]
    before: str
    start: int
    end: int

    @property
    def word(self) -> str:
        return self.view.document.text[self.start : self.end]

    @property
    def settings(self) -> Settings:
        """Of the table; an engine's own by its kind."""
        found = table(self.keys)
        settings = dict(found[1]) if found is not None else {}
        if len(self.keys) == 2 and self.keys[0] == "engines":
            settings |= of_engine(self.kind)
        return settings

    @property
    def kind(self) -> str:
        text = self.view.document.text
        headers = list(_HEADER.finditer(text, 0, self.offset))
        start = headers[-1].end() if headers else 0
        following = _HEADER.search(text, start)
        own = _KIND.search(text, start, following.start() if following else len(text))
        return own[1] if own else "llamacpp"


def spot(view: View, position: types.Position) -> Spot:
    offset, text = view.offset(position), view.document.text
    headers = [match for match in _HEADER.finditer(text) if match.end() <= offset]
    keys = tuple(part.strip("\"'") for part in _PART.findall(headers[-1][1])) if headers else ()
    before = text[text.rfind("\n", 0, offset) + 1 : offset]
    start = offset - len(re.search(r"[\w-]*$", before)[0])  # type: ignore[index]
    behind = re.compile(r"[\w-]*").match(text, offset)
    return Spot(view, offset, keys, before, start, behind.end() if behind else offset)


# --- completion ---


def completion(view: View, params: types.CompletionParams) -> types.CompletionList:
    at = spot(view, params.position)
    return types.CompletionList(is_incomplete=False, items=list(_items(at)))


def _items(at: Spot) -> Iterator[types.CompletionItem]:
    if re.match(r"[ \t]*\[", at.before):
        yield from _headers(at)
    elif found := _VALUE.match(at.before):
        yield from _values(at, found["key"], found["value"])
    else:
        written = _written(at)
        for key, setting in at.settings.items():
            if key not in written or key == at.word:
                yield _item(at, at.start, key, setting.form, setting.doc, types.CompletionItemKind.Property)


def _headers(at: Spot) -> Iterator[types.CompletionItem]:
    """A table for each name that there is; `*` is offered as a name to be written."""
    start = at.offset - len(at.before) + at.before.index("[")
    end = at.offset + (at.view.document.text[at.offset : at.offset + 1] == "]")
    for path, (doc, _) in TABLES.items():
        for keys in _filled(at, path):
            text = f"[{'.'.join(keys)}]"
            kind = types.CompletionItemKind.Module
            yield _item(at, start, text, text, doc, kind, end)


def _filled(at: Spot, path: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
    if "*" not in path:
        return [path]
    if path.count("*") > 1:
        return []
    names = _names(at, path[0]) or ({"default"} if path[0] == "profile" else {"gpu"})
    return [tuple(name if part == "*" else part for part in path) for name in sorted(names)]


def _values(at: Spot, key: str, typed: str) -> Iterator[types.CompletionItem]:
    """Engines by their names, and what a setting lists; whole, with their quotes."""
    start = at.offset - len(typed)
    known = at.settings.get(key)
    if key in _NAMED or at.keys[-1:] == ("roles",):
        for name in sorted({EMBEDDED, *_names(at, "engines")}):
            yield _item(at, start, f'"{name}"', f'"{name}"', "", types.CompletionItemKind.Reference, _line_end(at))
    for choice in known.choices if known is not None else ():
        yield _item(at, start, choice, choice, "", types.CompletionItemKind.EnumMember, _line_end(at))


def _line_end(at: Spot) -> int:
    """A quote that the editor has closed by itself is replaced with what is in it."""
    text = at.view.document.text
    return at.end + (text[at.end : at.end + 1] == '"')


def _item(
    at: Spot, start: int, label: str, text: str, doc: str, kind: types.CompletionItemKind, end: int | None = None
) -> types.CompletionItem:
    place = at.view.lines.range(start, at.end if end is None else end)
    written = types.MarkupContent(types.MarkupKind.Markdown, doc) if doc else None
    return types.CompletionItem(
        label, kind=kind, documentation=written, filter_text=label, text_edit=types.TextEdit(place, text)
    )


def _names(at: Spot, of: str) -> set[str]:
    """The engines or profiles that are written, in a file that need not be right."""
    found = (_PART.findall(match[1]) for match in _HEADER.finditer(at.view.document.text))
    return {parts[1].strip("\"'") for parts in found if len(parts) > 1 and parts[0] == of}


def _written(at: Spot) -> Mapping[str, Any]:
    try:
        found: Any = tomllib.loads(at.view.document.text)
    except tomllib.TOMLDecodeError:
        return {}
    for key in at.keys:
        found = found.get(key, {}) if isinstance(found, dict) else {}
    return found if isinstance(found, dict) else {}


# --- hover and definition ---


def hover(view: View, params: types.HoverParams) -> types.Hover | None:
    at = spot(view, params.position)
    found = _described(at)
    if found is None:
        return None
    text = f"{fenced(found.form, 'toml')}\n\n{found.doc}"
    if found.choices:
        text += f"\n\nOne of {', '.join(f'`{choice}`' for choice in found.choices)}."
    place = view.lines.range(at.start, at.end)
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text), place)


def _described(at: Spot) -> Described | None:
    if (head := _header_at(at)) is not None:
        found = table(head)
        return Described(f"[{'.'.join(head)}]", found[0]) if found is not None else None
    if "=" in at.before:
        return None
    return at.settings.get(at.word) or (ENGINE.get(at.word) if at.keys[:1] == ("engines",) else None)


def _header_at(at: Spot) -> tuple[str, ...] | None:
    """The path of the header that the place is in."""
    for match in _HEADER.finditer(at.view.document.text):
        if match.start() <= at.offset < match.end():
            return tuple(part.strip("\"'") for part in _PART.findall(match[1]))
    return None


def definition(view: View, params: types.DefinitionParams) -> types.Location | None:
    """An engine's name leads to its table."""
    at = spot(view, params.position)
    place = Places(view.source).span(("engines", at.word)) if "=" in at.before and at.word else None
    written = view.source.slice(place) if place is not None else ""
    return view.location(place) if place is not None and at.word in written else None
