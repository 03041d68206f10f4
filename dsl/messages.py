"""The token that does not fit and what would fit in; the message a newcomer understands out."""

from __future__ import annotations

from collections.abc import Sequence

from dsl.diagnostics import Diagnostic, Related, did_you_mean
from dsl.frames import SIGNS
from dsl.grammar import Misfit, keywords
from dsl.source import Span
from dsl.tokens import Token
from dsl.words import DECLARATIONS, IN_DATASET, IN_TEST, STATEMENTS

_OPERATORS = frozenset(["CMP", "SIGN", "MULOP", "IN", "NOT", "AND", "OR", "DOT", "LSQB", "LPAR", "RANGE", "ENDLESS"])
_LITERALS = frozenset(["INT", "NUMBER", "QUANTITY", "PERCENT", "STRING", "TRUE", "FALSE", "NULL", "WEIGHTED", "IF"])
_NAMES = {
    "NAME": "a name",
    "STRING": 'a text in `"…"`',
    "INT": "a whole number",
    "NUMBER": "a number",
    "QUANTITY": "a quantity such as `10s`",
    "PERCENT": "a share such as `35%`",
    "TEMPLATE": 'a template in `"""`',
    "CMP": "a comparison",
    "_NL": "the end of the line",
    "$END": "the end of the line",
    "SIGN": "`+` or `-`",
    "MULOP": "`*`, `/` or `%`",
    "RANGE": "`..`",
    "ENDLESS": "`..`",
    "ARROW": "`->`",
    "SPREAD": "`...`",
    "EQUAL": "`=`",
    "TILDE": "`~`",
    "COLON": "`:`",
    "COMMA": "`,`",
    "DOT": "`.`",
    "VBAR": "`|`",
    "QMARK": "`?`",
    "LPAR": "`(`",
    "LSQB": "`[`",
    "LBRACE": "`{`",
    "RPAR": "`)`",
    "RSQB": "`]`",
    "RBRACE": "`}`",
}
_STARTS = frozenset(word.upper() for word in STATEMENTS)
_PLACES = {"dataset": "a `dataset`", "loop": "a `loop`", "test": "a `test`"}


def unexpected(tokens: Sequence[Token], misfit: Misfit, head: str, end: str = "the end of the line") -> Diagnostic:
    """The message about the misfit in a statement that opens with `head`. `end` names what stands behind the tokens."""
    found = tokens[misfit.index] if misfit.index < len(tokens) else None
    before = tokens[misfit.index - 1] if misfit.index else None
    types = misfit.expected
    if found is not None and found.word and _begins(tokens, misfit.index):
        here = [word for word, terminal in keywords().items() if terminal in types & _STARTS]
        if here:
            return _no_statement(found, here, head)
    if (
        found is not None
        and before is not None
        and found.type in ("NAME", "STRING", "LBRACE")
        and types == {"EQUAL"}
        and _sets(tokens, misfit.index)
    ):
        return _no_statement(before, sorted(IN_DATASET - {"next", "until"}), "dataset")
    expected = _expected(types, end)
    span, shown = _place(found, before, end)
    return Diagnostic(
        code="E0101",
        message=f"expected {expected}, found {shown}",
        span=span,
        label=_label(found, before, types, head),
        help=_apart(tokens, misfit.index, types, head),
    )


def _apart(tokens: Sequence[Token], index: int, expected: frozenset[str], head: str) -> str | None:
    """How entries of a body are set apart, and that a column needs its value, where that is the mistake."""
    found, behind = (tokens[at] if at < len(tokens) else None for at in (index, index + 1))
    named = found is not None and found.word and behind is not None and behind.type == "COLON"
    if named and tokens[0].text == "record":
        return "each field stands on a line of its own, or behind a comma"
    before = tokens[index - 1] if index else None
    alone = found is None or found.type in ("COMMA", "RBRACE", "_NL")
    if head == "emit" and expected == {"EQUAL"} and alone and before is not None and before.word:
        return f"a column is named and given a value: `{before.text} = {before.text}`"
    return None


def misplaced(token: Token) -> Diagnostic:
    """A statement at the top of a file."""
    home = "test" if token.text in IN_TEST else "dataset"
    message = f"`{token.text}` stands inside a `{home}`, not at the top of a file"
    return Diagnostic("E0111", message, token.span, help=f"put it between the braces of a `{home}`")


def unknown_head(token: Token) -> Diagnostic:
    """A line at the top of a file that no declaration begins with."""
    if token.word:
        guess = did_you_mean(token.text, DECLARATIONS)
        return Diagnostic("E0110", f"`{token.text}` begins no declaration", token.span, guess, notes=(_LISTED,))
    return Diagnostic("E0101", f"expected a declaration, found {_shown(token)}", token.span, notes=(_LISTED,))


_LISTED = "declarations: " + ", ".join(sorted(DECLARATIONS))


def _begins(tokens: Sequence[Token], index: int) -> bool:
    """Whether the token opens a line of statements."""
    return index > 0 and (tokens[index - 1].type == "_NL" or tokens[index - 1].body)


def _sets(tokens: Sequence[Token], index: int) -> bool:
    """Whether the statement began with a word that is no keyword, and so was read as `name = value`."""
    return tokens[index - 1].word and _begins(tokens, index - 1)


