"""A source (or a part of it) in; its tokens, comments among them, and the mistakes in single tokens out.

The terminals are those of `synth.lark`. What is no terminal becomes a token too, marked as a fault and reported, so
that the parser always gets the whole file.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from dsl.diagnostics import Diagnostic
from dsl.source import Source, Span
from dsl.tables import tables
from dsl.tokens import Token
from dsl.words import STATEMENTS

COMMENT, DOC, NEWLINE, STRAY = "COMMENT", "DOC", "_NL", "STRAY"
MAX_DIGITS = 18
UNITS = "ms, s, min, h, KB, MB, GB, %"
_MEANT = {
    "&": "write `and`",
    "||": "write `or`",
    "!": "write `not`",
    ";": "a statement ends at the end of its line; no `;` is needed",
    "@": "markers such as `@user` stand inside a template, alone on their line",
}
_OPENING = re.compile(r'[ \t]*(?:prompt|judge|gen)[ \t]+[A-Za-z_]\w*[ \t]*[(:][^\n]*"""[ \t\r]*(?=\n|\Z)')
_UNOPENED = ('a template opens with `"""`', "")
_UNCLOSED = ('unclosed `"""`', 'no second `"""` closes it')
_HALF_OPENING = re.compile(r"[ \t]*(?:prompt|judge|gen)[ \t]")
_HEAD_ALONE = re.compile(
    r"[ \t]*(?:(?:prompt|judge)[ \t]+\w+[ \t]*\([^\"{}#]*(?:\)|by[ \t]+\w+)"
    r"|gen[ \t]+\w+[ \t]*:[^\"#]*\bwith\b[^\"#]*)[ \t\r]*"
)
_INDENT = re.compile(r"[ \t]*(?=[^ \t\n])")
_CLOSING_ALONE = re.compile(r'[ \t]*"""[ \t\r]*(?:\{|\n|\Z)')
_STATEMENT = re.compile(rf'[ \t]*(?:{"|".join(sorted(STATEMENTS))})[ \t]+["A-Za-z_0-9{{(]')


@cache
def _pattern() -> re.Pattern[str]:
    """One alternative for each terminal that is no word, by priority, then longest first; and for what is none."""
    found = [t for t in tables().terminals if not t.text.isidentifier()]
    found.sort(key=lambda t: (-t.priority, -len(t.text)))
    numbers = [t for t in found if t.name in ("QUANTITY", "PERCENT")]
    rest = [t for t in found if t.name not in ("QUANTITY", "PERCENT", "STRING", "NAME", "TEMPLATE", "_NL")]
    string = next(t for t in found if t.name == "STRING")
    alternatives = [
        r"(?P<NAME>[A-Za-z_]\w*)",
        r"(?P<_NL>\n)",
        r"(?P<COMMENT>#[^\n]*)",
        r'(?P<TEMPLATE>""")',
        f"(?P<STRING>{string.regexp})",
        r'(?P<UNCLOSED>"[^\n]*)',
        *(f"(?P<{t.name}>{t.regexp})" for t in numbers),
        r"(?P<BADNUMBER>\d[\d_]*(?:\.\d+)?[^\W\d_]\w*)",
        r"(?P<FOREIGN>[^\W\d]\w*)",
        r"(?P<STRAY>\|\||&&|'[^'\n]*'|“[^”\n]*”)",
        *(f"(?P<{t.name}>{t.regexp})" for t in rest),
        r"(?P<OTHER>[^ \t\r])",
    ]
    return re.compile(r"[ \t\r]*(?:" + "|".join(alternatives) + ")", re.DOTALL)


