"""A `\"\"\"` token in; the template's tree, each hole parsed at its own place in the file, and its mistakes out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from dsl import tree
from dsl.diagnostics import Diagnostic, Guess, Related, did_you_mean, nearest
from dsl.source import Source, Span
from dsl.template_holes import Holes
from dsl.template_lines import read_lines
from dsl.template_markers import parse_marker
from dsl.template_pieces import Piece, Scanner, body_of
from dsl.tokens import Token

TAGS = ("if", "elif", "else", "endif", "for", "endfor", "raw", "endraw")
MAX_BLOCKS = 40
_MEANT = {"elseif": "elif", "elsif": "elif", "end": "endif", "foreach": "for", "endforeach": "endfor"}
_TAG = re.compile(r"\s*([A-Za-z_]*)")


@dataclass(slots=True)
class _Arm:
    """One arm of an `{% if %}` (its condition, None for else), or the body of a `{% for %}` and its `{% else %}`."""

    condition: tree.Expr | None
    start: int
    parts: list[tree.TemplatePart] = field(default_factory=list)


@dataclass(slots=True)
class _Block:
    """An open `{% if %}` or `{% for %}`, or the template as a whole. `head` is None where the tag was broken."""

    kind: Literal["template", "if", "for"]
    opening: Span
    arms: list[_Arm]
    head: tuple[tree.Name, tree.Expr] | None = None
    has_else: bool = False


def parse_template(source: Source, token: Token) -> tuple[tree.Template, list[Diagnostic]]:
    """The tree of a template token. Broken holes and tags are left out of it, each with its message."""
    quotes = min(3, len(token.text) - len(token.text.lstrip('"')))
    closed = token.text.endswith('"""') and len(token.text) >= quotes + 3
    start, end = body_of(source.text, token.start + quotes, token.end - 3 if closed else token.end)
    scanner = Scanner(source, start, end).scan()
    holes = Holes(source, scanner.diagnostics)
    return _Parser(holes, token.span).template(read_lines(scanner.pieces, source.text)), holes.diagnostics