def _no_statement(found: Token, here: list[str], head: str) -> Diagnostic:
    place = _PLACES.get(head, f"`{head}`")
    note = f"statements of {place}: {', '.join(sorted(here))}"
    if found.text in STATEMENTS:
        message = f"`{found.text}` cannot stand inside {place}"
        return Diagnostic("E0111", message, found.span, notes=(note,), help=_home(found.text, head))
    guess = did_you_mean(found.text, here)
    message = f"`{found.text}` begins no statement"
    return Diagnostic("E0110", message, found.span, guess, notes=(note,), help=_ELSEWHERE.get(found.text))


_ELSEWHERE = {
    "if": "a value may be `if a then b else c`, a call is made `when …`, and `filter` drops rows",
    "for": "`for x in xs` stands behind a `gen`, a `run` or the kind of an `emit`",
    "while": "rounds are counted: `loop i in 1..3 carry x: T = start { … next x = … until … }`",
}
"""Where words belong that open a statement in other languages."""


def _home(word: str, head: str) -> str | None:
    """Which block a statement belongs to that stands in another."""
    if word in ("next", "until"):
        return "it stands inside a `loop`"
    if word in IN_TEST and head != "test":
        return 'it stands inside a `test "…" of name`'
    return "put it behind the loop" if head == "loop" and word in IN_DATASET - {"loop"} else None


def _expected(types: frozenset[str], end: str) -> str:
    """What could stand here, in the fewest words: what a reader would try first."""
    rest = types - {"RBRACE"} if "_NL" in types else types - {"VBAR"} if "$END" in types else set(types)
    words: list[str] = []
    if {"NAME", "LSQB", "STRING"} <= rest:
        words.append("a value")
        rest -= _LITERALS | {"NAME", "LPAR", "LSQB", "LBRACE", "NOT", "SIGN"}
    if ("CMP" in rest or {"DOT", "LPAR"} <= rest) and rest - _OPERATORS - {"VBAR", "QMARK"}:
        rest -= _OPERATORS
    if {"NAME", "STRING", "LPAR"} <= types and "LSQB" not in types:
        rest, words = set(), ["a type"]
    if rest >= {"EACH", "GEN"} or rest >= {"GIVEN", "MOCK"} or rest >= {"LET", "GEN"}:
        rest, words = set(), ["a statement"]
    words += sorted({end if type_ == "$END" else _terminal(type_) for type_ in rest}, key=_order)
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words) or "something else"


def _order(word: str) -> tuple[int, str]:
    """Names first, the end of the line last."""
    return (2 if word.startswith("the end") else 0 if word.startswith("a ") else 1, word)


def _terminal(type_: str) -> str:
    word = next((word for word, terminal in keywords().items() if terminal == type_), None)
    return _NAMES.get(type_) or (f"`{word}`" if word else type_.lower())


def _place(found: Token | None, before: Token | None, end: str) -> tuple[Span | None, str]:
    """Where to point, and the name of what stands there; a line that ends too early is pointed at its end."""
    if found is not None and found.type != "_NL":
        return found.span, _shown(found)
    shown = "the end of the line" if found is not None else end
    return (Span(before.path, before.end, before.end) if before else None), shown


def _shown(token: Token) -> str:
    if token.type == "TEMPLATE":
        return "a template"
    text = token.text if len(token.text) <= 30 else token.text[:29] + "…"
    return f"`{text}`"


def _label(found: Token | None, before: Token | None, expected: frozenset[str], head: str) -> str:
    """A word on the mistakes that everybody makes."""
    if found is None:
        return ""
    if found.text == "=" and "CMP" in expected:
        return "`=` sets a value; `==` compares"
    if found.text == "=" and "COLON" in expected and "LPAR" not in expected:
        return "a carried name has a type: `carry x: int = 0`" if head == "loop" else "write `key: value` here"
    if found.text == ":" and "EQUAL" in expected:
        return "write `name = value` here"
    if found.text == "=" and "TILDE" in expected:
        return "`~` draws"
    if found.text == "times" and before is not None and before.text == "}":
        return "write it before the `{`"
    if found.text == "~" and "EQUAL" in expected:
        return f"only `draw` takes a distribution, not `{head}`"
    words = [word for word, terminal in keywords().items() if terminal in expected]
    return did_you_mean(found.text, words) if found.word else ""


def unclosed(tokens: Sequence[Token], index: int) -> Diagnostic | None:
    """In an expression that stands alone: the bracket that is still open, or the one too many, where it stopped."""
    stack: list[Token] = []
    for token in tokens[:index]:
        if token.type in ("LPAR", "LSQB", "LBRACE"):
            stack.append(token)
        elif token.type in SIGNS and stack:
            stack.pop()
    found = tokens[index] if index < len(tokens) else None
    if stack and found is None:
        sign = {"(": ")", "[": "]", "{": "}"}[stack[-1].text]
        return Diagnostic("E0103", f"unclosed `{stack[-1].text}`", stack[-1].span, f"no `{sign}` closes it")
    if stack and found is not None and found.type in SIGNS:
        sign = {"(": ")", "[": "]", "{": "}"}[stack[-1].text]
        if sign != found.text:
            message = f"expected `{sign}` to close the `{stack[-1].text}`, found `{found.text}`"
            return Diagnostic("E0104", message, found.span, related=(Related(stack[-1].span, "opened here"),))
    if not stack and found is not None and found.type in SIGNS:
        return Diagnostic("E0104", f"nothing is open here for this `{found.text}` to close", found.span)
    return None
