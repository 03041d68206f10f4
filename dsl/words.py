"""The keywords that open a declaration or a statement, by where they stand. A test holds them to the grammar."""

from __future__ import annotations

DECLARATIONS = frozenset(
    [
        "edition",
        "from",
        "param",
        "const",
        "enum",
        "record",
        "input",
        "personas",
        "criteria",
        "model",
        "prompt",
        "judge",
        "dataset",
        "mix",
        "test",
    ]
)
IN_DATASET = frozenset(
    [
        "each",
        "draw",
        "let",
        "gen",
        "run",
        "require",
        "filter",
        "dedup",
        "decontaminate",
        "flag",
        "select",
        "loop",
        "next",
        "until",
        "emit",
        "audit",
    ]
)
IN_TEST = frozenset(["given", "mock", "expect"])
STATEMENTS = DECLARATIONS | IN_DATASET | IN_TEST
NAMING = DECLARATIONS - {"edition", "from", "test"} | {"each", "draw", "let", "gen", "run", "loop"}
"""Those that give a name to something."""
BODIED = frozenset(["record", "criteria", "dataset", "test", "loop"])
