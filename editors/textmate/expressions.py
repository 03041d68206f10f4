"""Words of expressions in; the patterns that find texts, numbers, names, calls and operators, out."""

from __future__ import annotations

from typing import Any

from editors.textmate.words import (
    BARE_METHODS,
    CALLED,
    FUNCTION_NAMES,
    METHOD_NAMES,
    NAME,
    NOT_FIELD,
    NOT_NAMED,
    SETTING_NAMES,
    any_of,
)

Pattern = dict[str, Any]
WORDS = {
    "keyword.control.conditional.synth": ("if", "then", "else"),
    "keyword.operator.word.synth": ("and", "or", "not", "in"),
    "constant.language.synth": ("true", "false", "null"),
    "keyword.other.distribution.synth": ("weighted",),
}
DECLARES = (
    r"(?=^(?:edition|from|param|const|enum|record|input|personas|criteria|model|prompt|judge|dataset|mix|test)\s)"
)
"""A bracket left open ends where the next declaration begins at the margin: one mistake does not recolour the file."""
REGEX = r"\b(?:matches|find)\b"


def include(*names: str) -> list[Pattern]:
    return [{"include": f"#{name}"} for name in names]


def captures(*scopes: str) -> dict[str, Pattern]:
    """The scopes of the groups, in order."""
    return {str(number): {"name": scope} for number, scope in enumerate(scopes, 1) if scope}


def expressions() -> dict[str, Pattern]:
    """Everything that may stand in an expression, by name."""
    return {
        "expression": {"patterns": include(*_ORDER)},
        "comment": {
            "patterns": [
                {"match": r"##.*$", "name": "comment.line.documentation.synth"},
                {"match": r"#.*$", "name": "comment.line.number-sign.synth"},
            ]
        },
        "string": _string("string.quoted.double.synth", include("escape")),
        "regex-string": _string("string.regexp.synth", include("regex")),
        "escape": {"match": r"\\.", "name": "constant.character.escape.synth"},
        "regex": {"patterns": _REGEX},
        "number": {"patterns": _NUMBERS},
        "word": {
            "patterns": [
                {"match": f"{NOT_FIELD}{any_of(words)}{NOT_NAMED}", "name": scope} for scope, words in WORDS.items()
            ]
        },
        "named": {"patterns": _NAMED},
        "regex-call": {
            "patterns": [
                _regex_call(f"{NOT_FIELD}({REGEX})", "function"),
                _regex_call(rf"(?<!\.)(\.)({REGEX})", "method"),
            ]
        },
        "call": {"patterns": _CALLS},
        "property": {"patterns": _PROPERTIES},
        "variable": {"patterns": _VARIABLES},
        "operator": {"patterns": _OPERATORS},
        "bracket": {"patterns": [_group("(", ")", "round"), _group("[", "]", "square")]},
        "group": {"patterns": [*include("bracket"), _group("{", "}", "curly")]},
        "brace": {"match": r"[{}]", "name": "punctuation.section.braces.synth"},
        "comma": {"match": ",", "name": "punctuation.separator.comma.synth"},
    }


_WORDS = ("word", "named", "regex-call", "call", "property", "variable")
_ORDER = ("comment", "string", "number", *_WORDS, "operator", "comma")


def _string(scope: str, inside: list[Pattern]) -> Pattern:
    """A text ends at its line's end at the latest."""
    return {
        "begin": r'"(?!"")',
        "end": r'"|$',
        "name": scope,
        "beginCaptures": {"0": {"name": "punctuation.definition.string.begin.synth"}},
        "endCaptures": {"0": {"name": "punctuation.definition.string.end.synth"}},
        "patterns": inside,
    }


def _group(opening: str, closing: str, kind: str) -> Pattern:
    return {
        "begin": rf"\{opening}",
        "end": rf"\{closing}|{DECLARES}",
        "beginCaptures": {"0": {"name": f"punctuation.section.{kind}.begin.synth"}},
        "endCaptures": {"0": {"name": f"punctuation.section.{kind}.end.synth"}},
        "patterns": include("expression", "group"),
    }


