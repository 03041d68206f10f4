"""Some of a dataset's rows in, as a plan looks at them; how long their prompts' pieces are, and what rows share, out.

Nothing is asked: axes and draws are known, answers as far as the journal holds them, and the rest is guessed by type.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import exp, inf

from compiler import plan
from compiler.constant import Evaluator
from compiler.functions.plain import plain
from compiler.model import Kind, Model, Symbol
from compiler.passes.plan.names import ROW
from compiler.prefix.late import Measured, slow_late
from compiler.prefix.model import Segment, tokens_of
from compiler.prefix.rendering import Rendering
from compiler.prefix.segments import bound, markers
from compiler.prefix.share import Sharing, sharing
from dsl.diagnostics import Diagnostic
from runtime.build.commit import NO_FILES
from runtime.build.inputs import Inputs
from runtime.program.row import Row

ROWS = 60
"""Rows whose prompts are measured, evenly over those that a plan looks at."""
FEW = 1_000
"""Rows of a source that a prompt may show as examples."""
DRAWN = 5_000
"""Draws that are compared, to tell how many different ones there are."""
TEXT = 20_000
"""Characters that a tokenizer is shown, to learn how long its tokens are."""


@dataclass
class Lengths:
    """`every` is how many rows apart those lie that are measured; `rows` is how many there are."""

    model: Model
    dataset: plan.DatasetPlan
    inputs: Inputs
    counts: Mapping[str, float]
    rows: float
    every: int = 1
    scale: float = 1.0
    _sums: dict[tuple[int, int], float] = field(default_factory=dict)
    _seen: dict[tuple[int, int], int] = field(default_factory=dict)
    _drawn: dict[str, list[int]] = field(default_factory=dict)
    _texts: list[str] = field(default_factory=list)

    def saw(self, row: Row) -> None:
        for step in self.dataset.of(plan.Draw):
            drawn = self._drawn.setdefault(step.name, [])
            if step.name in row.values and len(drawn) < DRAWN:
                drawn.append(hash(repr(plain(row.values[step.name]))))
        if row.index % self.every == 0 and self.dataset.prefixes:
            self._measure({**row.axes, **row.values})

    def _measure(self, values: Mapping[str, object]) -> None:
        known = {symbol: values[symbol.name] for symbol in self._symbols if symbol.name in values}
        row = Rendering(self.model, Evaluator(self.model.symbols, {**self._constants, **known}, NO_FILES))
        for number, prefix in enumerate(self.dataset.prefixes):
            if prefix.owner is None:
                continue
            prompt = bound(prefix.owner, prefix.given, row)
            for place, segment in enumerate(prefix.segments):
                self._add((number, place), segment, prompt)

    def _add(self, where: tuple[int, int], segment: Segment, prompt: Rendering) -> None:
        text = prompt.text((segment.part,)) if segment.part is not None and not _is_fixed(segment) else None
        if text is None or segment.part is None:
            return
        if sum(map(len, self._texts)) < TEXT:
            self._texts.append(text)
        tokens = tokens_of(text.strip()) + markers(segment.part, prompt)
        self._sums[where] = self._sums.get(where, 0.0) + tokens
        self._seen[where] = self._seen.get(where, 0) + 1

    @cached_property
    def _symbols(self) -> list[Symbol]:
        """The names of a row, as the spec's expressions mean them."""
        spans = {step.span for step in self.dataset.all_steps()}
        found = {symbol: None for symbol in self.model.symbols.values() if symbol.kind in ROW}
        return [symbol for symbol in found if symbol.node is not None and symbol.node.span in spans]

    @cached_property
    def _constants(self) -> dict[Symbol, object]:
        """Parameters and constants, and the rows of small sources."""
        found = {symbol: None for symbol in self.model.symbols.values() if symbol.kind in (Kind.INPUT, Kind.PERSONAS)}
        small = {name: handle for name, handle in self.inputs.handles.items() if len(handle.source) <= FEW}
        rows = {symbol: {"rows": small[symbol.name].rows} for symbol in found if symbol.name in small}
        return {**self.model.values, **rows}

    # --- what came of it ---

    @property
    def sample(self) -> str:
        """Text as these prompts have it, for a tokenizer to count."""
        fixed = [segment.text for prefix in self.dataset.prefixes for segment in prefix.segments if _is_fixed(segment)]
        return "\n".join([*fixed, *self._texts])[:TEXT]

    def learn(self, tokens: int) -> None:
        """How many tokens the sample has, by somebody who counted."""
        if tokens:
            self.scale = tokens / max(1, tokens_of(self.sample))

    def shared(self, cells: Iterable[str]) -> tuple[Sharing, ...]:
        """Of the gens and judges that would be asked."""
        wanted, counts = set(cells), self._counted()
        return tuple(
            sharing(one.prefix, one.tokens, False, counts, self.rows)
            for one in self._measured()
            if one.prefix.cell in wanted
        )

    def warnings(self, cells: Iterable[str]) -> list[Diagnostic]:
        wanted = set(cells)
        measured = [one for one in self._measured() if one.prefix.cell in wanted]
        return slow_late(measured, self._counted(), self.rows)

    def _measured(self) -> list[Measured]:
        return [
            Measured(prefix, [self._length((number, place), segment) for place, segment in enumerate(prefix.segments)])
            for number, prefix in enumerate(self.dataset.prefixes)
        ]

    def _length(self, where: tuple[int, int], segment: Segment) -> float:
        seen = self._seen.get(where)
        return self.scale * (self._sums[where] / seen if seen else segment.tokens)

    def _counted(self) -> dict[str, float]:
        """Axes as they are; a draw by how often what it gives is met again."""
        drawn = {name: different(values, self.rows) for name, values in self._drawn.items() if values}
        return {**self.counts, **drawn}


def _is_fixed(segment: Segment) -> bool:
    """Literal text and what synth adds; its length is known."""
    return segment.known and not segment.varies


def different(values: Sequence[int], rows: float) -> float:
    """How many values all rows draw; where these are some of them, about: no bound where none came twice."""
    drawn, seen = len(values), len(set(values))
    if drawn >= rows or seen == drawn:
        return float(seen) if drawn >= rows else inf
    low, high = float(seen), 1e9
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if middle * (1 - exp(-drawn / middle)) < seen else (low, middle)
    return max(float(seen), round(high))