class _Parser:
    def __init__(self, holes: Holes, span: Span) -> None:
        self.holes = holes
        self.span = span
        self.blocks = [_Block("template", span, [_Arm(None, span.start)])]
        self.too_many = False
        self.unknown = 0

    def template(self, pieces: list[Piece]) -> tree.Template:
        queue = pieces[::-1]
        while queue:
            piece = queue.pop()
            if piece.is_text:
                self._text(piece)
            elif piece.kind == "hole":
                self._hole(piece)
            elif piece.kind == "marker":
                self._marker(piece, queue)
            elif piece.kind == "tag":
                self._tag(piece)
            elif piece.kind == "lost" and self.holes.source.text.startswith("{%", piece.start):
                self._lost_tag(piece)
        while len(self.blocks) > 1:
            self._unclosed(self.blocks[-1])
            self._finish(self.span.end)
        return tree.Template(span=self.span, parts=tuple(self.blocks[0].arms[0].parts))

    def _add(self, part: tree.TemplatePart) -> None:
        """Adds a part; text joins the text before it."""
        parts = self.blocks[-1].arms[-1].parts
        before = parts[-1] if parts else None
        if isinstance(part, tree.TemplateText) and isinstance(before, tree.TemplateText):
            parts[-1] = tree.TemplateText(span=before.span.to(part.span), text=before.text + part.text)
        else:
            parts.append(part)

    def _span(self, piece: Piece) -> Span:
        return Span(self.span.path, piece.start, piece.end)

    def _text(self, piece: Piece) -> None:
        if piece.text:
            self._add(tree.TemplateText(span=self._span(piece), text=piece.text))

    def _hole(self, piece: Piece) -> None:
        value = self.holes.expression("hole", piece.inner, "the end of the `{{ }}`")
        if value is not None:
            self._add(tree.TemplateHole(span=self._span(piece), value=value))

    def _marker(self, piece: Piece, queue: list[Piece]) -> None:
        rest: list[Piece] = []
        while piece.text.lstrip().startswith("@chat") and queue and queue[-1].start < self._line_end(piece):
            rest.append(queue.pop())
        part = parse_marker(piece, rest, self.holes)
        if part is not None:
            self._add(part)

    def _line_end(self, piece: Piece) -> int:
        newline = self.holes.source.text.find("\n", piece.end)
        return len(self.holes.source.text) if newline < 0 else newline

    # --- tags ---

    def _tag(self, piece: Piece) -> None:
        text = self.holes.source.text
        found = _TAG.match(text, *piece.inner)
        word, rest = (found[1], (found.end(), piece.inner[1])) if found else ("", piece.inner)
        if word == "if":
            self._open(_Block("if", self._span(piece), [_Arm(self._condition(rest), piece.start)]))
        elif word == "for":
            self._open(_Block("for", self._span(piece), [_Arm(None, piece.start)], head=self.holes.loop(rest)))
        elif word in ("elif", "else"):
            self._arm(word, piece, rest)
        elif word in ("endif", "endfor"):
            self._end(word, piece, rest)
        else:
            self._unknown(word, piece)

    def _lost_tag(self, piece: Piece) -> None:
        """An unclosed tag, already reported, still opens and closes what it says, so that its partner is no mistake."""
        count = len(self.holes.diagnostics)
        self._tag(piece)
        del self.holes.diagnostics[count:]

    def _unknown(self, word: str, piece: Piece) -> None:
        if word == "endraw":
            self._stray(word, piece, "raw")
            return
        label = Guess.of(word, _MEANT[word]) if word in _MEANT else did_you_mean(word, TAGS)
        message = f"templates have no tag `{word}`" if word else "a tag needs a word: if, for, …"
        place = (piece.start, piece.end)
        self.holes.report("E0503", message, place, label, f"the tags are {', '.join(TAGS)}")
        meant = (
            "for" if re.search(r"\bin\b", self.holes.source.text[slice(*piece.inner)]) else nearest(word, ["if", "for"])
        )
        if meant == "for":
            self._open(_Block("for", self._span(piece), [_Arm(None, piece.start)]))
        elif meant == "if":
            self._open(_Block("if", self._span(piece), [_Arm(self._always(piece.inner), piece.start)]))
        else:
            self.unknown += 1

    def _is_told(self) -> bool:
        """Whether a tag that could not be read, already reported, may have been the partner of one that has none."""
        self.unknown -= 1
        return self.unknown >= 0

    def _always(self, place: tuple[int, int]) -> tree.Expr:
        """What stands for a condition that could not be read, so that the checker can go on."""
        return tree.Constant(span=Span(self.span.path, *place), value=True)

    def _condition(self, place: tuple[int, int]) -> tree.Expr:
        return self.holes.expression("expression", place, "the end of the tag") or self._always(place)

    def _open(self, block: _Block) -> None:
        if len(self.blocks) == MAX_BLOCKS and not self.too_many:
            self.too_many = True
            place = (block.opening.start, block.opening.end)
            self.holes.report("E0109", "nested too deep", place, f"at most {MAX_BLOCKS} tags stand inside each other")
        self.blocks.append(block)

    def _arm(self, word: str, piece: Piece, rest: tuple[int, int]) -> None:
        block = self.blocks[-1]
        given = self.holes.source.text[slice(*rest)].strip()
        if block.kind == "template" or (word == "elif" and block.kind != "if"):
            self._stray(word, piece, "if")
        elif block.has_else:
            label = "the last arm is `{% else %}`"
            self.holes.report("E0504", f"`{{% {word} %}}` after `{{% else %}}`", (piece.start, piece.end), label)
        elif word == "else" and given:
            label = "did you mean `elif`?" if given.startswith("if ") else "take it out"
            self.holes.report("E0506", "`else` takes no condition", rest, label)
        condition = self._condition(rest) if word == "elif" else None
        if block.kind != "template":
            block.has_else |= word == "else"
            block.arms.append(_Arm(condition, piece.start))

    def _end(self, word: str, piece: Piece, rest: tuple[int, int]) -> None:
        kind = word.removeprefix("end")
        if self.holes.source.text[slice(*rest)].strip():
            self.holes.report("E0506", f"`{word}` takes nothing", rest, "take it out")
        if not any(block.kind == kind for block in self.blocks):
            self._stray(word, piece, kind)
            return
        while self.blocks[-1].kind != kind:
            self._unclosed(self.blocks[-1], piece)
            self._finish(piece.start)
        self._finish(piece.end)

    def _stray(self, word: str, piece: Piece, opening: str) -> None:
        if self._is_told():
            return
        message = f"`{{% {word} %}}` without a `{{% {opening} %}}`"
        self.holes.report("E0504", message, (piece.start, piece.end), "nothing is open here for it")

    def _unclosed(self, block: _Block, before: Piece | None = None) -> None:
        if self._is_told():
            return
        related = (Related(self._span(before), f"expected `{{% end{block.kind} %}}` before this"),) if before else ()
        label = f"no `{{% end{block.kind} %}}` closes it"
        message = f"unclosed `{{% {block.kind} %}}`"
        self.holes.diagnostics.append(Diagnostic("E0504", message, block.opening, label, related=related))

    def _finish(self, end: int) -> None:
        """Closes the innermost block and adds it where it belongs. One whose head was broken is left out."""
        block = self.blocks.pop()
        span = Span(self.span.path, block.opening.start, max(end, block.opening.end))
        if len(self.blocks) >= MAX_BLOCKS:
            return
        if block.kind == "if":
            self._add(tree.TemplateIf(span=span, branches=tuple(_branch(arm, span) for arm in block.arms)))
        elif block.head is not None:
            target, iterable = block.head
            body, *otherwise = (tuple(arm.parts) for arm in block.arms)
            rest = otherwise[0] if otherwise else ()
            self._add(tree.TemplateFor(span=span, target=target, iterable=iterable, body=body, otherwise=rest))


def _branch(arm: _Arm, block: Span) -> tree.TemplateBranch:
    ends = [arm.start, *([arm.condition.span.end] if arm.condition else []), *(part.span.end for part in arm.parts)]
    span = Span(block.path, arm.start, max(ends))
    return tree.TemplateBranch(span=span, condition=arm.condition, body=tuple(arm.parts))
