"""A formula as people and models write it, plain or in LaTeX, in; its tree out. Nothing of it is ever run as code.

formula := relation of sums, or a bracketed list of them: (1, 2)  [0, 1)  {1, 2}
factors may stand side by side (2x, 3(x + 1)); \\frac, \\sqrt, ^, %, !, |x|, degrees, units and thousands are known
"""

from __future__ import annotations

import re
from fractions import Fraction

from compiler.functions.formula_text import plain, without_unit
from compiler.functions.formula_tree import Apply, Formula, Group, Node, NoFormula, Number, Symbol

LONGEST = 1000
DEEPEST = 60
DIGITS = 300
FUNCTIONS = frozenset(
    {
        *("sin", "cos", "tan", "cot", "sec", "csc", "asin", "acos", "atan", "sinh", "cosh", "tanh"),
        *("exp", "ln", "log", "sqrt", "abs", "floor", "ceil"),
    }
)
_ALIASES = {"arcsin": "asin", "arccos": "acos", "arctan": "atan", "lg": "log"}
_GREEK = (
    *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "kappa", "lambda", "mu", "nu", "xi", "rho"),
    *("sigma", "tau", "phi", "chi", "psi", "omega", "varphi"),
)
_TOKEN = re.compile(
    r"\s+|(?P<number>\d+(?:\.\d+)?|\.\d+)|(?P<command>\\[a-zA-Z]+)|(?P<word>[a-zA-Z]+)|(?P<sign>\*\*|<=|>=|!=|\\[{}|]|.)",
    re.DOTALL | re.ASCII,
)


def parse(text: str) -> Formula:
    """Raises NoFormula, also for what is longer or deeper than an answer ever is."""
    if len(text) > LONGEST:
        raise NoFormula("too long")
    written, unit = without_unit(plain(text))
    return Formula(_Parser(_tokens(written)).whole(), unit)


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    for match in _TOKEN.finditer(text):
        if match.lastgroup is not None:
            found.append(match[0])
    return [*found, ""]


# --- the parser ---

_OPEN = {"(": ")", "[": "]", "{": "}", "\\{": "\\}", "|": "|"}
_STARTS = ("(", "[", "{", "\\{")


