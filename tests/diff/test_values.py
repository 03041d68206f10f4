"""Changes inside nested values: the smallest places that differ."""

from typing import Any

import pytest

from runtime.diff.values import ABSENT, cell_changes, same


def paths(before: Any, after: Any) -> dict[str, tuple[Any, Any]]:
    return {change.path: (change.before, change.after) for change in cell_changes("c", before, after)}


def test_a_change_deep_inside_is_named_by_its_path() -> None:
    before = {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}
    after = {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "c"}]}
    assert paths(before, after) == {"c.messages[1].content": ("b", "c")}


def test_elements_and_fields_that_came_or_went_are_absent_on_the_other_side() -> None:
    assert paths([1, 2], [1]) == {"c[1]": (2, ABSENT)}
    assert paths({"a": 1}, {"a": 1, "odd name": None}) == {"c['odd name']": (ABSENT, None)}


def test_a_list_that_was_empty_is_shown_whole() -> None:
    assert paths([], ["a", "b"]) == {"c": ([], ["a", "b"])}


@pytest.mark.parametrize(
    ("before", "after", "equal"),
    [
        (1, 1.0, False),
        (1, True, False),
        (None, ABSENT, False),
        (0.0, -0.0, True),
        (float("nan"), float("nan"), True),
        ([0.0], [-0.0], False),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        ("a", "a ", False),
    ],
)
def test_types_count_and_numbers_compare_as_row_hashes_do(before: Any, after: Any, equal: bool) -> None:
    assert same(before, after) is equal
    assert bool(paths(before, after)) is not equal


def test_only_texts_have_word_marks() -> None:
    (change,) = cell_changes("c", "one two", "one three")
    assert change.marks is not None
    (change,) = cell_changes("c", "one", None)
    assert change.marks is None
