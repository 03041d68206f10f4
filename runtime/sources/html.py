"""One HTML page in; the text that a reader sees, its title and its headings out.

Left out: scripts, styles, navigation, forms' controls, what is hidden, and a page's footer. A page that marks its main
part is read from there. Blocks stand on lines of their own, list items after `- ` or their number, cells between ` | `.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from runtime.sources.document import Document, Heading, titled, visible
from runtime.sources.place import Where

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

LEFT_OUT = frozenset(("script", "style", "noscript", "template", "head", "nav", "menu", "dialog", "button", "select"))
LEFT_OUT |= {"input", "textarea", "datalist", "svg", "math", "canvas", "iframe", "object", "audio", "video", "map"}
ROLES = frozenset(("navigation", "search", "menu", "menubar", "dialog"))
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
APART = HEADINGS | {"p", "ul", "ol", "dl", "pre", "table", "blockquote", "figure", "hr", "header", "footer"}
APART |= {"section", "article", "main"}
"""Blocks with a blank line around them."""
LINES = frozenset(("div", "li", "tr", "dt", "dd", "address", "aside", "body", "caption", "center", "details"))
LINES |= {"fieldset", "figcaption", "form", "hgroup", "legend", "summary", "thead", "tbody", "tfoot"}
_CHARSET = re.compile(rb"<meta[^>]+charset", re.IGNORECASE)
_SPACE, _LINE, _BLANK = 1, 2, 3
_GAPS = ("", " ", "\n", "\n\n")


def parse(where: Where, path: Path) -> Document:
    page = _page(path.read_bytes())
    root = _main(page)
    writer = _Writer()
    if root is not None:
        writer.write(root)
    stated = page.css_first("title")
    titles = [stated.text() if stated is not None else "", *(heading.text for heading in writer.headings[:1])]
    title = next((title for title in titles if title.strip()), None)
    return Document(titled(title, path), "".join(writer.pieces), tuple(writer.headings))


def _page(data: bytes) -> LexborHTMLParser:
    """Decoded as browsers do: by its byte-order mark, its `<meta charset>`, as UTF-8, and else as Windows-1252."""
    from selectolax.lexbor import LexborHTMLParser

    try:
        data.decode()
    except UnicodeDecodeError:
        if not data.startswith((b"\xff\xfe", b"\xfe\xff")) and not _CHARSET.search(data[:1024]):
            return LexborHTMLParser(data.decode("cp1252", errors="replace"), scripting=True)
    return LexborHTMLParser(data, encoding=True, scripting=True)


def _main(page: LexborHTMLParser) -> LexborNode | None:
    marked = page.css("main, [role=main]")
    articles = page.css("article")
    found = marked if len(marked) == 1 else articles if len(articles) == 1 else []
    return found[0] if found and found[0].text().strip() else page.body


@dataclass
class _Writer:
    """Walks the tree with a stack of its own: a broken page may nest deeper than Python calls."""

    pieces: list[str] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    size: int = 0
    gap: int = 0
    lists: list[int | None] = field(default_factory=list)
    cells: int = 0
    heading: tuple[int, int] | None = None

    def write(self, root: LexborNode) -> None:
        stack: list[tuple[LexborNode, bool]] = [(root, False)]
        while stack:
            node, done = stack.pop()
            if done:
                self._leave(node)
            elif node.is_text_node:
                self._text(node.text_content or "")
            elif node.is_element_node and not _is_left_out(node):
                if node.tag == "pre":
                    self._verbatim(node)
                    continue
                self._enter(node)
                stack.append((node, True))
                stack.extend((child, False) for child in reversed([*node.iter(include_text=True)]))

    def _enter(self, node: LexborNode) -> None:
        tag = node.tag or ""
        self._apart(tag)
        if tag in HEADINGS:
            self.heading = (len(self.pieces), self.size)
        elif tag in ("ul", "ol"):
            self.lists.append(1 if tag == "ol" else None)
        elif tag == "li":
            self._item()
        elif tag == "tr":
            self.cells = 0
        elif tag in ("td", "th"):
            self._cell()
        elif tag == "br":
            self.gap = _BLANK if self.gap >= _LINE else _LINE

    def _leave(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag in HEADINGS and self.heading is not None:
            self._head(*self.heading)
            self.heading = None
        elif tag in ("ul", "ol") and self.lists:
            self.lists.pop()
        self._apart(tag)

    def _apart(self, tag: str) -> None:
        """A list in a list keeps to its lines."""
        wanted = _BLANK if tag in APART else _LINE if tag in LINES else 0
        nested = tag in ("ul", "ol") and len(self.lists) > 0
        self.gap = max(self.gap, _LINE if nested else wanted)

    def _item(self) -> None:
        number = self.lists[-1] if self.lists else None
        self._put(f"{'  ' * (len(self.lists) - 1)}{f'{number}.' if number else '-'}")
        self.gap = _SPACE
        if number:
            self.lists[-1] = number + 1

    def _cell(self) -> None:
        if self.cells:
            self.gap = _SPACE
            self._put("|")
            self.gap = _SPACE
        self.cells += 1

    def _head(self, first: int, start: int) -> None:
        text = "".join(self.pieces[first:]).strip()
        if text:
            self.headings.append(Heading(self.size - len(text), self.size, text))

    def _text(self, text: str) -> None:
        words = visible(text).split()
        if text[:1].isspace():
            self.gap = max(self.gap, _SPACE)
        if words:
            self._put(" ".join(words).removesuffix("¶") if self.heading else " ".join(words))
        if words and text[-1:].isspace():
            self.gap = _SPACE

    def _verbatim(self, node: LexborNode) -> None:
        self.gap = _BLANK
        self._put(visible(node.text()).replace("\r\n", "\n").strip("\n").rstrip())
        self.gap = _BLANK

    def _put(self, text: str) -> None:
        if not text:
            return
        piece = (_GAPS[self.gap] if self.pieces else "") + text
        self.pieces.append(piece)
        self.size += len(piece)
        self.gap = 0


def _is_left_out(node: LexborNode) -> bool:
    if node.tag in LEFT_OUT:
        return True
    given = node.attributes
    if "hidden" in given or given.get("aria-hidden") == "true" or given.get("role") in ROLES:
        return True
    return node.tag == "footer" and not any(parent.tag in ("article", "section") for parent in _parents(node))


def _parents(node: LexborNode) -> Iterator[LexborNode]:
    while node.parent is not None:
        node = node.parent
        yield node
