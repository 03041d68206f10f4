"""Tokens in; what could follow them by the grammar, and the fewest terminals that make a whole of them, out."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from dsl.grammar import END, Start, States, keywords, taken
from dsl.tables import tables
from dsl.tokens import Token

_FILLS = (
    *("RPAR", "RSQB", "RBRACE", "EQUAL", "COLON", "TILDE", "ARROW", "NAME", "TEMPLATE", "LBRACE", "_NL"),
    *("WITH", "FROM", "IN", "BY", "THEN", "ELSE", "IMPORT", "AGAINST", "WHEN", "STRING", "INT"),
)
"""Terminals that half a statement may lack. Of those that begin a value, the name is enough."""
_VALUES = frozenset(["STRING", "INT", "LBRACE"])
MAX_LACKING = 7
MAX_TRIED = 300


def begin(start: Start) -> States:
    return (tables().starts[start],)


def terminal(states: States, token: Token) -> str:
    """What the token is there: a word is a keyword only where the grammar has room for it."""
    keyword = keywords().get(token.text) if token.word else None
    if keyword and keyword in tables().actions[states[-1]]:
        return keyword
    return "NAME" if token.word else token.type


def reach(states: States, tokens: Sequence[Token]) -> tuple[States, int]:
    """The stack after as many of the tokens as fit, and how many these are."""
    for count, token in enumerate(tokens):
        after = taken(states, terminal(states, token))
        if after is None:
            return states, count
        states = after
    return states, len(tokens)


def follow(states: States) -> frozenset[str]:
    """The terminals that could come next."""
    shown = tables().actions[states[-1]]
    return frozenset(name for name in shown if name.isupper() and taken(states, name) is not None)


def bridge(states: States, behind: Sequence[Token] = ()) -> tuple[str, ...] | None:
    """The fewest terminals after which those `behind` follow, and then the end; None where it takes too many."""
    queue: deque[tuple[States, tuple[str, ...]]] = deque([(states, ())])
    seen = {states}
    while queue and len(seen) < MAX_TRIED:
        here, path = queue.popleft()
        if fits(here, behind):
            return path
        for name in _lacking(here) if len(path) < MAX_LACKING else ():
            after = taken(here, name)
            if after is not None and after not in seen:
                seen.add(after)
                queue.append((after, (*path, name)))
    return None


def fits(states: States, behind: Sequence[Token]) -> bool:
    """Whether these tokens follow, and then the end."""
    whole, count = reach(states, behind)
    return count == len(behind) and taken(whole, END) is not None


def _lacking(states: States) -> list[str]:
    here = tables().actions[states[-1]]
    names = [name for name in _FILLS if name in here]
    return [name for name in names if name not in _VALUES] if "NAME" in names else names
