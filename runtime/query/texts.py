"""Values that calls were given in, with names of long texts in them; the same with the texts themselves, out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from runtime.query.scratch import fetch_all, parquet

NAME = "$text"
"""The one key of the object that stands for a long text: `{"$text": "5f…"}`."""


def named_texts(value: Any) -> Iterator[str]:
    """The digests of the texts that a value names."""
    if isinstance(value, dict):
        name = value.get(NAME)
        if len(value) == 1 and isinstance(name, str):
            yield name
        for inner in value.values():
            yield from named_texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from named_texts(inner)


def read_texts(paths: list[str], names: Iterable[str]) -> dict[str, str]:
    """Texts by digest; those that are not in these shards are left out."""
    wanted = sorted(set(names))
    if not wanted or not paths:
        return {}
    sql = f"select key, text from {parquet(paths)} where key in (select unnest($1::varchar[]))"
    return dict(fetch_all(sql, [wanted]))


def with_texts(value: Any, texts: Mapping[str, str]) -> Any:
    """An object that only looks like a name stays as it is."""
    if isinstance(value, dict):
        name = value.get(NAME)
        if len(value) == 1 and isinstance(name, str) and name in texts:
            return texts[name]
        return {key: with_texts(inner, texts) for key, inner in value.items()}
    if isinstance(value, list):
        return [with_texts(inner, texts) for inner in value]
    return value
