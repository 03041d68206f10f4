"""Laws of deciding, over random tables: the order of decisions makes no difference, and taking back leaves no trace."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
from hypothesis import given, settings

from runtime.decisions import Decision, decide, state
from runtime.query.catalog import manifest_at
from runtime.tables.keys import print_key
from runtime.tables.manifest import Manifest
from runtime.tables.schema import INT, STR
from tests.diff.builder import Builder, Version
from tests.examples import few

COUNT = 6
PLACES = [("qa", (n,)) for n in range(COUNT)] + [("parts", (n, place)) for n in range(COUNT) for place in (0, 1)]
DECIDED = st.dictionaries(st.sampled_from(PLACES), st.sampled_from(["accept", "reject", "first", "second"]), max_size=9)


def version() -> Version:
    own: dict[Any, Any] = {(n,): {"text": f"row {n}", "n": n} for n in range(COUNT)}
    parts: dict[Any, Any] = {(n, place): {"text": f"part {n} {place}"} for n in range(COUNT) for place in (0, 1)}
    tables = {"qa": ({"text": STR, "n": INT}, own), "parts": ({"text": STR}, parts)}
    return Version(tables=tables, rejected={(99,): "filter 1"})


def decision(place: tuple[str, tuple[int, ...]], word: str) -> Decision:
    key = print_key(place[1])
    if word in ("accept", "reject"):
        return Decision(place[0], key, "", word, {}, "Ada", word)  # type: ignore[arg-type]
    return Decision(place[0], key, "", "edit", {"text": word}, "Ada")


def at(builder: Builder) -> Manifest:
    found = manifest_at(builder.store, builder.store.head("main"), "qa")
    assert found is not None
    return found


@settings(max_examples=few(4), deadline=None)
@given(DECIDED, st.randoms(use_true_random=False), st.integers(2, 5), DECIDED)
def test_the_tables_are_a_function_of_what_stands(
    decided: dict[Any, str], order: Any, batch: int, before: dict[Any, str]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        one, other = (Builder(Path(folder) / name) for name in "ab")
        for builder in (one, other):
            builder.commit("main", qa=version())
        first = at(one)
        decide(one.store, "main", "qa", [decision(*item) for item in decided.items()])
        decide(other.store, "main", "qa", [decision(*item) for item in before.items()])
        shuffled = order.sample(sorted(decided.items()), len(decided))
        for start in range(0, len(shuffled), batch):
            decide(other.store, "main", "qa", [decision(*item) for item in shuffled[start : start + batch]])
        gone = [(table, print_key(key)) for table, key in before if (table, key) not in decided]
        decide(other.store, "main", "qa", [], withdraw=gone)
        assert at(one) == at(other)
        check_stands(one, decided)
        decide(one.store, "main", "qa", [], withdraw=[(table, print_key(key)) for table, key in decided])
        assert at(one) == first


def check_stands(builder: Builder, decided: dict[Any, str]) -> None:
    """Each has its effect, unless the candidate is gone; nobody's candidate is counted twice."""
    head, manifest = builder.store.head("main"), at(builder)
    assert head is not None
    states = {(one.decision.table, one.decision.key): one.state for one in state(builder.store, head, "qa")}
    gone = {n for n in range(COUNT) if decided.get(("qa", (n,))) == "reject"}
    for (table, key), word in decided.items():
        expected = "moot" if key[0] in gone and word != "reject" else "applied"
        assert states[table, print_key(key)] == expected
    assert manifest.counts.rejected.get("decision", 0) == len(gone)
    assert manifest.counts.attempted == manifest.counts.kept + sum(manifest.counts.rejected.values())
    lost = {
        place for place, word in decided.items() if word == "reject" and place[0] == "parts" and place[1][0] not in gone
    }
    assert manifest.tables["qa"].rows == COUNT - len(gone)
    assert manifest.tables["parts"].rows == 2 * (COUNT - len(gone)) - len(lost)
