"""The grammar in; its parse tables out, as Lark computes them. `python -m dsl.tables_from_lark` writes them down.

To be run after a change to `synth.lark`; a test compares. Parsing works without, from tables computed at each start.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from lark import Lark
from lark.grammar import Rule
from lark.lexer import Lexer
from lark.parsers.lalr_analysis import Shift

from dsl.tables import GRAMMAR, PACKAGED, digest_of_grammar

STARTS = ["file", "item", "expression", "hole"]


class NoLexer(Lexer):
    """Lark is handed tokens; it never sees text."""

    __future_interface__ = 1

    def __init__(self, conf: object) -> None:
        """Nothing to prepare."""

    def lex(self, lexer_state: object, parser_state: object) -> Iterator[Any]:
        return iter(())


def analysed() -> Lark:
    """The grammar as Lark reads it; a conflict raises."""
    return Lark(
        GRAMMAR.read_text(encoding="utf-8"),
        parser="lalr",
        lexer=NoLexer,
        start=STARTS,
        strict=True,
        keep_all_tokens=True,
        maybe_placeholders=False,
    )


def compute() -> dict[str, Any]:
    """What `Tables` is read from: plain lists and dictionaries."""
    lark = analysed()
    table = lark.parser.parser._parse_table
    rules = {rule: number for number, rule in enumerate(lark.rules)}
    numbers = _numbered(table)
    return {
        "grammar": digest_of_grammar(),
        "starts": {name: numbers[table.start_states[name]] for name in STARTS},
        "ends": {name: numbers[table.end_states[name]] for name in STARTS},
        "terminals": [
            [t.name, t.pattern.value, t.pattern.to_regexp(), t.priority, _is_word(t)] for t in lark.terminals
        ],
        "rules": [_rule(rule) for rule in lark.rules],
        "actions": [
            {
                str(symbol): numbers[argument] if action is Shift else -1 - rules[argument]
                for symbol, (action, argument) in sorted(actions.items())
            }
            for actions in map(table.states.get, numbers)
        ],
    }


def _numbered(table: Any) -> dict[int, int]:
    """States in the order in which they are reached, which is the same each time, unlike Lark's own."""
    order = [table.start_states[name] for name in STARTS]
    for state in order:
        found = sorted((str(symbol), to) for symbol, (action, to) in table.states[state].items() if action is Shift)
        order += [to for _, to in dict.fromkeys(found) if to not in order]
    return {state: number for number, state in enumerate(dict.fromkeys(order))}


def _is_word(terminal: Any) -> bool:
    return bool(terminal.pattern.type == "str" and terminal.pattern.value.isidentifier())


def _rule(rule: Rule) -> list[Any]:
    spread = [at for at, symbol in enumerate(rule.expansion) if not symbol.is_term and symbol.name.startswith("_")]
    name = str(rule.origin.name)
    lone = bool(rule.options.expand1 and not rule.alias)
    return [name, len(rule.expansion), str(rule.alias or name), lone, spread]


def printed() -> str:
    """One line for each terminal, rule and state, so that a change can be read."""
    parts = []
    for name, value in compute().items():
        lines = value if isinstance(value, list) else None
        text = "[\n" + ",\n".join(map(_json, lines)) + "\n]" if lines is not None else _json(value)
        parts.append(f'"{name}": {text}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


if __name__ == "__main__":
    PACKAGED.write_text(printed(), encoding="utf-8")
