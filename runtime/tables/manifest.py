"""What one version of a dataset is: its tables, counts, measures and origins, as frozen data and canonical JSON.

Everything here is a function of the build's content: no time, host, cost or path of a machine. `root` covers the data
alone (tables and rejected rows), so a changed comment, measure or model name leaves it as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from runtime.tables.canonical import canonical_json, digest
from runtime.tables.keys import Key
from runtime.tables.layout import FORMAT
from runtime.tables.schema import Schema, Type, schema_json

Json = Any
"""A JSON value: what `orjson` writes and reads."""


@dataclass(frozen=True, slots=True)
class Shard:
    """One immutable Parquet file of a table, rows sorted by key. `rows` and `size` (bytes) are never 0.

    `logical` is a digest of the rows' keys and hashes: equal ones hold equal rows, whatever library wrote the bytes.
    `part` counts the files of one content-cut run of rows: 0, and more only where a run is too large for one file.
    """

    sha256: str
    logical: str
    rows: int
    size: int
    first: Key
    last: Key
    part: int = 0


@dataclass(frozen=True, slots=True)
class ColumnStats:
    """`low`, `high` and `mean` are of the value for numbers, of the length for text and lists, None where neither is.

    `categories` are the counts of every value of a column with few distinct ones, most frequent first; else None.
    """

    nulls: int
    low: float | int | None = None
    high: float | int | None = None
    mean: float | None = None
    categories: tuple[tuple[str, int], ...] | None = None


@dataclass(frozen=True, slots=True)
class TableManifest:
    """A table: `root` is a digest of its schema and of its shards' logical digests, in order.

    `atomic`: a merge takes each of its rows whole from one side.
    """

    schema: Schema
    root: str
    rows: int
    shards: tuple[Shard, ...]
    stats: Mapping[str, ColumnStats] = field(default_factory=dict)
    atomic: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """Candidates: `attempted` = `kept` + the sum of `rejected`, which counts by reason."""

    attempted: int = 0
    kept: int = 0
    rejected: Mapping[str, int] = field(default_factory=dict)


MERGED = "merge "


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """Digests of the spec: what changes data, what only describes it, and the compiled program's text.

    `data` of a version that holds rows of two others, which no one build makes, begins with `MERGED`.
    """

    data: str
    description: str
    program: str

    @property
    def merged(self) -> bool:
        return self.data.startswith(MERGED)

    def holding(self, one: Fingerprints, other: Fingerprints) -> Fingerprints:
        """This spec's, of a version that holds rows of both."""
        parts = sorted((one.data, other.data))
        return replace(self, data=MERGED + digest([b"merge", *map(str.encode, parts)]))


@dataclass(frozen=True, slots=True)
class InputDigest:
    """What an input was. A dataset that is an input is known by `commit` too."""

    digest: str
    rows: int
    commit: str | None = None


@dataclass(frozen=True, slots=True)
class KeyColumn:
    """One part of the key: the axis's name and its type."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class StepRecord:
    """One statement as the plan saw it: `digest` and `closure` are the plan's, `title` its text on one line.

    `settings` are the ones written in the statement (`temperature`), so that a diff can name the one that changed.
    """

    id: str
    title: str
    digest: str
    closure: str
    settings: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Determinism:
    """Calls by whether the engine gives the same answer again (`repeatable`) or only a record does (`recorded`)."""

    repeatable: int = 0
    recorded: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One version of one dataset. `models` maps roles to weights digests or declared revisions; `prompts` maps prompts
    and judges to their digests; `steps` are the statements in order; `limit` is how many candidates were allowed.

    `decisions` are what people decided about rows; `applied` is a digest of those that the last build knew of.
    `texts` are the long ones that calls were given, None where there are none.
    `failed` are the audits that did not hold and only warned, as they are written.
    `patched`: a patch without calls was put on it; what calls it has left are of the version before the patch.
    `determinism` says of each role how many of its answers its engine gives again, as it said when it gave them.
    """

    dataset: str
    key: tuple[KeyColumn, ...]
    tables: Mapping[str, TableManifest]
    rejected: TableManifest | None = None
    calls: TableManifest | None = None
    texts: TableManifest | None = None
    decisions: TableManifest | None = None
    applied: str = ""
    failed: tuple[str, ...] = ()
    patched: bool = False
    determinism: Mapping[str, Determinism] = field(default_factory=dict)
    counts: Counts = field(default_factory=Counts)
    measures: Mapping[str, float | int | None] = field(default_factory=dict)
    fingerprints: Fingerprints
    models: Mapping[str, str] = field(default_factory=dict)
    sampling: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    seed: int = 0
    params: Mapping[str, Json] = field(default_factory=dict)
    inputs: Mapping[str, InputDigest] = field(default_factory=dict)
    prompts: Mapping[str, str] = field(default_factory=dict)
    steps: tuple[StepRecord, ...] = ()
    limit: int | None = None
    format: int = FORMAT

    @property
    def has_own_calls(self) -> bool:
        """Whether what it has of calls was made by its own spec: those of a merged version are of two, of which it has

        one.
        """
        return not (self.fingerprints.merged or self.patched)

    @property
    def root(self) -> str:
        """The digest of the data: equal roots mean equal rows, kept and rejected, in every table."""
        tables = [part for name in sorted(self.tables) for part in (name.encode(), self.tables[name].root.encode())]
        return digest([b"dataset", *tables, self.rejected.root.encode() if self.rejected else b""])


def table_root(schema: Schema, logical: list[str]) -> str:
    """The root digest of a table. Columns count as a set: showing them in another order changes nothing."""
    columns = sorted(canonical_json(column) for column in schema_json(schema))
    return digest([b"table", *columns, b"shards", *map(str.encode, logical)])
