"""Labels and a prompt in; a server's judgement over the labels' spellings out, asked for in one question or two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from runtime.engines.labels import spellings
from runtime.engines.protocol import Answer, EngineRejected
from runtime.engines.sglang import wire
from runtime.engines.sglang.forms import Forms, forms_of
from runtime.engines.sglang.line import Line
from runtime.engines.sglang.once import Once
from runtime.engines.sglang.patience import Patience
from runtime.engines.sglang.prompt import Prompt, PromptWriter

Labels = tuple[str, ...]


class Judge:
    """Belongs to one event loop: labels are tokenized once, whoever asks about them."""

    def __init__(self, name: str, line: Line, writer: PromptWriter, patience: Patience) -> None:
        self._name, self._line, self._writer, self._patience = name, line, writer, patience
        self._forms = Once(self._learn_forms)

    async def judge(self, labels: Labels, prompt: Prompt) -> Answer:
        forms = await self._forms.get(labels)
        with self._patience.of(1) as patience:
            body = wire.judge_body(prompt, forms.first_tokens)
            data = await self._line.generate(body, prompt=prompt, patience=patience)
        with wire.reading(self._name, "/generate"):
            first, counts = wire.first_of(data, forms.first_tokens, self._name), wire.counts_of([data])
        longer = forms.longer(first)
        if not longer:
            return forms.judged(first, {}, *counts)
        items = await self._spelt(await self._writer.ids(prompt), longer)
        with wire.reading(self._name, "/generate"):
            return forms.judged(first, wire.spelt_of(items, longer, self._name), *wire.counts_of([data, *items]))

    async def _spelt(self, prompt: list[int], forms: Sequence[tuple[int, ...]]) -> list[Any]:
        with self._patience.of(1, calls=len(forms)) as patience:
            body = wire.spelt_body(prompt, forms)
            items: list[Any] = await self._line.generate(body, prompt=prompt, patience=patience, calls=len(forms))
            return items

    async def _learn_forms(self, labels: Labels) -> Forms:
        spelt = spellings(labels)
        ids = iter(await self._writer.tokens.of_all([form for forms in spelt.values() for form in forms]))
        forms = forms_of({label: [next(ids) for _ in forms] for label, forms in spelt.items()})
        empty = [label for label, found in forms.by_label.items() if not found]
        if empty:
            raise EngineRejected(self._name, f"the label {empty[0]!r} has no token in this model")
        return forms
