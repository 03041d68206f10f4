"""The place of an expression inside a template in; its tree, parsed by the language's own grammar there, out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from dsl import tree
from dsl.build import name
from dsl.depth import MAX_DEPTH, too_deep
from dsl.diagnostics import Diagnostic
from dsl.grammar import Misfit, Start, derive
from dsl.lexer import Lexer
from dsl.messages import unclosed, unexpected
from dsl.source import Source, Span
from dsl.tokens import Token

Place = tuple[int, int]
_NO_MEANING = frozenset(["_NL", "COMMENT", "DOC"])
_FOREIGN = {
    "if": "write `if a then b else c`, or `.where(…)` on a list",
    "is": "there are no `is` tests; compare with `==`, `null`, or a method",
    "~": "join texts with `+`",
    "//": "divide with `/`",
    "**": "there are no powers",
}


@dataclass(slots=True)
class Holes:
    """Parses expressions of one source; the mistakes gather in `diagnostics`."""

    source: Source
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def expression(self, rule: Start, place: Place, end: str) -> tree.Expr | None:
        """The expression at `place`; None after a mistake. `end` names in messages what stands behind it."""
        tokens = self.tokens(place)
        return None if tokens is None else self._derive(rule, tokens, place, end)

    def loop(self, place: Place) -> tuple[tree.Name, tree.Expr] | None:
        """The `x in xs` of a `{% for %}`."""
        tokens = self.tokens(place)
        if tokens is None:
            return None
        words = [token.text for token in tokens[:2]]
        if len(tokens) > 1 and tokens[0].word and words[1] == "in":
            iterable = self._derive("expression", tokens[2:], (tokens[1].end, place[1]), "the end of the tag")
            return (name(tokens[0]), iterable) if iterable is not None else None
        label = "a template's `for` takes one name" if words[1:] == [","] else "write `{% for x in xs %}`"
        self.report("E0506", "`for` needs a name and `in`", place, label)
        return None

    def tokens(self, place: Place) -> list[Token] | None:
        """The tokens at a place; None where one of them is a mistake, which is then reported."""
        lexer = Lexer(self.source, *place)
        if lexer.diagnostics:
            self.diagnostics.append(replace(lexer.diagnostics[0], code="E0502"))
            return None
        return [token for token in lexer.tokens if token.type not in _NO_MEANING]

    def report(self, code: str, message: str, place: Place, label: str = "", help_: str | None = None) -> None:
        self.diagnostics.append(Diagnostic(code, message, Span(self.source.path, *place), label, help=help_))

    def _derive(self, rule: Start, tokens: Sequence[Token], place: Place, end: str) -> tree.Expr | None:
        outcome = derive(rule, tokens)
        if isinstance(outcome, Misfit):
            mistake = unclosed(tokens, outcome.index) or unexpected(tokens, outcome, "", end)
            span = mistake.span or Span(self.source.path, *place)
            label = _foreign(tokens, outcome.index) or mistake.label
            self.diagnostics.append(replace(mistake, code="E0502", span=span, label=label))
            return None
        deep = too_deep(outcome) if len(tokens) > MAX_DEPTH // 2 else None
        if deep is not None:
            self.report("E0109", "nested too deep", (deep.start, deep.end), f"at most {MAX_DEPTH} levels are read")
            return None
        return cast(tree.Expr, outcome)


def _foreign(tokens: Sequence[Token], index: int) -> str:
    """A word on what Jinja2 has and this language has not."""
    if index >= len(tokens):
        return ""
    pair = "".join(token.text for token in tokens[max(0, index - 1) : index + 1])
    return _FOREIGN.get(tokens[index].text) or _FOREIGN.get(pair, "")
