"""A gen and its new name in; the edits that keep the seeds of its calls, out: a `salt` written, or one taken out."""

from __future__ import annotations

from dsl import tree
from dsl.diagnostics import Edit
from dsl.source import Source, Span


def salted(source: Source, node: tree.Gen, new: str) -> tuple[Edit, ...]:
    """Calls are seeded by the salt, else by the name. A salt that says the new name says nothing any more."""
    salt = next((setting for setting in node.settings if setting.name.text == "salt"), None)
    if salt is None:
        return (_written(source, node),)
    value = salt.value.value if isinstance(salt.value, tree.Constant) else None
    return _taken_out(source, node, salt) if value == new else ()


def keeps(node: tree.Gen) -> bool:
    """Whether a salt can keep the seeds: one that is no plain text is not looked at."""
    salts = [setting.value for setting in node.settings if setting.name.text == "salt"]
    return all(isinstance(value, tree.Constant) for value in salts)


def _written(source: Source, node: tree.Gen) -> Edit:
    """Behind the last setting, on a line of its own where the settings stand on lines; else in a block of its own."""
    salt = f'salt = "{node.name.text}"'
    if not node.settings:
        return _insert(source, _head_end(node), f" {{ {salt} }}")
    last = node.settings[-1]
    line_end = _line_end(source.text, last.span.end)
    if "}" in _code(source.text[last.span.end : line_end]):
        return _insert(source, last.span.end, f", {salt}")
    line = source.text.rfind("\n", 0, last.span.start) + 1
    indent = source.text[line : last.span.start]
    indent = indent[: len(indent) - len(indent.lstrip())]
    return _insert(source, line_end, f"\n{indent}{salt}")


def _taken_out(source: Source, node: tree.Gen, salt: tree.Setting) -> tuple[Edit, ...]:
    text, place = source.text, node.settings.index(salt)
    if len(node.settings) == 1:
        start, end = _head_end(node), text.find("}", salt.span.end) + 1
        alone = (text[start:end].replace(source.slice(salt.span), "", 1)).split() == ["{", "}"]
        return (_cut(source, start, end),) if alone else ()
    start, end = text.rfind("\n", 0, salt.span.start), _line_end(text, salt.span.end)
    if not text[start + 1 : salt.span.start].strip() and text[salt.span.end : end].strip() in ("", ","):
        return (_cut(source, start, end),)
    if place > 0:
        return (_cut(source, node.settings[place - 1].span.end, salt.span.end),)
    return (_cut(source, salt.span.start, node.settings[1].span.start),)


def _head_end(node: tree.Gen) -> int:
    """Behind the role, and the number of samples: where the settings begin."""
    return node.times.span.end if node.times is not None else node.role.span.end


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    end = len(text) if end < 0 else end
    return end - 1 if text[end - 1 : end] == "\r" else end


def _code(line: str) -> str:
    return line.partition("#")[0]


def _insert(source: Source, at: int, text: str) -> Edit:
    return Edit(Span(source.path, at, at), text)


def _cut(source: Source, start: int, end: int) -> Edit:
    return Edit(Span(source.path, start, end), "")
