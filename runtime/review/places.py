"""`dataset/key:column` as a person types it in; the row or cell of a pull request that it means, out."""

from __future__ import annotations

from collections.abc import Sequence

from dsl.diagnostics import did_you_mean
from runtime.query.catalog import DatasetAt, Located, dataset_at, datasets
from runtime.query.scratch import fetch_all, text
from runtime.review import mistakes
from runtime.review.model import Place
from runtime.store.port import CommitId, Store


def find_place(store: Store, commits: Sequence[CommitId | None], typed: str) -> Place:
    """`qa/break/1`, `qa/break/1:answer`, `qa.pairs/break/1` for a table of several. E1090 for what is not there.

    The commits are looked at in order: a row that goes is only in the target.
    """
    dataset, _, rest = typed.partition("/")
    name, _, table = dataset.partition(".")
    known = [commit for commit in commits if commit is not None]
    found = [version for commit in known if (version := dataset_at(store, name, commit)) is not None]
    if not found:
        names = sorted({one for commit in known for one in datasets(store, commit)})
        raise mistakes.no_place(typed, f"there is no dataset `{name}`{_guess(name, names)}")
    for version in found:
        if (place := _in(version, name, table, rest)) is not None:
            return place
    raise mistakes.no_place(typed, _why(found[0], table, rest))


def _in(version: DatasetAt, dataset: str, table: str, rest: str) -> Place | None:
    located = _located(version, table)
    if located is None:
        return None
    name = next(name for name, own in version.manifest.tables.items() if own is located.table)
    key, colon, column = rest.rpartition(":")
    if colon and column in located.schema.names and _has(located, key):
        return Place(dataset, name, key, column)
    return Place(dataset, name, rest) if _has(located, rest) else None


def _located(version: DatasetAt, table: str) -> Located | None:
    if not table:
        return version.main()
    return version.table(table) if table in version.manifest.tables else None


def _has(located: Located, key: str) -> bool:
    paths = located.paths()
    if not key or not paths:
        return False
    files = ", ".join(map(text, paths))
    sql = f"select 1 from read_parquet([{files}]) where key = $1 limit 1"
    return bool(fetch_all(sql, [key]))


def _why(version: DatasetAt, table: str, rest: str) -> str:
    located = _located(version, table)
    if located is None:
        return f"its tables are {', '.join(version.manifest.tables)}"
    key, colon, column = rest.rpartition(":")
    if colon and _has(located, key):
        return f"there is no column `{column}`{_guess(column, located.schema.names)}"
    return f"there is no row `{rest}`"


def _guess(name: str, names: Sequence[str]) -> str:
    guess = did_you_mean(name, names)
    return f", {guess}" if guess else ""
