"""The words that open declarations in; the patterns that find them, what they name and its type, out.

Any word may also name a field, a setting or a column: a word is a keyword where what follows it is what its declaration
needs, and nowhere else.
"""

from __future__ import annotations

from editors.textmate.expressions import DECLARES, Pattern, captures, include
from editors.textmate.words import NAME, NOT_FIELD, TYPE_NAMES, any_of

KEYWORD = "keyword.declaration.synth"
NAMED = {
    "param": "variable.other.constant.synth",
    "const": "variable.other.constant.synth",
    "input": "variable.other.source.synth",
    "personas": "variable.other.source.synth",
    "model": "variable.other.constant.role.synth",
    "enum": "entity.name.type.enum.synth",
    "record": "entity.name.type.record.synth",
    "criteria": "entity.name.function.criteria.synth",
    "prompt": "entity.name.function.prompt.synth",
    "judge": "entity.name.function.judge.synth",
    "dataset": "entity.name.class.dataset.synth",
    "mix": "entity.name.class.mix.synth",
}
"""Each declaration that gives a name, with the scope of that name."""
OTHERS = ("edition", "from", "test")
BEHIND = {
    "param": r"(?=\s*:)",
    "input": r"(?=\s*:)",
    "const": r"(?=\s*=)",
    "personas": r"(?=\s*=)",
    "prompt": r"(?=\s*\()",
    "judge": r"(?=\s*\()",
    "criteria": r"(?=\s*[({])",
}
"""What follows the name, where it is not a `{`."""
INSIDE = {
    "record": "fields",
    "enum": "members",
    "param": "annotation",
    "input": "annotation",
    **dict.fromkeys(("criteria", "prompt", "judge"), "signature"),
}
"""What goes on behind the name, where the head is not all."""
BEGINS = {"0": {"name": "punctuation.section.braces.begin.synth"}}
ENDS = {"0": {"name": "punctuation.section.braces.end.synth"}}


def declarations() -> dict[str, Pattern]:
    """Every declaration's head, and the types and members in it, by name."""
    return {
        "declaration": {"patterns": [*_OPENERS, *map(_declared, NAMED)]},
        "fields": _body(include("comment", "field", "comma")),
        "members": _body(
            [*include("comment", "comma"), {"match": rf"\b{NAME}\b", "name": "variable.other.enummember.synth"}]
        ),
        "field": _annotated(rf"\b({NAME})", "variable.other.property.synth", r"(?=[,}]|$)"),
        "signature": _signature(),
        "parameter": _annotated(rf"\b({NAME})", "variable.parameter.synth", r"(?=[,)])"),
        "annotation": _annotation(r"(?=\s*=|\s*\bwith\b|\s*#|$|[,)}{])"),
        "result": {
            "begin": "->",
            "end": r'(?=""")|$',
            "beginCaptures": {"0": {"name": "keyword.operator.arrow.synth"}},
            "patterns": [
                *include("role", "number"),
                {"match": r"\.\.", "name": "keyword.operator.range.synth"},
                *include("type"),
            ],
        },
        "role": {
            "match": rf"{NOT_FIELD}\b(by|with)\s+({NAME})\b(?!\s*\()",
            "captures": captures("keyword.other.clause.synth", "variable.other.constant.role.synth"),
        },
        "type": {"patterns": _TYPES},
    }


def _declared(word: str) -> Pattern:
    """A keyword with the name behind it, and the type, signature or members that follow."""
    behind = BEHIND.get(word, r"(?=\s*\{)")
    head: Pattern = {"match": rf"^\s*({word})\s+({NAME}){behind}", "captures": captures(KEYWORD, NAMED[word])}
    if word not in INSIDE:
        return head
    return {
        "begin": head["match"],
        "end": r"(?!\G)",
        "beginCaptures": head["captures"],
        "patterns": include(INSIDE[word]),
    }


def _body(patterns: list[Pattern]) -> Pattern:
    return {
        "begin": r"\G\s*\{",
        "end": rf"\}}|{DECLARES}",
        "beginCaptures": BEGINS,
        "endCaptures": ENDS,
        "patterns": patterns,
    }


def _signature() -> Pattern:
    return {
        "begin": r"\G\s*\(",
        "end": rf"\)|{DECLARES}",
        "beginCaptures": {"0": {"name": "punctuation.section.parameters.begin.synth"}},
        "endCaptures": {"0": {"name": "punctuation.section.parameters.end.synth"}},
        "patterns": include("comment", "parameter", "comma"),
    }


def _annotated(name: str, scope: str, end: str) -> Pattern:
    """`name: Type = default where condition`."""
    return {
        "begin": rf"{name}\s*(:)",
        "end": end,
        "beginCaptures": captures(scope, "punctuation.separator.colon.synth"),
        "patterns": [
            *include("comment"),
            _value(r"\b(where)\b", "keyword.other.clause.synth", end),
            _value(r"(=)(?!=)", "keyword.operator.assignment.synth", end.replace("(?=", r"(?=\s*\bwhere\b|", 1)),
            *include("type"),
        ],
    }


def _value(begin: str, scope: str, end: str) -> Pattern:
    return {
        "begin": begin,
        "end": end,
        "beginCaptures": captures(scope),
        "patterns": include("expression", "group"),
    }


def _annotation(end: str) -> Pattern:
    return {
        "begin": r"\G\s*(:)",
        "end": end,
        "beginCaptures": captures("punctuation.separator.colon.synth"),
        "patterns": include("type"),
    }


_OPENERS: list[Pattern] = [
    {
        "match": r"^\s*(edition)\s+(\d[\d_]*)",
        "captures": captures(KEYWORD, "constant.numeric.integer.synth"),
    },
    {
        "begin": r"^\s*(from)(?=\s*\")",
        "end": r"$",
        "beginCaptures": captures("keyword.control.import.synth"),
        "patterns": [
            {"match": r"(?<=\")\s*(import)\b", "captures": captures("keyword.control.import.synth")},
            *include("comment", "string", "comma"),
            {"match": rf"\b{NAME}\b", "name": "variable.other.readwrite.alias.synth"},
        ],
    },
    {
        "begin": r"^\s*(test)(?=\s*\")",
        "end": r"(?=\{)|$",
        "beginCaptures": captures(KEYWORD),
        "patterns": [
            {
                "match": rf"(?<=\")\s*(of)\s+({NAME})",
                "captures": captures("keyword.other.clause.synth", "entity.name.class.dataset.synth"),
            },
            *include("comment", "string"),
        ],
    },
]
_TYPES: list[Pattern] = [
    *include("comment", "string"),
    {"match": any_of(TYPE_NAMES), "name": "support.type.synth"},
    {"match": rf"\b{NAME}\b", "name": "entity.name.type.synth"},
    {"match": r"[|?]", "name": "keyword.operator.type.synth"},
    *include("bracket"),
]
