"""Tokens in; tokens whose brackets all close, with line ends only where they count, and what had to be mended, out.

A bracket left open is closed where the next statement plainly begins. When the braces of a file do not add up, they are
matched once more with an eye on indentation, which says which of them is missing.
"""

from __future__ import annotations

from collections.abc import Sequence

from dsl.diagnostics import Diagnostic, Related
from dsl.frames import CLOSES, SIGNS, Balanced, Frame, doc, unclosed
from dsl.lexer import DOC, NEWLINE, STRAY, significant
from dsl.openers import insert_openers
from dsl.tokens import Token
from dsl.words import BODIED, DECLARATIONS, STATEMENTS

MAX_DEPTH = 60
LOOK_AHEAD = 500
_VALUE_ENDS = frozenset(["NAME", "STRING", "INT", "NUMBER", "QUANTITY", "PERCENT", "RPAR", "RSQB", "RBRACE", "ENDLESS"])
_STARTS_AFTER = frozenset(["NAME", "STRING", "INT"])
_OPERATORS = frozenset(["in", "and", "or", "then", "else", "by", "for", "when", "with", "times", "as"])


def balance(tokens: Sequence[Token]) -> Balanced:
    """Drops comments, hangs `##` lines on what they document, and closes or removes the brackets that do not match."""
    meaningful = list(significant(list(tokens)))
    result = _Matcher(meaningful, by_indent=False).result
    if result.diagnostics:
        opened, missing = insert_openers(meaningful)
        careful = _Matcher(opened, by_indent=True).result
        careful.diagnostics, careful.by_indent = missing + careful.diagnostics, True
        result = careful if careful.diagnostics or careful.faults or len(opened) > len(meaningful) else result
    for token in result.faults:
        token.fault = True
    return result


def is_steady(tokens: Sequence[Token]) -> bool:
    """Whether brackets that add up do so with an eye on indentation, too, and open the same bodies."""
    meaningful = list(significant(list(tokens)))
    _Matcher(meaningful, by_indent=False)
    bodies = [token.body for token in meaningful]
    opened, _ = insert_openers(meaningful)
    if len(opened) != len(meaningful) or _Matcher(opened, by_indent=True).result.diagnostics:
        return False
    return bodies == [token.body for token in meaningful]