class Lexer:
    """Reads `source` from `start` to `end`. `tokens` holds everything but white space, `diagnostics` what is wrong."""

    def __init__(self, source: Source, start: int = 0, end: int | None = None) -> None:
        self.source = source
        self.text = source.text
        self.end = len(source.text) if end is None else end
        self.tokens: list[Token] = []
        self.diagnostics: list[Diagnostic] = []
        self._faulty_line = -1
        self._enter_line(self.text.rfind("\n", 0, start) + 1)
        self._read(start)

    def _read(self, at: int) -> None:
        match = _pattern().match
        while found := match(self.text, at, self.end):
            kind = str(found.lastgroup)
            start, at = found.span(kind)
            if kind == NEWLINE:
                if self._misses_template(start):
                    at = self._template(start - self.text.startswith("\r\n", start - 1), quotes=0)
                    continue
                self._add(NEWLINE, start, at)
                self._enter_line(at)
            elif kind == "NAME" and self.text[start:at].isascii():
                self._add(kind, start, at)
            elif kind == "STRING" and self._half_opens_template(start, at):
                at = self._template(start, quotes=2)
            else:
                at = self._special(kind, start, at)

    def _enter_line(self, start: int) -> None:
        self.line_start = start
        self.line_text_start = start
        while self.line_text_start < self.end and self.text[self.line_text_start] in " \t":
            self.line_text_start += 1

    def _add(self, kind: str, start: int, end: int) -> Token:
        indent = self.line_text_start - self.line_start
        token = Token(kind, self.text[start:end], self.source.path, start, indent, start == self.line_text_start)
        self.tokens.append(token)
        return token

    def _special(self, kind: str, start: int, end: int) -> int:
        """Adds a token that needs a second look; gives where to read on."""
        if kind == COMMENT:
            self._comment(start, end)
        elif kind == "TEMPLATE":
            return self._template(start)
        elif kind == "UNCLOSED":
            half = self._half_opens_template(start, end)
            return self._template(start, quotes=1) if half else self._unclosed_string(start, end)
        elif kind == "BADNUMBER":
            self._bad_number(start, end)
        elif kind in ("NAME", "FOREIGN", "STRAY", "OTHER"):
            self._stray(start, end)
        else:
            token = self._add(kind, start, end)
            if kind in ("INT", "NUMBER", "QUANTITY", "PERCENT") and sum(c.isdigit() for c in token.text) > MAX_DIGITS:
                self._fault(token, "E0106", f"a number of more than {MAX_DIGITS} digits")
        return end

    def _comment(self, start: int, end: int) -> None:
        text = self.text[start:end]
        is_doc = start == self.line_text_start and text.startswith("##")
        self._add(DOC if is_doc else COMMENT, start, start + len(text.rstrip()))

    def _fault(self, token: Token, code: str, message: str, label: str = "", help_: str | None = None) -> None:
        """Marks the token and reports it; a line gets one report, because what follows mostly follows from it."""
        token.fault = True
        if self._faulty_line != self.line_start:
            self._faulty_line = self.line_start
            self.diagnostics.append(Diagnostic(code, message, token.span, label, help=help_))

    def _unclosed_string(self, start: int, end: int) -> int:
        """The text reaches to the end of its line, but leaves a body's `{` there standing."""
        line = self.text[start:end].rstrip()
        if line.endswith(" {"):
            line = line[:-1].rstrip()
        token = self._add("STRING", start, start + len(line))
        self._fault(token, "E0102", "unclosed text", 'no `"` closes it on this line')
        return token.end

    def _bad_number(self, start: int, end: int) -> None:
        token = self._add("INT", start, end)
        unit = token.text.lstrip("0123456789_.")
        self._fault(token, "E0106", f"`{unit}` is no unit of a number", f"units: {UNITS}")

    def _stray(self, start: int, end: int) -> None:
        text = self.text[start:end]
        token = self._add("STRING" if len(text) > 2 and text[0] in "'“" else STRAY, start, end)
        if text[0].isalpha() or text[0] == "_":
            self._fault(token, "E0105", f"`{text}` is no name", "names are made of a-z, A-Z, 0-9 and _")
        elif text[0] in "'`“”„":
            self._fault(token, "E0105", "a text stands between double quotes", 'write `"…"`')
        else:
            self._fault(token, "E0105", f"{_named(text)} has no meaning here", help_=_meaning(text))

    def _misses_template(self, newline: int) -> bool:
        """Whether a line ends without a `\"\"\"`, while the text below it and the one that closes that are there."""
        whole = _HEAD_ALONE.fullmatch(self.text, self.line_start, newline) is not None
        headless = not whole and self._is_lost_head(newline)
        if not whole and not headless and not self._stands_above_text(newline):
            return False
        close = self._closing(newline)
        line = self.text.rfind("\n", newline, close) + 1 if close is not None else 0
        if not line or not _CLOSING_ALONE.match(self.text, line):
            return False
        indent = self.text[self.line_start : self.line_text_start]
        if not whole and not self.text.startswith(indent + '"""', line):
            return False
        within = _filled(self.text[newline:line])
        if headless and any(map(_HALF_OPENING.match, within)):
            return False
        return all(deeper.startswith((indent + " ", indent + "\t")) for deeper in within)

    def _is_lost_head(self, newline: int) -> bool:
        """Whether a comment or nothing stands above what cannot be code, as if the head of a prompt were gone."""
        head = self.text[self.line_text_start : newline]
        if head.strip() and head[0] != "#":
            return False
        below = _INDENT.match(self.text, newline + 1, self.end)
        if below is None or below.end() - below.start() <= (self.line_text_start - self.line_start if head else 0):
            return False
        return not _STATEMENT.match(self.text, newline + 1, self.end)

    def _stands_above_text(self, newline: int) -> bool:
        """Whether the next line stands further in than this one, and this one is no comment."""
        head = self.text[self.line_text_start : newline].rstrip()
        below = _INDENT.match(self.text, newline + 1, self.end)
        if not head or head[0] == "#" or below is None:
            return False
        return below.end() - below.start() > self.line_text_start - self.line_start

    def _half_opens_template(self, start: int, end: int) -> bool:
        """Whether this `"` or `""` at the end of a prompt's head was to be a `\"\"\"`."""
        if self.text[start:end].strip() not in ('"', '""') or not _HALF_OPENING.match(
            self.text, self.line_start, self.end
        ):
            return False
        newline = self.text.find("\n", end, self.end)
        return newline > 0 and not self.text[end:newline].strip() and self._closing(end) is not None

    def _template(self, start: int, quotes: int = 3) -> int:
        """Adds the template that opens at `start`; one that is never closed ends before the next statement."""
        close = self._closing(start + quotes)
        end = close + 3 if close is not None else self._template_repair(start)
        token = self._add("TEMPLATE", start, end)
        token.fault = quotes < 3 or close is None
        if token.fault and self._faulty_line != self.line_start:
            message, label = _UNOPENED if quotes < 3 else _UNCLOSED
            opening = Span(self.source.path, start, start + quotes)
            self.diagnostics.append(Diagnostic("E0107", message, opening, label))
        newline = self.text.rfind("\n", start, end)
        if newline >= 0:
            self._enter_line(newline + 1)
        return end

    def _closing(self, at: int) -> int | None:
        """Where the next three quotes (of more, the last) stand, unless they plainly open a template of their own."""
        close = self.text.find('"""', at, self.end)
        if close < 0:
            return None
        while self.text.startswith('"', close + 3, self.end):
            close += 1
        line = self.text.rfind("\n", at, close) + 1
        return None if line and _OPENING.match(self.text, line, self.end) else close

    def _template_repair(self, start: int) -> int:
        indent = self.line_text_start - self.line_start
        at = self.text.find("\n", start, self.end)
        while 0 <= at < self.end:
            line = self.text[at + 1 : self.end].split("\n", 1)[0]
            depth = len(line) - len(line.lstrip(" \t"))
            if line.startswith('""', depth):
                return at + 1 + depth + 2
            if line.strip() == "{":
                return at + 1
            closes = line.startswith("}", depth) and depth < max(indent, 1)
            if closes or (_STATEMENT.match(line) and depth <= indent):
                return at
            at = self.text.find("\n", at + 1, self.end)
        return self.end


def _filled(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def _named(text: str) -> str:
    char = text[0]
    if char.isprintable() and not char.isspace():
        return f"`{text}`"
    return f"the character U+{ord(char):04X} ({unicodedata.name(char, 'a control character').lower()})"


def _meaning(text: str) -> str | None:
    return next((hint for opening, hint in _MEANT.items() if text.startswith(opening)), None)


def significant(tokens: list[Token]) -> Iterator[Token]:
    """The tokens that mean something: no comments, and at most one line end in a row."""
    newline = True
    for token in tokens:
        if token.type == COMMENT or (token.type == NEWLINE and newline):
            continue
        newline = token.type == NEWLINE or (token.type == DOC and newline)
        yield token
