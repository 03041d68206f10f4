"""Keys in; what their bytes and printed forms promise: order, identity and the way back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.tables.keys import Key, decode_key, encode_key, print_key, split_key

PARTS = (
    st.text(alphabet=st.characters(codec="utf-8") | st.sampled_from("\0\x01ÿ/%"), max_size=6),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
)
SHAPES = st.lists(st.sampled_from(PARTS), min_size=1, max_size=3)


def identity(key: Key) -> tuple[tuple[str, object], ...]:
    """Python holds 1, 1.0 and True equal; keys do not."""
    return tuple((type(part).__name__, part) for part in key)


@given(SHAPES.flatmap(lambda shape: st.tuples(st.tuples(*shape), st.tuples(*shape))))
def test_bytes_sort_as_keys_of_one_shape_do(pair: tuple[Key, Key]) -> None:
    a, b = pair
    assert (encode_key(a) < encode_key(b)) == (a < b)


KEYS = SHAPES.flatmap(lambda shape: st.tuples(*shape))


@given(KEYS, KEYS)
def test_no_two_keys_share_bytes(a: Key, b: Key) -> None:
    assert (encode_key(a) == encode_key(b)) == (identity(a) == identity(b))


@given(KEYS)
def test_bytes_lead_back_to_the_key(key: Key) -> None:
    assert identity(decode_key(encode_key(key))) == identity(key)


@given(st.lists(PARTS[0], min_size=1, max_size=3).map(tuple))
def test_a_printed_key_splits_into_its_parts(key: Key) -> None:
    assert split_key(print_key(key)) == key


def test_keys_print_as_a_reader_expects() -> None:
    assert print_key(("break", 1)) == "break/1"
    assert print_key(("docs/a%b.txt", True, 0.5)) == "docs%2Fa%25b.txt/true/0.5"


@pytest.mark.parametrize("part", [float("nan"), float("inf"), float("-inf"), 2**63])
def test_what_has_no_place_in_the_order_is_refused(part: float | int) -> None:
    with pytest.raises(ValueError, match="cannot be part of a key"):
        encode_key((part,))


def test_foreign_bytes_are_not_decoded() -> None:
    with pytest.raises(ValueError, match="not an encoded key"):
        decode_key(b"\x99")
