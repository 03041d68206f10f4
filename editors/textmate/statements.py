"""The words that open statements and clauses in; patterns that find them in their places, out."""

from __future__ import annotations

from editors.textmate.declarations import NAMED as DECLARED
from editors.textmate.declarations import OTHERS
from editors.textmate.expressions import Pattern, captures, include
from editors.textmate.words import NAME, NOT_FIELD, OPENS

STATEMENT = "keyword.control.statement.synth"
CLAUSE = "keyword.other.clause.synth"
ASSIGNED = r"(?=\s*=(?!=))"
NAMING = {
    "each": (r"(?=\s+(?:from|in)\b)", "variable.other.declaration.axis.synth"),
    "draw": (r"(?=\s*~)", "variable.other.declaration.synth"),
    "let": (ASSIGNED, "variable.other.declaration.synth"),
    "run": (ASSIGNED, "variable.other.declaration.synth"),
    "next": (ASSIGNED, "variable.other.declaration.synth"),
    "given": (ASSIGNED, "variable.other.readwrite.synth"),
    "mock": (ASSIGNED, "variable.other.readwrite.synth"),
}
"""Statements that begin with a name, each with what stands behind it and the scope of the name."""
CONDITIONS = ("require", "filter", "dedup", "decontaminate", "flag", "select", "until", "audit")
OPENERS = (*DECLARED, *OTHERS, *NAMING, *CONDITIONS, "gen", "loop", "emit", "expect")
"""All words that open a declaration or a statement here; a test holds them to the language's."""
CLAUSES = {
    "per": r"(?=\s+[A-Za-z_])",
    "from": r"(?=\s+[A-Za-z_\[])",
    "times": r"(?=\s+[\w(])",
    "for": rf"(?=\s+{NAME}(?:\s*,\s*{NAME})*\s+in\b)",
    "when": r"(?=\s*[\w(\"\[-])",
    "weight": r"(?=\s+\d)",
    "by": r"(?=\s*[\w(\"\[-])",
    "against": r"(?=\s+[\w(])",
    "apart": r"(?=\s+[\w(])",
    "split": r"(?=\s+by\b)",
    "where": r"(?=\s+[\w(])",
    "with": rf"(?=\s+{NAME})",
    "carry": rf"(?=\s+{NAME}\s*:)",
}
"""Words inside a statement, each with what must follow for it to be a keyword there."""
ELSEWHERE = ("drop", "retry", "import", "of", "as", "atomic", "kept", "dropped", "that")
"""Words inside a statement that stand in a pattern of their own."""


def statements() -> dict[str, Pattern]:
    """Every statement's head, and the clauses, by name."""
    return {
        "statement": {"patterns": [*map(_naming, NAMING), _GEN, _LET, _LOOP, _EMIT, *_EXPECT, _CONDITION]},
        "clause": {"patterns": [*include("role"), *map(_clause, CLAUSES), _TABLE, _OTHERWISE]},
        "carried": {
            "begin": rf"(?:\b(carry)\s+|(,)\s*)({NAME})(?=\s*:)",
            "end": r"(?!\G)",
            "beginCaptures": captures(CLAUSE, "punctuation.separator.comma.synth", "variable.other.declaration.synth"),
            "patterns": include("annotation"),
        },
    }


def _naming(word: str) -> Pattern:
    behind, scope = NAMING[word]
    return {"match": rf"{OPENS}({word})\s+({NAME}){behind}", "captures": captures(STATEMENT, scope)}


def _clause(word: str) -> Pattern:
    return {"match": rf"{NOT_FIELD}\b{word}\b(?!\s*(?:=(?!=)|:)){CLAUSES[word]}", "name": CLAUSE}


def _typed(word: str) -> Pattern:
    """`gen name: Type` and `let name: Type`."""
    return {
        "begin": rf"{OPENS}({word})\s+({NAME})(?=\s*:)",
        "end": r"(?!\G)",
        "beginCaptures": captures(STATEMENT, "variable.other.declaration.synth"),
        "patterns": include("annotation"),
    }


_GEN, _LET = _typed("gen"), _typed("let")
_LOOP: Pattern = {
    "begin": rf"{OPENS}(loop)\s+({NAME})\s+(in)\b",
    "end": r"(?=\{)|$",
    "beginCaptures": captures(STATEMENT, "variable.other.declaration.axis.synth", CLAUSE),
    "patterns": include("carried", "expression", "bracket"),
}
_EMIT: Pattern = {
    "match": rf"{OPENS}(emit)\b(?!\s*[=:,.])(?:\s+(atomic)\b(?=\s))?(?:\s+(?!(?:as|split|for)\b)({NAME}))?",
    "captures": captures(STATEMENT, CLAUSE, "support.type.shape.synth"),
}
_EXPECT: list[Pattern] = [
    {"match": rf"{OPENS}(expect)\s+(dropped)\s+(by)\b", "captures": captures(STATEMENT, CLAUSE, CLAUSE)},
    {"match": rf"{OPENS}(expect)\s+(kept|that)\b", "captures": captures(STATEMENT, CLAUSE)},
]
_CONDITION: Pattern = {
    "match": rf"{OPENS}({'|'.join(CONDITIONS)})\b(?!\s*(?:=(?!=)|[:,.)}}]|$))",
    "captures": captures(STATEMENT),
}
_TABLE: Pattern = {
    "match": rf"{NOT_FIELD}\b(as)\s+({NAME})",
    "captures": captures(CLAUSE, "entity.name.type.table.synth"),
}
_OTHERWISE: Pattern = {"match": rf"{NOT_FIELD}\b(else)\s+(drop|retry)\b", "captures": captures(CLAUSE, CLAUSE)}
