"""Labels and the likeliest next tokens in; the log-probability of each label, and the judgement they make, out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from runtime.engines.protocol import Answer

IMPOSSIBLE = -1000.0
"""Stands for the logarithm of zero, which JSON cannot write."""


def spellings(labels: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """How each label may stand as the next word: as it is, after a space, in another letter case.

    A form that would suit two labels suits neither, unless it is one of them.
    """
    forms = {label: _forms(label) for label in labels}
    return {label: tuple(form for form in forms[label] if _own(form, label, forms)) for label in labels}


def _forms(label: str) -> tuple[str, ...]:
    words = dict.fromkeys((label, label.lower(), label.capitalize(), label.upper()))
    return tuple(form for word in words for form in (word, f" {word}"))


def _own(form: str, label: str, forms: Mapping[str, tuple[str, ...]]) -> bool:
    return form == label or not any(form in other for name, other in forms.items() if name != label)


def scored(labels: tuple[str, ...], candidates: Mapping[str, float]) -> dict[str, float | None]:
    """Each label's log-probability over its spellings among `candidates`; None when none of them is there."""
    found = {
        label: [candidates[form] for form in forms if form in candidates] for label, forms in spellings(labels).items()
    }
    return {label: log_sum(values) if values else None for label, values in found.items()}


def apart(logprobs: Mapping[str, float], begins: Mapping[str, str]) -> dict[str, float]:
    """Labels without what counted for a longer one too: a model that writes `10` in two tokens first writes `1`.

    `begins` gives, for each label of several tokens, the first of them.
    """
    found = dict(logprobs)
    for label in sorted(logprobs, key=len, reverse=True):
        longer = [other for other, first in begins.items() if first == label != other]
        rest = math.exp(logprobs[label]) - sum(math.exp(logprobs[other]) for other in longer)
        if longer:
            found[label] = math.log(rest) if rest > 0 else IMPOSSIBLE
    return found


def log_sum(values: Iterable[float]) -> float:
    """The logarithm of the sum of probabilities given as logarithms."""
    known = list(values)
    top = max(known)
    return top if math.isinf(top) else top + math.log(sum(math.exp(value - top) for value in known))


def judgement(
    logprobs: Mapping[str, float], *, prompt_tokens: int, cached_tokens: int = 0, repeatable: bool = False
) -> Answer:
    """The answer to a request with labels: its text is the likeliest label, the first of equals."""
    logprobs = {label: max(value, IMPOSSIBLE) for label, value in logprobs.items()}
    best = max(logprobs, key=logprobs.__getitem__)
    return Answer(
        text=best,
        prompt_tokens=prompt_tokens,
        completion_tokens=1,
        cached_tokens=cached_tokens,
        logprob=logprobs[best],
        labels=logprobs,
        label_mass=min(math.exp(log_sum(logprobs.values())), 1.0),
        repeatable=repeatable,
    )
