"""Tokens in; the syntax tree they derive from `synth.lark`, or the token that does not fit, out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from dsl import build_declarations, build_expressions, build_statements  # noqa: F401  (each registers its rules)
from dsl.build import RULES
from dsl.tables import Rule, tables
from dsl.tokens import Token

Start = Literal["item", "expression", "hole"]
END = "$END"
States = tuple[int, ...]
"""The parser's stack: where it is, and in the midst of what."""

_Action = tuple[str, int, Callable[[list[Any]], Any] | None, tuple[int, ...]]
"""Origin, size, what makes the node, and where children are spread; no function where an only child stays as it is."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """Where a parse stopped: the index of the token that does not fit, one past the last at the end."""

    index: int
    states: tuple[int, ...]

    @property
    def expected(self) -> frozenset[str]:
        """The terminals that would fit: found by trying each, which is worth it only for a message."""
        shown = tables().actions[self.states[-1]]
        return frozenset(name for name in shown if name.isupper() and taken(self.states, name) is not None)


@cache
def keywords() -> dict[str, str]:
    """Each word that the grammar gives a meaning, with the name of its terminal."""
    return {terminal.text: terminal.name for terminal in tables().terminals if terminal.is_word}


def derive(start: Start, tokens: Sequence[Token]) -> Any | Misfit:
    """The node that `tokens` derive from the rule `start`, or where they stop fitting."""
    found, words = tables(), keywords()
    actions, rules = found.actions, _rules()
    states: list[int] = [found.starts[start]]
    values: list[Any] = []
    for fed, token in enumerate(tokens):
        here = actions[states[-1]]
        if token.word:
            keyword = words.get(token.text)
            token.type = keyword if keyword and keyword in here else "NAME"
        name = token.type
        while (action := here.get(name)) is not None and action < 0:
            here = _reduce(rules[-1 - action], states, values, actions)
        if action is None:
            return Misfit(fed, tuple(states))
        states.append(action)
        values.append(token)
    end = found.ends[start]
    while (action := actions[states[-1]].get(END)) is not None:
        _reduce(rules[-1 - action], states, values, actions)
        if states[-1] == end:
            return values[-1]
    return Misfit(len(tokens), tuple(states))


def _reduce(
    rule: _Action, states: list[int], values: list[Any], actions: Sequence[Mapping[str, int]]
) -> Mapping[str, int]:
    """Puts what `rule` makes in the place of what it read; gives the actions of the state that follows."""
    origin, size, build, spread = rule
    if build is None:
        states[-1] = actions[states[-2]][origin]
        return actions[states[-1]]
    children: list[Any] = []
    if size:
        children = values[-size:]
        del values[-size:], states[-size:]
    for at in reversed(spread):
        children[at : at + 1] = children[at]
    values.append(build(children))
    states.append(actions[states[-1]][origin])
    return actions[states[-1]]


@cache
def _rules() -> list[_Action]:
    return [(rule.origin, rule.size, _builder(rule), rule.spread) for rule in tables().rules]


def _builder(rule: Rule) -> Callable[[list[Any]], Any] | None:
    """A `_rule` gives its children; an only child of a `?rule` stands for itself."""
    if rule.lone and rule.size == 1 and not rule.spread:
        return None
    made: Callable[[list[Any]], Any] = RULES.get(rule.build, _children)

    def lone(children: list[Any]) -> Any:
        return children[0] if len(children) == 1 else made(children)

    return lone if rule.lone else made


def _children(children: list[Any]) -> list[Any]:
    return children


def taken(states: Sequence[int], name: str) -> States | None:
    """The stack after the terminal `name`, without making anything; None where it cannot stand."""
    found, stack = tables(), list(states)
    while (action := found.actions[stack[-1]].get(name)) is not None and action < 0:
        rule = found.rules[-1 - action]
        del stack[len(stack) - rule.size :]
        stack.append(found.actions[stack[-1]][rule.origin])
        if name == END and stack[-1] in found.ends.values():
            return tuple(stack)
    return None if action is None else (*stack, action)