class _Parser:
    """By recursive descent, no deeper than `DEEPEST`; the empty token is the end."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens, self.at, self.depth = tokens, 0, 0
        self.bars = 0

    @property
    def ahead(self) -> str:
        return self.tokens[self.at]

    def take(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1]

    def expect(self, token: str) -> None:
        if self.take() != token:
            raise NoFormula(f"expected {token}")

    def whole(self) -> Node:
        items = [self.relation()]
        while self.ahead == ",":
            self.take()
            items.append(self.relation())
        if self.ahead:
            raise NoFormula(f"unexpected {self.ahead}")
        return items[0] if len(items) == 1 else Group("{", tuple(items), "}")

    def relation(self) -> Node:
        left = self.sum()
        if self.ahead not in ("=", "<", ">", "<=", ">="):
            return left
        operator, right = self.take(), self.sum()
        if operator.startswith(">"):
            return Apply(operator.replace(">", "<"), (right, left))
        return Apply(operator, (left, right))

    def sum(self) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise NoFormula("too deep")
        node = self.product()
        while self.ahead in ("+", "-"):
            negative = self.take() == "-"
            term = self.product()
            node = Apply("+", (node, Apply("-", (term,)) if negative else term))
        self.depth -= 1
        return node

    def product(self) -> Node:
        node = self.signed()
        while True:
            if self.ahead in ("*", "/"):
                operator = self.take()
                node = Apply(operator, (node, self.signed()))
            elif self.begins_factor():
                node = self._beside(node, self.power())
            else:
                return node

    def _beside(self, left: Node, right: Node) -> Node:
        """`2 1/2` is a mixed number; all else that stands side by side is multiplied."""
        number = isinstance(left, Number) and left.value.denominator == 1
        if number and isinstance(right, Apply) and right.operator == "frac":
            mixed = all(isinstance(part, Number) for part in right.operands)
            return Apply("+", (left, right)) if mixed else _times(left, right)
        if isinstance(right, Number):
            if number and self.ahead == "/" and _is_number(self.tokens[self.at + 1]):
                self.take()
                return Apply("+", (left, Apply("/", (right, Number(Fraction(self.take()))))))
            raise NoFormula("two numbers side by side")
        return _times(left, right)

    def begins_factor(self) -> bool:
        token = self.ahead
        if token in _STARTS:
            return True
        if token == "|":
            return self.bars == 0
        return bool(token) and (token[0].isalnum() or token[0] == "." or (token[0] == "\\" and token[1:].isalpha()))

    def signed(self) -> Node:
        if self.ahead in ("-", "+"):
            self.depth += 1
            if self.depth > DEEPEST:
                raise NoFormula("too deep")
            negative, operand = self.take() == "-", self.signed()
            self.depth -= 1
            return Apply("-", (operand,)) if negative else operand
        return self.power()

    def power(self) -> Node:
        node = self.postfix()
        if self.ahead in ("^", "**"):
            self.take()
            return Apply("^", (node, self.exponent()))
        return node

    def exponent(self) -> Node:
        if self.ahead == "{":
            return self.braced()
        return self.signed()

    def postfix(self) -> Node:
        node = self.atom()
        while self.ahead in ("!", "%"):
            node = Apply("!", (node,)) if self.take() == "!" else Apply("/", (node, Number(Fraction(100))))
        return node

    def atom(self) -> Node:
        token = self.take()
        if _is_number(token[:1]) or (token[:1] == "." and token != "."):
            if len(token) > DIGITS:
                raise NoFormula("too many digits")
            return Number(Fraction(token))
        if token in _OPEN:
            return self.bracketed(token)
        if token[:1] == "\\":
            return self.command(token[1:])
        if token.isalpha() and token.isascii():
            return self.word(token)
        raise NoFormula(f"unexpected {token or 'end'}")

    def bracketed(self, opening: str) -> Node:
        if opening == "|":
            self.bars += 1
            inner = self.sum()
            self.bars -= 1
            self.expect("|")
            return Apply("abs", (inner,))
        bars, self.bars = self.bars, 0
        items = [] if self.ahead == _OPEN[opening] else [self.relation()]
        while self.ahead == ",":
            self.take()
            items.append(self.relation())
        closing = self.take()
        self.bars = bars
        if closing not in (")", "]", "}", "\\}") or (closing in ("}", "\\}")) != (opening in ("{", "\\{")):
            raise NoFormula("a bracket is not closed")
        if len(items) == 1 and (opening, closing) in (("(", ")"), ("{", "}"), ("[", "]")) and opening != "\\{":
            return items[0]
        return Group(opening.replace("\\", ""), tuple(items), closing.replace("\\", ""))

    def braced(self) -> Node:
        self.expect("{")
        inner = self.sum()
        self.expect("}")
        return inner

    def argument(self) -> Node:
        """What a command takes: `{…}`, or the one character that follows it."""
        if self.ahead == "{":
            return self.braced()
        token = self.take()
        if _is_number(token[:1]):
            if len(token) > 1 and _is_number(token):
                self.at -= 1
                self.tokens[self.at] = token[1:]
            return Number(Fraction(token[0]))
        if token.isalpha():
            return self.word(token)
        raise NoFormula("a command without its argument")

    def command(self, name: str) -> Node:
        if name == "frac":
            return Apply("frac", (self.argument(), self.argument()))
        if name == "sqrt":
            return self.root()
        if name == "pi":
            return Symbol("pi")
        if name in _GREEK:
            return Symbol(name)
        if _ALIASES.get(name, name) in FUNCTIONS:
            return self.function(_ALIASES.get(name, name))
        raise NoFormula(f"unknown command {name}")

    def root(self) -> Node:
        if self.ahead == "[":
            self.take()
            degree = self.sum()
            self.expect("]")
            return Apply("^", (self.argument(), Apply("/", (Number(Fraction(1)), degree))))
        return Apply("sqrt", (self.braced() if self.ahead == "{" else self.postfix(),))

    def function(self, name: str) -> Node:
        base = power = None
        if name == "log" and self.ahead == "_":
            self.take()
            base = self.argument()
        if self.ahead == "^":
            self.take()
            power = self.exponent()
        inner = self.postfix() if self.ahead in _STARTS else self.product()
        applied = Apply(name, (inner,) if base is None else (inner, base))
        return Apply("^", (applied, power)) if power is not None else applied

    def word(self, word: str) -> Node:
        """A function, a constant, or letters side by side; a longer word is none of these."""
        known = _ALIASES.get(word.lower(), word.lower())
        if known in FUNCTIONS and self.ahead:
            return self.function(known)
        if known in ("pi", "oo") or (known in ("inf", "infinity")):
            return Symbol("pi" if known == "pi" else "oo")
        if known in ("degrees", "degree"):
            return Apply("/", (Symbol("pi"), Number(Fraction(180))))
        if word in _GREEK or len(word) == 1:
            return Symbol(f"{word}_{self.subscript()}" if self.ahead == "_" else word)
        if len(word) > 2:
            raise NoFormula(f"the word {word}")
        return _times(Symbol(word[0]), Symbol(word[1]))

    def subscript(self) -> str:
        self.take()
        given = self.argument()
        if not isinstance(given, Number | Symbol):
            raise NoFormula("a subscript is a number or a letter")
        return str(given.value) if isinstance(given, Number) else given.name


def _is_number(token: str) -> bool:
    """Whether these are digits of the common kind: `¹` is a digit, and no number."""
    return token.isascii() and token.isdigit()


def _times(left: Node, right: Node) -> Node:
    return Apply("*", (left, right))
