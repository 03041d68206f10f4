"""The order of keys is that of their bytes, whichever way it is found."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.tables.keys import Key, encode_key
from runtime.tables.ordering import order_of

INTS = st.integers(-(2**63), 2**63 - 1)
KEYS = st.one_of(
    st.lists(st.tuples(INTS), max_size=40),
    st.lists(st.tuples(st.integers(0, 300)), max_size=40),
    st.lists(st.tuples(st.text(st.characters(codec="utf-8"), max_size=4)), max_size=40),
    st.lists(st.tuples(st.integers(0, 9).map("page {:09d}".format), st.integers(0, 3)), max_size=40),
)


@given(KEYS, st.integers(0, 3))
def test_keys_sort_as_their_bytes_do(keys: list[Key], skipped: int) -> None:
    encoded = [encode_key(key) for key in keys]
    array = pa.array(encoded, pa.binary()).slice(skipped)
    assert array.take(order_of(array)).to_pylist() == sorted(encoded[skipped:])


@pytest.mark.parametrize("keys", [[("a",), ("a",)], [(1,)], [], [(0.5,), (True,), (1,), ("x",)]])
def test_equal_keys_few_keys_and_keys_of_any_type_sort(keys: list[Key]) -> None:
    encoded = [encode_key(key) for key in keys]
    array = pa.array(encoded, pa.binary())
    assert array.take(order_of(array)).to_pylist() == sorted(encoded)
