"""A candidate's value at a `decontaminate` in; the name of the evaluation row that it overlaps, or None, out.

Each statement's index is made once, when its first value comes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from compiler import plan
from runtime.bridge import await_, run_in_greenlet
from runtime.build.meanings import EncoderOf, packaged
from runtime.embeddings.vectors import Encoder
from runtime.filters import Overlaps, overlaps

Against = Callable[[], Mapping[str, Any]]
SHOWN = 40
"""Characters of a text that stands for itself in a reason."""


class Rows(Protocol):
    """The part of a source that is needed here; a test's own rows have it too."""

    def __len__(self) -> int: ...

    def row(self, place: int, /) -> tuple[object, Mapping[str, Any]]: ...


@dataclass(frozen=True)
class ColumnOf:
    """A column of a source; a row is known by its key."""

    name: str
    column: str
    source: Rows

    def __len__(self) -> int:
        return len(self.source)

    def text(self, place: int) -> str | None:
        found = self.source.row(place)[1].get(self.column)
        return None if found is None else str(found)

    def called(self, place: int) -> str:
        return f"{self.name}/{self.source.row(place)[0]}"


@dataclass(frozen=True)
class Texts:
    """A list of the spec; a text is known by its beginning."""

    texts: Sequence[str | None]

    def __len__(self) -> int:
        return len(self.texts)

    def text(self, place: int) -> str | None:
        return self.texts[place]

    def called(self, place: int) -> str:
        text = " ".join((self.texts[place] or "").split())
        return f'"{text}"' if len(text) <= SHOWN else f'"{text[: SHOWN - 1]}…"'


@dataclass
class _Step:
    step: plan.Decontaminate
    reference: Callable[[], ColumnOf | Texts]
    encoder: Encoder | None
    _making: asyncio.Future[Overlaps] | None = field(default=None, init=False)

    @cached_property
    def rows(self) -> ColumnOf | Texts:
        return self.reference()

    @cached_property
    def index(self) -> Overlaps:
        return self._made()

    def _made(self) -> Overlaps:
        return overlaps(self.step.method, self.step.number, self.rows, self.encoder)

    async def _asked(self) -> Overlaps:
        """A server is asked once, for whoever comes first; the others wait."""
        if self._making is None:
            self._making = asyncio.ensure_future(run_in_greenlet(self._made))
        return await asyncio.shield(self._making)

    def find(self, value: object) -> str | None:
        index = self.index if self.encoder is None else await_(self._asked())
        found = index.find(value)
        return None if found is None else self.rows.called(found)


class Decontaminations:
    """All `decontaminate` statements of one run; `against` gives the lists that are not a source's column, by step."""

    def __init__(
        self, dataset: plan.DatasetPlan, sources: Mapping[str, Rows], against: Against, encoder: EncoderOf = packaged
    ) -> None:
        self._steps = {
            step.id: _Step(step, lambda step=step: _reference(step, sources, against), encoder(step))  # type: ignore[misc]
            for step in dataset.of(plan.Decontaminate)
        }

    def overlaps(self, step: str, value: object) -> str | None:
        return self._steps[step].find(value)

    def texts(self, step: str) -> list[str]:
        """What the statement's rows are to keep clear of, nulls left out."""
        rows = self._steps[step].rows
        return [text for place in range(len(rows)) if (text := rows.text(place)) is not None]


def _reference(step: plan.Decontaminate, sources: Mapping[str, Rows], against: Against) -> ColumnOf | Texts:
    if step.source is not None and step.column is not None:
        return ColumnOf(step.source, step.column, sources[step.source])
    return Texts(against()[step.id] or ())
