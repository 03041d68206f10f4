"""Tables of several kinds in one pull request: what a row lacks is no null, and a condition is of each table alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from runtime.config.project import Project
from runtime.page.serve import in_thread
from runtime.review import Reviews
from runtime.store.open import project_store
from runtime.tables.schema import INT, STR, Type, list_of, optional
from tests.diff.builder import Builder, Version
from tests.page.client import Client
from tests.page.project import AUTHOR, REVIEWER, SOURCE, TARGET

TOKEN = "a-token"


def _version(name: str, types: dict[str, Type], *rows: dict[str, Any]) -> Version:
    return Version(tables={name: (types, {(f"row{at}",): row for at, row in enumerate(rows)})})


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    root = tmp_path_factory.mktemp("kinds")
    (root / "synth.toml").write_text("")
    builder = Builder(root / ".synth")
    lists, numbers = {"tags": list_of(optional(STR))}, {"score": INT, "n": INT}
    builder.commit(
        TARGET,
        lists=_version("lists", lists, {"tags": ["a"]}, {"tags": ["a", None]}),
        numbers=_version("numbers", numbers, {"score": 1, "n": 1}, {"score": 5, "n": 1}),
    )
    builder.store.create_branch(SOURCE, builder.store.resolve(TARGET))
    builder.commit(
        SOURCE,
        lists=_version("lists", lists, {"tags": ["a", "b"]}, {"tags": ["a", "b"]}),
        numbers=_version("numbers", {**numbers, "n": STR}, {"score": 2, "n": "x"}, {"score": 6, "n": "y"}),
    )
    project = Project.find(root)
    Reviews(builder.store).open(SOURCE, TARGET, "Both", "", AUTHOR)
    with in_thread(project, project_store(project), REVIEWER, TOKEN) as url:
        client = Client(url)
        client.enter(TOKEN)
        yield client


def test_a_place_that_a_shorter_list_has_not_is_told_from_one_that_is_null(kinds: Client) -> None:
    rows = kinds.get("/api/pulls/1/rows", dataset="lists")["rows"]
    shorter, null = (row["cells"][0] for row in rows)
    assert "before" not in shorter and null["before"] is None
    assert shorter["after"] == null["after"] == "b"


@pytest.mark.parametrize(
    ("dataset", "where", "keys"),
    [
        ("numbers", "score > 4", ["row1"]),
        ("lists", "score > 4", []),
        ("lists", 'tags.any(it == "b") or score > 4', ["row0", "row1"]),
        ("numbers", 'n > "x"', ["row1"]),
    ],
)
def test_a_condition_does_not_hold_of_a_row_that_lacks_the_column_or_has_another_type_in_it(
    kinds: Client, dataset: str, where: str, keys: list[str]
) -> None:
    found = kinds.ask("/api/pulls/1/rows", dataset=dataset, where=where)
    assert found.status == 200, found.body
    assert [row["key"] for row in found.json["rows"]] == keys
