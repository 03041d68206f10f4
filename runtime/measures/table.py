"""A table's manifest and its local shard files in; its measures by name out. Deterministic, in flat memory.

rows                     rows of the table
mean_words(answer)       words per row that has any text
distinct_1(answer)       different words ÷ words; distinct_2: the same of pairs of neighbouring words
duplicates(answer)       the share of rows whose text (letter case and spacing aside) an earlier row has too
values(topic)            how many different values a categorical column has
evenness(topic)          how evenly rows fall on them: 1 is all alike, 0 all on one (entropy ÷ its maximum)

Words are counted in all rows up to some 20,000 (or 8 MB of text); beyond, in those that a hash of their keys draws,
so that an edit elsewhere leaves the sample as it is and versions of a like size are measured alike.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runtime.measures.kinds import Texts, categories, texts_of
from runtime.query.scratch import borrowed, text
from runtime.tables.manifest import TableManifest

if TYPE_CHECKING:
    import duckdb

NGRAMS = (1, 2)
SAMPLE_ROWS, SAMPLE_BYTES = 20_000, 8 * 2**20
MEMORY = "256MB"
DIGITS = 6
# The same words as `distinct`, `ngrams` and `words` of the language: Unicode's letters and digits, and its blanks.
_TOKENS = r"[\p{L}\p{N}_]+"
_WORDS = r"[^\s\v\p{Z}\x{85}\x{1c}-\x{1f}]+"


def measure(table: TableManifest, paths: Sequence[str | Path]) -> dict[str, float]:
    """`paths` are all shards of the table, in any order."""
    found: dict[str, float] = {"rows": table.rows, **dict(_coverage(table))}
    columns = [texts for column in table.schema.columns for texts in texts_of(column, table.stats.get(column.name))]
    if columns and paths:
        # Each thread takes memory of its own, 13 MB, and more processor time in all: never as many as there are cores.
        threads = 1 if table.rows <= SAMPLE_ROWS else 2
        with borrowed(f"memory_limit = '{MEMORY}'", f"threads = {threads}") as connection:
            for texts in columns:
                found |= _texts(connection, texts, f"read_parquet([{', '.join(text(str(path)) for path in paths)}])")
            connection.execute("drop table if exists drawn")
    return {name: round(value, DIGITS) for name, value in found.items()}


def _coverage(table: TableManifest) -> Iterator[tuple[str, float]]:
    """From the statistics that the manifest has already."""
    for name in table.schema.names:
        found = categories(table.stats.get(name))
        if found:
            yield f"values({name})", len(found)
            yield f"evenness({name})", evenness([count for _, count in found])


def evenness(counts: Sequence[int]) -> float:
    """Entropy of the counts ÷ the most it could be; 1 for a single value."""
    total = sum(counts)
    if len(counts) < 2:
        return 1.0
    return math.fsum(-n / total * math.log(n / total) for n in counts if n) / math.log(len(counts))


def _texts(connection: duckdb.DuckDBPyConnection, texts: Texts, source: str) -> dict[str, float]:
    rows = f"(select list_filter({texts.sql}, lambda it: it is not null) as texts, _key from {source})"
    held = f"(select texts, array_to_string(texts, ' ') as text, _key from {rows} where len(texts) > 0)"
    totals = "count(*), count(distinct hash(lower(text))), sum(strlen(text))"
    count, different, size = _fetch(connection, f"select {totals} from {held}")
    if not count:
        return {}
    connection.execute(_words(held, _parts(count, size)))
    measured = {f"mean_words({texts.name})": _fetch(connection, "select sum(words * n) / sum(n) from drawn")[0]}
    measured |= {f"distinct_{n}({texts.name})": _distinct(connection, n) for n in NGRAMS}
    known = {name: value for name, value in measured.items() if value is not None}
    return {f"duplicates({texts.name})": 1 - different / count, **known}


def _parts(count: int, size: int) -> int:
    """One of how many rows is drawn: a power of two, so that a table that grows a little keeps its sample."""
    wanted = max(count / SAMPLE_ROWS, size / SAMPLE_BYTES, 1.0)
    return 1 << math.ceil(math.log2(wanted))


def _words(held: str, parts: int) -> str:
    """The table `drawn`: for each text of the drawn rows its tokens; for each row its number of words.

    Rows that say the same are one row of it, and `n` is their number: words are found in each text once.
    """
    rows = f"select texts, any_value(text) as text, count(*) as n from {held} where {_drawn(parts)} group by texts"
    return f"""create or replace table drawn as
        select list_transform(texts, lambda t: regexp_extract_all(lower(t), '{_TOKENS}')) as tokens,
            len(regexp_extract_all(text, '{_WORDS}')) as words, n
        from ({rows})"""


def _drawn(parts: int) -> str:
    return "true" if parts == 1 else f"md5_number_lower(_key) % {parts} = 0"


def _distinct(connection: duckdb.DuckDBPyConnection, n: int) -> float | None:
    """Different n-grams ÷ n-grams, None where there are none; an n-gram never reaches over the end of a text."""
    words = ", ".join(f"unnest(w[{k + 1}:{k - n}])" if k < n - 1 else f"unnest(w[{n}:])" for k in range(n))
    names = ", ".join(f"w{k}" for k in range(n))
    grams = f"(select n, {words} from (select n, unnest(tokens) as w from drawn)) grams(n, {names})"
    different, all_ = _fetch(connection, f"select count(distinct hash({names})), sum(n) from {grams}")
    return different / all_ if all_ else None


def _fetch(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[Any, ...]:
    return tuple(connection.execute(sql).fetchone() or ())
