"""A page's Markdown as it stands in the repository in; the same with links as the site has them, out."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator

from docs.site.places import ROOT, place
from runtime.cli.app import BY_NAME

FENCE = re.compile(r"^(?P<mark> *`{3,})[^\n]*\n.*?^(?P=mark) *$", re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"`[^`]*`")
_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
_LINK = re.compile(r"\]\((?!\w+:)(?P<path>[^)#\s]*)(?P<anchor>#[^)\s]*)?\)")
_VERB = "#synth-"


def rewritten(text: str, path: str, at: str) -> str:
    """The page of the file `path`, to stand at `at` of the site; comments are for who edits it, and go."""

    def changed(prose: str) -> str:
        return _outside(_CODE, _COMMENT.sub("", prose), lambda words: _linked(words, path, at))

    return _outside(FENCE, text, changed)


def targets(text: str, path: str) -> Iterator[str]:
    """The files of the repository that a page leads to."""
    found: list[str] = []

    def note(part: str) -> str:
        found.extend(_file(path, link["path"]) for link in _LINK.finditer(part) if link["path"])
        return part

    _outside(FENCE, text, lambda part: _outside(_CODE, part, note))
    yield from found


def _outside(code: re.Pattern[str], text: str, change: Callable[[str], str]) -> str:
    """`change` made to everything but what is code."""
    parts, at = [], 0
    for found in code.finditer(text):
        parts += [change(text[at : found.start()]), found.group()]
        at = found.end()
    return "".join([*parts, change(text[at:])])


def _linked(text: str, path: str, at: str) -> str:
    def changed(link: re.Match[str]) -> str:
        anchor = link["anchor"] or ""
        if not link["path"]:
            return link.group()
        file = _file(path, link["path"])
        if file.startswith("docs/images/"):
            return link.group()
        return f"]({_relative(*_target(file, anchor), at)})"

    return _LINK.sub(changed, text)


def _target(file: str, anchor: str) -> tuple[str, str]:
    """A verb has a page of its own; a place in a source is its file."""
    if file == "docs/cli.md" and anchor.startswith(_VERB):
        words = anchor.removeprefix(_VERB)
        name = max((verb for verb in BY_NAME if words == verb or words.startswith(f"{verb}-")), key=len)
        return f"commands/{name}.md", anchor if words != name else ""
    shown = place(file)
    return shown, "" if shown.startswith("source/") else anchor


def _relative(page: str, anchor: str, at: str) -> str:
    return posixpath.relpath(page, posixpath.dirname(at) or ".") + anchor


def _file(path: str, link: str) -> str:
    """The file that a link of the page leads to; of a folder its README."""
    found = posixpath.normpath(posixpath.join(posixpath.dirname(path), link))
    return f"{found}/README.md" if (ROOT / found / "README.md").is_file() else found
