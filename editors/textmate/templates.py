"""Nothing but the template language's shape in; the patterns that find what stands between triple quotes, out."""

from __future__ import annotations

from dsl.templates import TAGS
from editors.textmate.expressions import Pattern, captures, include
from editors.textmate.words import NAME, any_of

TAG = "keyword.control.template.synth"
BRACES = "punctuation.section.embedded"
QUOTES = r"(?=\"\"\")"
"""A template ends at the next three quotes, whatever is still open in it."""


def templates() -> dict[str, Pattern]:
    """The template and its pieces, by name."""
    return {
        "template": {
            "begin": r'"""',
            "end": r'"""',
            "name": "string.quoted.triple.synth",
            "beginCaptures": {"0": {"name": "punctuation.definition.string.begin.synth"}},
            "endCaptures": {"0": {"name": "punctuation.definition.string.end.synth"}},
            "patterns": include("marker", "template-comment", "raw", "tag", "hole"),
        },
        "marker": {"patterns": _MARKERS},
        "template-comment": {"begin": r"\{#", "end": rf"#\}}|{QUOTES}", "name": "comment.block.template.synth"},
        "raw": {
            "begin": r"(\{%-?)\s*(raw)\s*(-?%\})",
            "end": rf"(\{{%-?)\s*(endraw)\s*(-?%\}})|{QUOTES}",
            "beginCaptures": captures(f"{BRACES}.begin.synth", TAG, f"{BRACES}.end.synth"),
            "endCaptures": captures(f"{BRACES}.begin.synth", TAG, f"{BRACES}.end.synth"),
        },
        "tag": {
            "begin": rf"(\{{%-?)\s*({any_of(TAGS)})?",
            "end": rf"-?%\}}|{QUOTES}|$",
            "name": "meta.embedded.tag.synth",
            "beginCaptures": captures(f"{BRACES}.begin.synth", TAG),
            "endCaptures": {"0": {"name": f"{BRACES}.end.synth"}},
            "patterns": include("template-loop", "filter", "expression", "group"),
        },
        "hole": {
            "begin": r"\{\{-?",
            "end": rf"-?\}}\}}|{QUOTES}",
            "name": "meta.embedded.hole.synth",
            "beginCaptures": {"0": {"name": f"{BRACES}.begin.synth"}},
            "endCaptures": {"0": {"name": f"{BRACES}.end.synth"}},
            "patterns": include("template-loop", "filter", "expression", "group"),
        },
        "template-loop": {"match": r"(?<![\w\])\"]\.)\bloop\b(?=\.)", "name": "variable.language.synth"},
        "filter": {
            "match": rf"(\|)\s*({NAME})",
            "captures": captures("keyword.operator.pipe.synth", "support.function.filter.synth"),
        },
    }


_MARKERS = [
    {
        "match": r"^\s*(@)(system|user|assistant|raw)\s*$",
        "captures": captures("punctuation.definition.tag.synth", "entity.name.tag.message.synth"),
    },
    {
        "match": r"^\s*(@)(open)\s+(assistant|user)\s*$",
        "captures": captures(
            "punctuation.definition.tag.synth", "entity.name.tag.message.synth", "entity.other.attribute-name.synth"
        ),
    },
    {
        "match": r"^\s*(@)(chat)(?=\s*\{\{)",
        "captures": captures("punctuation.definition.tag.synth", "entity.name.tag.message.synth"),
    },
]
