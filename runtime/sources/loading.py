"""The raw rows of a source in; checked rows with unique keys out, or every mistake in the file as diagnostics."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from compiler.catalog import ColumnType
from compiler.functions.canonical import identity
from compiler.types import Record, Type
from dsl.diagnostics import Diagnostic, SynthError, did_you_mean
from runtime.sources import raw
from runtime.sources.columns import infer, joined
from runtime.sources.fit import Misfit, Missing, Read, RecordReader, reader
from runtime.sources.pile import Pile
from runtime.sources.place import Where
from runtime.sources.stored import Keyed
from runtime.tables.canonical import canonical_json
from runtime.tables.keys import Key, KeyPart

FEW = 20_000
"""Rows below which a dictionary finds duplicates faster than numpy is imported."""

SHORT = 8
"""Bytes of a content hash used as a key: 16 letters."""


@dataclass
class Loaded:
    """`rows` holds `[key, row]`, `rejected` `[key, row, place, reason]`; `hashes` a 64-bit hash of each row's key.

    `digest` is that of the rows where they are computed (SQL, Python), and of nothing else. `empty` are the places of
    documents without text, which give no row.
    """

    rows: Pile
    rejected: Pile
    hashes: array[int]
    digest: str
    columns: Mapping[str, ColumnType]
    empty: tuple[str, ...] = ()
    _index: dict[int, int] = field(default_factory=dict)

    def find(self, key: KeyPart) -> int | None:
        if not self._index and self.hashes:
            self._index = {found: index for index, found in enumerate(self.hashes)}
        index = self._index.get(key_hash(key))
        return index if index is not None and identity(self.rows[index][0]) == identity(key) else None


def load(
    where: Where,
    wanted: Record | None,
    key: str | None,
    accept: Callable[[Mapping[str, Any]], str | None] | None,
) -> Loaded:
    """One pass over the rows, then a search for keys that occur twice. Raises SynthError with all mistakes."""
    intake = _Intake(where, wanted, key, accept)
    for row, place in raw.rows(where):
        if raw.empty(where, row):
            intake.empty.append(place)
        else:
            intake.take(row, place)
    return intake.done()


@dataclass
class _Problem:
    """The first row with a mistake in one column; `more` counts the others."""

    misfit: Misfit
    place: str
    columns: tuple[str, ...]
    more: int = 0


class _Intake:
    def __init__(self, where: Where, wanted: Record | None, key: str | None, accept: Any) -> None:
        self.where, self.wanted, self.key, self.accept = where, wanted, key, accept
        textual = where.kind == "csv"
        self.read = RecordReader(wanted, textual=textual) if wanted else None
        self.read_key = _key_reader(wanted, key, textual)
        self.kept, self.rejected = Pile(), Pile()
        self.hashes = array("Q")
        self.state = blake2b(digest_size=16)
        self.columns: dict[str, ColumnType] = {}
        self.problems: dict[str, _Problem] = {}
        self.empty: list[str] = []

    def take(self, row: dict[str, Any], place: str) -> None:
        self._see(row)
        if self.key in row and self.wanted is not None and self.wanted.open:
            row = {"id": str(row[self.key]), **row}
        try:
            found = self.read(row) if self.read else row
            key = self._key(row, found)
        except Misfit as misfit:
            for found_wrong in [*(self.read.misfits(row) if self.read else ())] or [misfit]:
                self._note(found_wrong, row, place)
            return
        if self.problems:
            return
        self._keep(key, found, place)

    def _note(self, misfit: Misfit, row: dict[str, Any], place: str) -> None:
        column = misfit.path.lstrip(".").split(".")[0].split("[")[0]
        fresh = _Problem(misfit, place, tuple(row), more=-1)
        self.problems.setdefault(f"{column} {type(misfit).__name__}", fresh).more += 1

    def _see(self, row: dict[str, Any]) -> None:
        if self.where.kind == "python":
            for name, kind in infer([row]).items():
                self.columns[name] = joined(self.columns.get(name, kind), kind)

    def _keep(self, key: KeyPart | Key, row: dict[str, Any], place: str) -> None:
        if self.where.kind in raw.COMPUTED:
            self.state.update(canonical_json([key, row]) + b"\n")
        self.hashes.append(key_hash(key))
        reason = self.accept(row) if self.accept else None
        if reason is not None:
            self.rejected.append([key, row, place, reason])
        self.kept.append([key, row] if reason is None else [key, None])

    def _key(self, row: dict[str, Any], found: dict[str, Any]) -> KeyPart | Key:
        """The column that is named, a stored row's own key, or the content's hash."""
        if self.key is None and isinstance(row, Keyed):
            return row.key[0] if len(row.key) == 1 else row.key
        if self.key is None:
            return blake2b(canonical_json(found), digest_size=SHORT).hexdigest()
        if self.key not in row:
            raise Missing(self.key, None).below(f".{self.key}")
        key: KeyPart = self.read_key(row[self.key])
        return key

    def done(self) -> Loaded:
        mistakes = [self._diagnostic(problem) for problem in self.problems.values()]
        if not mistakes and (twice := _first_twice(self.hashes)) is not None:
            mistakes = [self._duplicate(*twice)]
        if mistakes:
            raise SynthError(*mistakes)
        digest = self.state.hexdigest()
        if not len(self.rejected):
            return Loaded(self.kept, self.rejected, self.hashes, digest, self.columns, tuple(self.empty))
        return self._without_rejected(digest)

    def _without_rejected(self, digest: str) -> Loaded:
        rows, hashes = Pile(), array("Q")
        for (key, row), hashed in zip(self.kept, self.hashes, strict=True):
            if row is not None:
                rows.append([key, row])
                hashes.append(hashed)
        return Loaded(rows, self.rejected, hashes, digest, self.columns, tuple(self.empty))

    def _diagnostic(self, problem: _Problem) -> Diagnostic:
        misfit = problem.misfit
        column = misfit.path.lstrip(".")
        more = (f"and {problem.more:,} more rows",) if problem.more else ()
        if isinstance(misfit, Missing):
            return self._missing(column, problem, more)
        code = "E0604" if misfit.expected == _KEY_WORDS else "E0603"
        return Diagnostic(
            code,
            f"`{column}` of `{problem.place}` is {misfit.found}, not {misfit.expected}",
            self.where.span,
            notes=more,
            help=_key_help(code) or _empty_help(column, misfit),
        )

    def _missing(self, column: str, problem: _Problem, more: tuple[str, ...]) -> Diagnostic:
        is_key = column == self.key and not (self.wanted and self.wanted.field(column))
        return Diagnostic(
            "E0604" if is_key else "E0602",
            f"`{problem.place}` has no column `{column}`",
            self.where.span,
            did_you_mean(column.split(".")[-1], problem.columns),
            notes=(f"columns: {', '.join(problem.columns)}", *more),
        )

    def _duplicate(self, first: int, second: int) -> Diagnostic:
        key = self.kept[first][0]
        all_places = (place for row, place in raw.rows(self.where) if not raw.empty(self.where, row))
        places = [place for index, place in enumerate(all_places) if index in (first, second)]
        if self.key is None:
            return Diagnostic(
                "E0605",
                f"`{places[0]}` and `{places[1]}` are the same row",
                self.where.span,
                help="remove one, or name a column that tells them apart: `{ key = id }`",
            )
        return Diagnostic(
            "E0605",
            f"two rows have the key {identity_text(key)}",
            self.where.span,
            notes=(f"{self.key} of {places[0]}", f"{self.key} of {places[1]}"),
            help="a key names one row for ever: make it unique",
        )


_KEY_WORDS = "a text, number or boolean that can be a key"


def _key_help(code: str) -> str | None:
    return "every row needs a key of its own" if code == "E0604" else None


def _empty_help(column: str, misfit: Misfit) -> str | None:
    """A cell of a CSV file is empty, a value of JSON null."""
    return f"where it may be empty, declare `{column}: {misfit.expected}?`" if misfit.found in ('""', "null") else None


def _key_reader(wanted: Record | None, key: str | None, textual: bool) -> Read:
    found = wanted.field(key) if wanted and key else None
    kind: Type | None = found.type if found else None
    read = reader(kind, textual=textual) if kind is not None else None

    def read_key(value: Any) -> KeyPart:
        value = read(value) if read else value
        if not isinstance(value, str | int | float):
            raise Misfit(_KEY_WORDS, value).below(f".{key}")
        return value

    return read_key


def key_hash(key: KeyPart | Key) -> int:
    """64 bits, different for `1`, `1.0`, `true` and `"1"`."""
    return int.from_bytes(blake2b(canonical_json(key), digest_size=8).digest(), "little")


def identity_text(key: KeyPart) -> str:
    return canonical_json(key).decode()


def _first_twice(hashes: array[int]) -> tuple[int, int] | None:
    """The first place whose value stood before, and where. Sorting 8 bytes a row keeps memory flat for millions."""
    if len(hashes) < FEW:
        seen: dict[int, int] = {}
        return next(((seen[h], i) for i, h in enumerate(hashes) if seen.setdefault(h, i) != i), None)
    import numpy as np

    values = np.frombuffer(hashes, dtype=np.uint64)
    order = np.argsort(values, kind="stable")
    again = np.flatnonzero(values[order][1:] == values[order][:-1])
    if not len(again):
        return None
    second = int(order[again + 1].min())
    return int(np.flatnonzero(values == values[second])[0]), second
