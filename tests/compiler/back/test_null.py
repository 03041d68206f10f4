"""Null-safe operators: null in, null out; what null cannot change is known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.functions import null as ops

BINARY = (ops.add, ops.sub, ops.mul, ops.div, ops.mod, ops.eq, ops.ne, ops.lt, ops.le, ops.gt, ops.ge)
TRUTHS = st.sampled_from([True, False, None])


@pytest.mark.parametrize("operation", BINARY)
def test_null_in_null_out(operation: ops.Operation) -> None:
    assert operation(None, 2) is operation(2, None) is operation(None, None) is None


@given(st.integers(), st.integers(min_value=1))
def test_without_null_they_are_pythons(left: int, right: int) -> None:
    assert ops.add(left, right) == left + right
    assert ops.mod(left, right) == left % right
    assert ops.within(left, 0, right) == (0 <= left <= right)


def test_there_is_no_answer_to_a_division_by_zero() -> None:
    assert ops.div(1, 0) is None
    assert ops.mod(1, 0) is None


@given(TRUTHS, TRUTHS)
def test_and_or_and_not_know_what_null_cannot_change(left: bool | None, right: bool | None) -> None:
    assert ops.and_(left, lambda: right) is (
        False if False in (left, right) else None if None in (left, right) else True
    )
    assert ops.or_(left, lambda: right) is (True if True in (left, right) else None if None in (left, right) else False)
    assert ops.not_(left) is (None if left is None else not left)


def test_the_right_side_is_looked_at_only_when_it_matters() -> None:
    def never() -> object:
        raise AssertionError("evaluated")

    assert ops.and_(False, never) is False
    assert ops.or_(True, never) is True


def test_access_to_null_is_null() -> None:
    assert ops.get(None, "role") is None
    assert ops.get({"id": "a"}, "role") is None
    assert ops.isin(None, ["a"]) is None
    assert ops.within(None, 1, 2) is None
    assert ops.neg(None) is None