def _regex_call(name: str, kind: str) -> Pattern:
    """A call whose text is a regular expression: the second argument of the function, the first of the method."""
    opening = "punctuation.section.round.begin.synth"
    method = captures("punctuation.accessor.synth", "support.function.method.synth", opening)
    return {
        "begin": rf"{name}\s*(\()",
        "end": rf"\)|{DECLARES}",
        "beginCaptures": method if kind == "method" else captures("support.function.synth", opening),
        "endCaptures": {"0": {"name": "punctuation.section.round.end.synth"}},
        "patterns": [
            {
                "begin": r"\G" if kind == "method" else ",",
                "end": r"(?=\))",
                "beginCaptures": {"0": {"name": "punctuation.separator.comma.synth"}},
                "patterns": include("regex-string", "expression", "group"),
            },
            *include("expression", "group"),
        ],
    }


_REGEX = [
    {"match": r"\\.", "name": "constant.character.escape.synth"},
    {
        "match": r"\[\^?(?:\\.|[^\]\\\"])*\]",
        "name": "constant.other.character-class.set.synth",
    },
    {"match": r"[*+?]\??|\{\d+(?:,\d*)?\}", "name": "keyword.operator.quantifier.synth"},
    {"match": r"[|]", "name": "keyword.operator.or.synth"},
    {"match": r"\((?:\?[:=!<P\w>]*)?|\)", "name": "punctuation.definition.group.synth"},
    {"match": r"[$^]", "name": "keyword.control.anchor.synth"},
]
_NUMBERS = [
    {
        "match": r"\b(\d[\d_]*(?:\.\d+)?)(ms|s|min|h|KB|MB|GB)\b",
        "captures": captures("constant.numeric.synth", "keyword.other.unit.synth"),
    },
    {
        "match": r"\b(\d[\d_]*(?:\.\d+)?)(%)(?![\w(])",
        "captures": captures("constant.numeric.synth", "keyword.other.unit.synth"),
    },
    {"match": r"\b\d[\d_]*\.\d+", "name": "constant.numeric.float.synth"},
    {"match": r"\b\d[\d_]*", "name": "constant.numeric.integer.synth"},
]
_NAMED = [
    {
        "match": rf"{NOT_FIELD}({any_of(SETTING_NAMES)})\s*(=)(?!=)",
        "captures": captures("variable.other.property.setting.synth", "keyword.operator.assignment.synth"),
    },
    {
        "match": rf"{NOT_FIELD}\b({NAME})\s*(=)(?!=)",
        "captures": captures("variable.parameter.synth", "keyword.operator.assignment.synth"),
    },
    {
        "match": rf"{NOT_FIELD}\b({NAME})\s*(:)",
        "captures": captures("variable.other.property.synth", "punctuation.separator.colon.synth"),
    },
]
_CALLS = [
    {"match": rf"{NOT_FIELD}{any_of(FUNCTION_NAMES)}{CALLED}", "name": "support.function.synth"},
    {"match": rf"{NOT_FIELD}\b{NAME}{CALLED}", "name": "entity.name.function.synth"},
]
_PROPERTIES = [
    {
        "match": rf"(?<!\.)(\.)({any_of(METHOD_NAMES)}{CALLED}|{any_of(BARE_METHODS)}(?!\s*\())",
        "captures": captures("punctuation.accessor.synth", "support.function.method.synth"),
    },
    {
        "match": rf"(?<!\.)(\.)({NAME})",
        "captures": captures("punctuation.accessor.synth", "variable.other.property.synth"),
    },
]
_VARIABLES = [
    {"match": rf"{NOT_FIELD}\bit\b", "name": "variable.language.synth"},
    {"match": rf"{NOT_FIELD}\b[A-Z]\w*(?=\.)", "name": "entity.name.type.synth"},
    {"match": rf"\b{NAME}\b", "name": "variable.other.readwrite.synth"},
]
_OPERATORS = [
    {"match": r"\.\.\.", "name": "keyword.operator.spread.synth"},
    {"match": r"\.\.", "name": "keyword.operator.range.synth"},
    {"match": r"->", "name": "keyword.operator.arrow.synth"},
    {"match": r"==|!=|<=|>=|<|>", "name": "keyword.operator.comparison.synth"},
    {"match": r"=", "name": "keyword.operator.assignment.synth"},
    {"match": r"~", "name": "keyword.operator.draw.synth"},
    {"match": r"[-+*/%]", "name": "keyword.operator.arithmetic.synth"},
    {"match": r"[|?]", "name": "keyword.operator.type.synth"},
]
