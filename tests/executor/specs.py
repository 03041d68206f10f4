"""The specs that the executor's tests build: what looks at one candidate alone, and what looks at all of them."""

from __future__ import annotations

from typing import Any

from tests.acceptance.specs import QA, pages, readers

_EMIT = "  emit { question = question, answer = answer, reader = reader.id }\n"
_AUDIT = "  audit kept / attempted >= 10%\n"
_DEDUP = "  dedup answer by exact\n"
_SHORT = QA.replace("words(question) > 6 else", "words(question) > 14 else").replace("int = 1000", "int = 17")

PLAIN = (
    _SHORT.replace("  target = wanted\n", "")
    .replace(_DEDUP, "")
    .replace(_AUDIT, "  audit distinct(answer) >= 1%\n  audit share(words(question) > 3) >= 10%\n")
)
"""Draws, a retry, a judge that filters, audits of values: no candidate needs another one."""

DEDUP = (
    _SHORT.replace("  target = wanted\n", "")
    .replace(_DEDUP, "  dedup str(words(answer)) by exact\n")
    .replace(_EMIT, f"{_EMIT}  emit as asked {{ words = words(question), text = page.text }}\n")
)
"""Two tables, and a `dedup` that drops."""

SPECS = {
    "plain": PLAIN,
    "dedup": DEDUP,
    "target": _SHORT,
    "groups": _SHORT.replace("target = wanted", "target = 3 per reader.id"),
    "select": PLAIN.replace("  filter sound(answer)\n", "  filter sound(answer)\n  select 9 by words(answer)\n"),
    "apart": DEDUP.replace(
        "dedup str(words(answer)) by exact", "select 7 by words(answer) apart answer by minhash(0.9)"
    ),
}
EVERY = ("plain", "dedup", "select", "apart")
"""Those that run every candidate: calls are the same whatever the order of arrival."""


def inputs(number: int = 30) -> dict[str, list[dict[str, Any]]]:
    return {"pages": pages(number), "readers": readers(4)}


CHAIN = f"""{PLAIN}
dataset checked {{
  each pair from qa
  gen note: str = reply({{ id: "n", text: pair.answer }}, pair.question) with writer {{ max_tokens = 30 }}
  emit {{ note = note, of = pair.reader }}
}}

mix both {{ qa: 50%, checked: 50% }}
"""
"""A dataset made of another one's rows, and a mix of both."""