class _Matcher:
    def __init__(self, tokens: list[Token], by_indent: bool) -> None:
        self.tokens = tokens
        self.by_indent = by_indent
        self.result = Balanced()
        self.frames = [Frame(None, body=True)]
        self.docs: list[Token] = []
        self.skipped = 0
        self.line = 0
        self.opens_line: Token | None = None
        self.told: set[int] = set()
        self.around_deep: set[int] = set()
        for index, token in enumerate(tokens):
            self._take(index, token)
        self._close_down_to(1, None)

    def _take(self, index: int, token: Token) -> None:
        if token.type == DOC:
            self.docs.append(token)
            return
        if self._opens_before_end(index, token):
            return
        if token.first and len(self.frames) > 1:
            self._begin_line(index, token)
        if self._skip(token):
            return
        if token.type == NEWLINE:
            self.line += 1
            self._newline(token)
        elif token.type in CLOSES:
            self._open(index, token)
        elif token.type in SIGNS:
            self._close(index, token)
        else:
            self._add(token)

    def _add(self, token: Token) -> None:
        frame = self.frames[-1]
        if frame.child_indent is None and token.first:
            frame.child_indent = token.indent
        if frame.head is None and frame.body:
            frame.head = token
            token.doc, self.docs = doc(self.docs), []
        elif frame.head is None:
            frame.head, self.docs = token, []
        self.result.tokens.append(token)

    def _newline(self, token: Token) -> None:
        frame = self.frames[-1]
        if frame.in_line:
            return
        frame.head = None
        if self.result.tokens and self.result.tokens[-1].type != NEWLINE:
            self.result.tokens.append(token)

    def _open(self, index: int, token: Token) -> None:
        if self.by_indent and self._ends_head(index, token):
            depth = max(depth for depth, frame in enumerate(self.frames) if not frame.in_line)
            self._close_down_to(depth + 1, token)
            if self.result.tokens[-1].type not in _VALUE_ENDS | {"NAME"}:
                self.result.tokens.append(self.result.tokens[-1].synthetic(STRAY))
        token.body = token.type == "LBRACE" and self._opens_body(index)
        self._add(token)
        self.frames.append(Frame(token, token.body, index=index, line=self.line))

    def _skip(self, token: Token) -> bool:
        """Whether the token lies deeper than is read. The first bracket that does is reported and breaks its line."""
        if not self.skipped and (token.type not in CLOSES or len(self.frames) <= MAX_DEPTH):
            return False
        if not self.skipped:
            note = f"at most {MAX_DEPTH} brackets can stand inside each other"
            self.result.report(Diagnostic("E0109", "nested too deep", token.span, notes=(note,)), token)
            self.around_deep.update(frame.index for frame in self.frames)
            self._add(token.synthetic(STRAY))
        self.skipped = max(0, self.skipped + (token.type in CLOSES) - (token.type in SIGNS))
        return True

    def _opens_body(self, index: int) -> bool:
        """Whether this `{` opens statements rather than data: right behind the head of what has a body."""
        frame, before = self.frames[-1], self.result.tokens[-1] if self.result.tokens else None
        if not frame.body or frame.head is None or before is None or before.type == NEWLINE:
            return False
        if self.by_indent and self._ends_head(index, self.tokens[index]):
            return True
        if before.text == "weighted" or not (before.type in _VALUE_ENDS or before.word):
            return False
        if frame.head.text in STATEMENTS:
            return frame.head.text in BODIED
        return index + 1 == len(self.tokens) or self.tokens[index + 1].type == NEWLINE

    def _ends_head(self, index: int, token: Token) -> bool:
        """Whether this is a `{` at the end of a line that begins a statement with a body."""
        if token.type != "LBRACE" or index + 1 >= len(self.tokens) or self.tokens[index + 1].type != NEWLINE:
            return False
        outer = next(frame for frame in reversed(self.frames) if not frame.in_line)
        return outer.body and outer.head is not None and outer.head.text in BODIED

    def _close(self, index: int, token: Token) -> None:
        depth = self._match(index, token)
        top = self.frames[-1].opener
        if top is not None and CLOSES[top.type] != token.type and self._closes_later(index, top):
            depth = None
        if depth is None:
            self._stray(token)
            if token is self.opens_line or token.first:
                self.opens_line = self.tokens[index + 1] if index + 1 < len(self.tokens) else None
            return
        self._close_down_to(depth + 1, token)
        opener = self.frames.pop().opener
        self.docs = []
        if opener is not None and CLOSES[opener.type] != token.type:
            token = self._mismatch(opener, token)
        self.result.tokens.append(token)

    def _closes_later(self, index: int, opener: Token) -> bool:
        """Whether the rest of the line closes `opener`, so that what stands at `index` is one too many."""
        depth = 1
        for token in self.tokens[index + 1 : index + LOOK_AHEAD]:
            depth += (token.type == opener.type) - (token.type == CLOSES[opener.type])
            if depth == 0 or token.type == NEWLINE:
                break
        return depth == 0

    def _match(self, index: int, token: Token) -> int | None:
        """Which frame this closes: the innermost of its kind, unless a body or the indentation stands between."""
        kinds = [frame.opener and CLOSES[frame.opener.type] for frame in self.frames]
        for depth in range(len(self.frames) - 1, 0, -1):
            if kinds[depth] == token.type:
                return self._by_indent(index, token, depth) if self.by_indent else depth
            if self.frames[depth].body:
                return None
        top = self.frames[-1].opener
        return len(self.frames) - 1 if top and top.type != "LBRACE" and token.type != "RBRACE" else None

    def _by_indent(self, index: int, token: Token, depth: int) -> int | None:
        """The frame whose line is indented as this bracket is, where the bracket opens its line."""
        opener, first = self.frames[depth].opener, token.first or token is self.opens_line
        if opener is None:
            return depth
        if token.type != "RBRACE":
            if not first and self.frames[depth].is_indented and self._ends_below(index, opener):
                return None
            return self._of_indent(token, depth) if first and token.indent < opener.indent else depth
        early = token.indent > opener.indent if first else self.frames[depth].is_indented
        if early:
            return None if opener.body or self._ends_below(index, opener) else depth
        if not first or token.indent == opener.indent:
            return depth
        for outer in range(depth - 1, 0, -1):
            found = self.frames[outer].opener
            if found is not None and found.type == "LBRACE" and found.indent == token.indent:
                return outer
        return depth

    def _ends_below(self, index: int, opener: Token) -> bool:
        """Whether a line of its own, indented as that of `opener` is, closes it: what closes it earlier is too much."""
        for token in self.tokens[index + 1 :]:
            if token.first and token.indent <= opener.indent:
                return token.indent == opener.indent and token.type == CLOSES[opener.type]
        return False

    def _of_indent(self, token: Token, depth: int) -> int:
        for outer in range(depth - 1, 0, -1):
            opener = self.frames[outer].opener
            if self.frames[outer].body or opener is None:
                break
            if CLOSES[opener.type] == token.type and opener.indent == token.indent:
                return outer
        return depth

    def _begins_statement(self, index: int) -> bool:
        """A line that can only be a new statement: its keyword, and then what no expression goes on with."""
        token = self.tokens[index]
        if not token.word or token.text not in STATEMENTS or index + 1 == len(self.tokens):
            return False
        after = self.tokens[index + 1]
        if after.type not in _STARTS_AFTER:
            return token.text == "emit" and after.type == "LBRACE"
        return not (after.word and after.text in _OPERATORS)

    def _begin_line(self, index: int, token: Token) -> None:
        """Closes what is still open where this line, by its words or by its indentation, lies outside of it."""
        inner = self.frames[-1].opener
        if inner is not None and token.indent <= inner.indent and self._begins_statement(index):
            self.skipped = 0
            outer = [depth for depth, frame in enumerate(self.frames) if frame.body]
            self._close_before(token, 1 if token.text in DECLARATIONS else outer[-1] + 1)
        if self.by_indent and token.type not in SIGNS and token.type != NEWLINE:
            keep = len(self.frames)
            while keep > 1 and self._lies_outside(token, self.frames[keep - 1]):
                keep -= 1
            self._close_before(token, keep)

    def _opens_before_end(self, index: int, token: Token) -> bool:
        """Drops what a line opens with where it is there to close a brace, as in `( }`."""
        inner = self.frames[-1]
        if not self.by_indent or not token.first or token.type not in CLOSES or index + 1 == len(self.tokens):
            return False
        after = self.tokens[index + 1]
        closes = inner.opener is not None and inner.is_indented and inner.opener.indent == token.indent
        if not closes or inner.opener is None or after.type != CLOSES[inner.opener.type]:
            return False
        self._report(unclosed(token, token), self.line)
        self.opens_line = after
        return True

    def _lies_outside(self, token: Token, frame: Frame) -> bool:
        return frame.is_indented and frame.opener is not None and token.indent <= frame.opener.indent

    def _close_before(self, token: Token, keep: int) -> None:
        if keep < len(self.frames):
            self._close_down_to(keep, token)
            self.frames[-1].head = None
            if self.result.tokens[-1].type != NEWLINE:
                self.result.tokens.append(self.result.tokens[-1].synthetic(NEWLINE))

    def _close_down_to(self, count: int, before: Token | None) -> None:
        """Closes the innermost frames until `count` are left, and reports the first: the others are left open by it."""
        told = False
        while len(self.frames) > count:
            frame = self.frames.pop()
            opener = frame.opener
            if opener is None:
                continue
            last = next((t for t in reversed(self.result.tokens) if t.type != NEWLINE), opener)
            if not told and frame.index not in self.around_deep and not self._on_faulty_line(frame.index):
                self._report(unclosed(opener, before or last), frame.line)
                self.result.faults += [last] if before is None else []
            told = True
            self.result.faults.append(opener)
            if self.result.tokens[-1].type == NEWLINE and opener.type != "LBRACE":
                self.result.tokens.pop()
            self.result.tokens.append(last.synthetic(CLOSES[opener.type], SIGNS[CLOSES[opener.type]]))

    def _on_faulty_line(self, index: int) -> bool:
        """Whether a mistake on the opener's line, such as an unclosed text, may have swallowed what closes it."""
        while index < len(self.tokens) and self.tokens[index].type != NEWLINE:
            token = self.tokens[index]
            if token.fault and token.end > token.start:
                return True
            index += 1
        return False

    def _stray(self, token: Token) -> None:
        message = f"nothing is open here for this `{token.text}` to close"
        inner = self.frames[-1].opener
        related = (Related(inner.span, "this is open"),) if inner is not None and not self.by_indent else ()
        self._report(Diagnostic("E0104", message, token.span, related=related), self.line)
        if self.frames[-1].head is not None:
            self.result.faults.append(self.frames[-1].head)

    def _report(self, diagnostic: Diagnostic, line: int) -> None:
        """A line gets one report, because what follows mostly follows from it."""
        if line not in self.told:
            self.result.diagnostics.append(diagnostic)
        self.told.add(line)

    def _mismatch(self, opener: Token, token: Token) -> Token:
        """Reports a closing bracket of the wrong kind; gives the right one for its place."""
        sign = SIGNS[CLOSES[opener.type]]
        message = f"expected `{sign}` to close the `{opener.text}`, found `{token.text}`"
        related = (Related(opener.span, "opened here"),)
        self.result.report(Diagnostic("E0104", message, token.span, related=related), opener)
        return Token(CLOSES[opener.type], sign, token.path, token.start)
