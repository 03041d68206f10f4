"""Techniques of the field in the words that a spec's README uses, each with the statements of a spec that show it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

SHOWN: Mapping[str, str] = {
    "personas": r"(?m)^personas ",
    "sampled criteria subsets": r"(?m)^criteria ",
    "noise in the prompt": r"draw \w+ ~ (int|uniform|normal)\(",
    "several models": r"draw \w+ +~ \[\w+, \w+",
    "few-shot examples": r"(?m)^  @assistant|\.pick\(\d\)|std/judges|std/claims",
    "domain context": r"(?m)^const \w+ = file\(|{{ (text|document\.text|passage\.text) }}",
    "constraints": r"where .*(len|words|matches)\(|(require|filter) .*(words|matches|repetition)\(|require ",
    "structured output": r"gen \w+: [A-Z]\w*",
    "binary judges": r"-> bool by|from \"std/",
    "additive rubrics": r"-> points by",
    "judges are tested": r"gold = ",
    "layered filters": r"(?s)(filter|require) .*(filter|require) ",
    "verified answers": r"(?m)^  run |json\(\w|math_equal\(",
    "code with tests": r"= pytest\(",
    "test-time compute": r"(?m) times ",
    "majority vote": r"\.majority\(",
    "iterated wide search": r"(?m)^  loop ",
    "confidence from consistency": r"consistency\(",
    "constitution": r"std/constitution",
    "reward model filter": r"-> score by",
    "preference pairs": r"emit dpo",
    "no collapse": r"(?m)^mix |decontaminate |  dedup ",
    "diversity measured": r"audit distinct\(",
    "read the data": r"(?m)^  flag ",
    "inconsistency tamed": r"temperature = .*(top_p|top_k|min_p|max_tokens) = ",
    "log-probabilities": r"logprob",
    "many languages": r"language_of\(",
    "cost known": r"max_tokens = |^param ",
    "versioned data": r"dataset\(|mix ",
    "distillation": r"emit (sft|chat)",
}
"""Each with a pattern of the text that a spec cannot do without if it uses the technique."""
NAMED = re.compile(r"(?ms)^\* \*\*Techniques\*\*: (.*?)\.$")


def named(readme: Path) -> list[str]:
    found = NAMED.search(readme.read_text(encoding="utf-8"))
    return [name.strip() for name in " ".join(found[1].split()).split(",")] if found else []
