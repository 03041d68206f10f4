"""Patterns by name in; the whole grammar, and the JSON file that editors read, out."""

from __future__ import annotations

import json
from pathlib import Path

from editors.textmate.declarations import declarations
from editors.textmate.expressions import Pattern, expressions, include
from editors.textmate.statements import statements
from editors.textmate.templates import templates

FILE = Path(__file__).parents[1] / "vscode" / "syntaxes" / "synth.tmLanguage.json"
ABOUT = "Written by `python -m editors.textmate` from the language's own words; change editors/textmate, not this file."


def grammar() -> Pattern:
    """`source.synth`, as TextMate's format has it."""
    return {
        "information_for_contributors": [ABOUT],
        "name": "synth",
        "scopeName": "source.synth",
        "fileTypes": ["synth"],
        "patterns": include(
            "comment", "template", "declaration", "statement", "result", "clause", "expression", "bracket", "brace"
        ),
        "repository": {**templates(), **declarations(), **statements(), **expressions()},
    }


def written() -> str:
    return json.dumps(grammar(), indent=2, ensure_ascii=False) + "\n"
