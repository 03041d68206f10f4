"""The spellings of labels, as token ids, in; what to ask the server, and the judgement it then makes, out.

The first question is asked once for all labels: the prompt's next token, over the first tokens of every spelling. That
is the whole answer for spellings of one token. A longer one is appended to the prompt, as ids, since a tokenizer that
reads the text may join the prompt's last letters with the label's first, and its tokens' log-probabilities, read from
the end, are added up. Those questions find the prompt computed already. Spellings that the first question showed to be
all but impossible are not asked about.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from runtime.engines.labels import IMPOSSIBLE, judgement, log_sum
from runtime.engines.protocol import Answer

Ids = tuple[int, ...]

NEGLIGIBLE = 1e-3
"""The share of the first tokens' probability below which a spelling is left out: so much a label's may be off."""


@dataclass(frozen=True)
class Forms:
    """The ids of each label's spellings, none of them empty."""

    by_label: Mapping[str, tuple[Ids, ...]]

    @cached_property
    def first_tokens(self) -> list[int]:
        return sorted({form[0] for form in self._all})

    @cached_property
    def _all(self) -> tuple[Ids, ...]:
        return tuple(form for forms in self.by_label.values() for form in forms)

    def longer(self, first: Mapping[int, float]) -> list[Ids]:
        """The spellings of several tokens that matter, given the first tokens' log-probabilities."""
        least = log_sum(first.values()) + math.log(NEGLIGIBLE)
        wanted = {form for form in self._all if first[form[0]] >= least}
        for forms in self.by_label.values():
            if wanted.isdisjoint(forms) and all(len(form) > 1 for form in forms):
                wanted.add(max(forms, key=lambda form: first[form[0]]))
        return sorted(form for form in wanted if len(form) > 1)

    def judged(
        self, first: Mapping[int, float], longer: Mapping[Ids, float], prompt_tokens: int, cached_tokens: int
    ) -> Answer:
        """The judgement, given the log-probabilities of the longer spellings too."""
        known = {form: first[form[0]] for form in self._all if len(form) == 1} | dict(longer)
        alone = exclusive(known)
        logprobs = {
            label: log_sum(alone.get(form, IMPOSSIBLE) for form in forms) for label, forms in self.by_label.items()
        }
        return judgement(logprobs, prompt_tokens=prompt_tokens, cached_tokens=cached_tokens)


def exclusive(known: Mapping[Ids, float]) -> dict[Ids, float]:
    """Each spelling without what counts for one that it begins: a model that writes `10` in two tokens first writes
    `1`."""
    found: dict[Ids, float] = {}
    for form in sorted(known, key=len, reverse=True):
        longer = [math.exp(value) for other, value in found.items() if _begins(form, other)]
        rest = math.exp(known[form]) - sum(longer)
        found[form] = known[form] if not longer else math.log(rest) if rest > 0 else IMPOSSIBLE
    return found


def _begins(form: Ids, other: Ids) -> bool:
    return len(form) < len(other) and other[: len(form)] == form


def forms_of(spelt: Mapping[str, Sequence[Sequence[int]]]) -> Forms:
    """From the ids of each label's spellings."""
    return Forms(
        {label: tuple(dict.fromkeys(tuple(ids) for ids in all_ids if ids)) for label, all_ids in spelt.items()}
    )
