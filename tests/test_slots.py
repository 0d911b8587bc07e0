"""Strings are found by their hash table where a look through all of them finds them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from coopbot.slots import find, slots

_key = st.binary(max_size=3)


@given(st.lists(_key, max_size=50, unique=True), st.lists(_key, max_size=20))
def test_each_key_is_found_where_it_is_and_no_other_is(
    keys: list[bytes], others: list[bytes]
) -> None:
    table = slots(keys).data
    assert [find(key, table, keys.__getitem__) for key in keys] == list(range(len(keys)))
    for other in others:
        assert find(other, table, keys.__getitem__) == (
            keys.index(other) if other in keys else None
        )
