"""Two neighbouring tokens of one line in; whether a space stands between them, out."""

from __future__ import annotations

from dsl.tokens import Token

_VALUE_ENDS = frozenset(
    [
        "NAME",
        "STRING",
        "INT",
        "NUMBER",
        "QUANTITY",
        "PERCENT",
        "TRUE",
        "FALSE",
        "NULL",
        "RPAR",
        "RSQB",
        "RBRACE",
        "QMARK",
    ]
)
_NONE_BEFORE = frozenset(["RPAR", "RSQB", "COMMA", "DOT", "RANGE", "ENDLESS", "COLON", "QMARK"])
_NONE_AFTER = frozenset(["LPAR", "LSQB", "DOT", "RANGE", "SPREAD"])
_CALLED = frozenset(["NAME", "RPAR", "RSQB"])


def is_unary(token: Token, before: Token | None) -> bool:
    """Whether a `+` or `-` is a sign of what follows: nothing that has a value stands before it."""
    return token.type == "SIGN" and (before is None or before.type not in _VALUE_ENDS)


def spaced(left: Token, right: Token, left_is_sign: bool) -> bool:
    """Whether a space separates `left` and `right`. `left_is_sign`: left is a `-` that belongs to right."""
    if left_is_sign or right.type in _NONE_BEFORE or left.type in _NONE_AFTER:
        return False
    if left.type == "LBRACE" and right.type == "RBRACE":
        return False
    if right.type in ("LPAR", "LSQB"):
        return left.type not in _CALLED and not (right.type == "LSQB" and left.type == "STRING")
    return True
