"""Events, written many at a time: the rows of the calls table are each event's own fields."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from compiler.functions.plain import Truth, plain
from runtime.build.rows import CallRows
from runtime.build.schemas import CALLS
from runtime.build.texts import LONG, TEXTS, Texts
from runtime.program.trace import Event
from runtime.tables.keys import Key, encode_key, print_key
from runtime.tables.manifest import TableManifest
from runtime.tables.writer import TableWriter
from tests.tables.memory_store import FOLDER, MemoryStore

SHORT = st.text(st.characters(codec="utf-8"), max_size=4)
LONG_TEXT = "ü" * LONG
VALUES = st.none() | SHORT | st.booleans().map(Truth) | st.lists(SHORT, max_size=2)
EVENTS = st.builds(
    Event,
    cell=st.sampled_from(["ask", "tone"]),
    kind=st.sampled_from(["gen", "draw"]),
    value=VALUES,
    arguments=st.none() | st.dictionaries(SHORT, SHORT | st.just(LONG_TEXT), max_size=2),
    role=st.none() | st.just("writer"),
    seed=st.none() | st.integers(0, 2**64 - 1),
    labels=st.none() | st.just({"yes": 0.25}),
    repeatable=st.none() | st.booleans(),
)
KEYS = st.tuples(SHORT, st.integers(-9, 9))
STORIES = st.dictionaries(KEYS, st.lists(EVENTS, max_size=4), max_size=8)
Story = dict[tuple[str, int], list[Event]]


def written(stories: Story) -> tuple[MemoryStore, TableManifest, TableManifest, CallRows]:
    store = MemoryStore()
    with TableWriter(CALLS, FOLDER, store.put) as calls, TableWriter(TEXTS, FOLDER, store.put) as texts:
        rows = CallRows(calls, Texts(texts))
        for key, events in stories.items():
            rows.add(key, events)
        rows.flush()
        tables = calls.finish(), texts.finish()
    store.paths |= {path: store.objects[id_] for path, id_ in {**calls.written, **texts.written}.items()}
    return store, *tables, rows


def numbered(stories: Story) -> Story:
    """No two events of a candidate in one place."""
    for events in stories.values():
        for number, event in enumerate(events):
            object.__setattr__(event, "sample", number)
    return stories


def expected(key: Key, event: Event) -> dict[str, Any]:
    fields = {name: getattr(event, name, None) for name in CALLS.names}
    seed = None if event.seed is None else str(event.seed)
    place = (event.cell, event.round, event.element, event.sample, event.attempt)
    labels = None if event.labels is None else dict(event.labels)
    changed = {"seed": seed, "row": print_key(key), "labels": labels, "value": plain(event.value)}
    return fields | changed | {"_key": encode_key((*key, *place)), "key": print_key((*key, *place))}


def found(row: dict[str, Any], texts: dict[str, str]) -> dict[str, Any]:
    """A stored row as its event had it."""
    read = {name: None if row[name] is None else json.loads(row[name]) for name in ("value", "arguments", "labels")}
    given = read["arguments"]
    if given is not None:
        read["arguments"] = {k: texts[v["$text"]] if isinstance(v, dict) else v for k, v in given.items()}
    return {**row, **read}


@given(STORIES.map(numbered))
def test_a_row_says_what_its_event_says_and_long_texts_stand_elsewhere(tmp_path_factory: Any, stories: Story) -> None:
    folder: Path = tmp_path_factory.mktemp("shards")
    store, calls, texts, _ = written(stories)
    all_ = [expected(key, event) for key, events in stories.items() for event in events]
    kept = {row["key"]: row["text"] for row in store.read(texts, folder).to_pylist()} if texts.rows else {}
    read = store.read(calls, folder).drop_columns(["_hash"]).to_pylist() if calls.rows else []
    assert [found(row, kept) for row in read] == sorted(all_, key=lambda row: row["_key"])
    assert all("ü" not in (row["arguments"] or "") or len(row["arguments"]) < LONG for row in read)


@given(STORIES.map(numbered))
def test_calls_are_counted_by_role_and_by_whether_they_are_repeatable(stories: Story) -> None:
    *_, rows = written(stories)
    told = [(e.role or "", e.repeatable) for events in stories.values() for e in events if e.repeatable is not None]
    assert dict(rows.told) == {pair: told.count(pair) for pair in set(told)}
