"""Arrays in one file: what was saved is loaded, what was damaged is noticed."""

from __future__ import annotations

import errno
import os
import struct
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from coopbot.arrays import ALL, MAGIC, AnyArray, Arrays, DamagedArrays, load, save

PROPERTY = settings(deadline=None, derandomize=True, max_examples=50)
_DTYPES = ["u1", "<u2", "<u4", "<i4", "<i8", ">i4", "<f2", "<f4", "<f8", "?", "<U3"]
_arrays = st.sampled_from(_DTYPES).flatmap(
    lambda dtype: hnp.arrays(
        dtype, hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=4)
    )
)
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=5,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of two small arrays."""
    file = tmp_path / "x.arrays"
    save(file, {"rows": np.arange(5, dtype="<i2"), "ends": np.ones(3, "<f4")}, {"docs": 5})
    return file


def header_end(content: bytes) -> int:
    (length,) = struct.unpack_from("<I", content, len(MAGIC))
    return len(MAGIC) + 4 + int(length)


def flipped(content: bytes, bit: int) -> bytes:
    damaged = bytearray(content)
    damaged[bit // 8] ^= 1 << bit % 8
    return bytes(damaged)


def same(one: Arrays, other: Arrays) -> bool:
    """Compare to the bit: NaN is NaN here, and -0 is not 0."""
    return one.meta == other.meta and {
        name: (array.dtype.str, array.shape, array.tobytes()) for name, array in one.arrays.items()
    } == {
        name: (array.dtype.str, array.shape, array.tobytes())
        for name, array in other.arrays.items()
    }


@PROPERTY
@given(
    st.dictionaries(st.text(max_size=4), _arrays, max_size=4),
    st.dictionaries(st.text(max_size=3), _json, max_size=3),
    st.booleans(),
)
def test_arrays_and_meta_are_loaded_as_they_were_saved(
    arrays: dict[str, AnyArray], meta: dict[str, object], verify: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "x.arrays"
        save(file, arrays, meta)
        assert same(load(file, verify=verify), Arrays(arrays, meta))


@pytest.mark.parametrize(
    "array",
    [np.arange(12).reshape(3, 4).T, np.arange(12)[::-3], np.asfortranarray(np.eye(3))],
    ids=["transposed", "strided", "fortran"],
)
def test_an_array_in_any_memory_order_is_loaded_equal(tmp_path: Path, array: AnyArray) -> None:
    save(tmp_path / "x", {"a": array})
    assert np.array_equal(load(tmp_path / "x", verify=ALL)["a"], array)


def test_an_array_without_dimensions_keeps_its_shape(tmp_path: Path) -> None:
    save(tmp_path / "x", {"a": np.array(3.0)})
    assert load(tmp_path / "x")["a"].shape == ()


def test_every_array_lies_on_a_boundary_that_any_type_can_be_read_at(path: Path) -> None:
    assert {a.ctypes.data % 64 for a in load(path).arrays.values()} == {0}


def test_what_is_loaded_cannot_be_written_to(path: Path) -> None:
    with pytest.raises(ValueError, match="read-only"):
        load(path)["rows"][0] = 1


def test_a_missing_file_is_not_called_damaged(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "x")


def test_a_file_cut_short_anywhere_is_damaged(path: Path) -> None:
    content = path.read_bytes()
    for length in range(len(content)):
        path.write_bytes(content[:length])
        with pytest.raises(DamagedArrays):
            load(path)


def test_a_file_with_something_after_its_end_is_damaged(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(DamagedArrays):
        load(path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04 something else altogether",
        b"COOPARR\x02" + struct.pack("<I", 2) + b"{}",
        MAGIC,
        MAGIC + struct.pack("<I", 2**32 - 1),
        MAGIC + struct.pack("<I", 4) + b"\xff\xfe{}",
        MAGIC + struct.pack("<I", 23) + b'{"size": 0, "meta": {}}',
        *(
            pytest.param(
                MAGIC + struct.pack("<I", len(header)) + header,
            )
            for header in (b"[]", b"{}")
        ),
    ],
)
def test_a_file_of_another_kind_is_damaged(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.arrays"
    file.write_bytes(content)
    with pytest.raises(DamagedArrays):
        load(file)


def test_a_flipped_bit_in_the_data_is_noticed_when_verified_and_only_then(path: Path) -> None:
    content = path.read_bytes()
    sound = {name: array.copy() for name, array in load(path).arrays.items()}
    start = -(-header_end(content) // 64) * 64
    stretches = {"rows": range(start, start + 10), "ends": range(start + 64, start + 76)}
    for name, stretch in stretches.items():
        for bit in range(8 * stretch.start, 8 * stretch.stop):
            path.write_bytes(flipped(content, bit))
            assert load(path, verify=0)[name].tobytes() != sound[name].tobytes()
            with pytest.raises(DamagedArrays, match=name):
                load(path, verify=ALL)


def test_a_flipped_bit_in_magic_or_length_is_noticed(path: Path) -> None:
    content = path.read_bytes()
    for bit in range(8 * (len(MAGIC) + 4)):
        path.write_bytes(flipped(content, bit))
        with pytest.raises(DamagedArrays):
            load(path)


def test_a_flipped_bit_in_the_header_is_noticed_when_verified(path: Path) -> None:
    content = path.read_bytes()
    for bit in range(8 * (len(MAGIC) + 4), 8 * header_end(content)):
        path.write_bytes(flipped(content, bit))
        with pytest.raises(DamagedArrays):
            load(path, verify=ALL)


def test_a_full_disk_leaves_the_former_file_and_no_temporary_one(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    before = path.read_bytes()
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        save(path, {"rows": np.zeros(9)})
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_what_is_loaded_stays_as_it_was_when_the_file_is_saved_anew(path: Path) -> None:
    loaded = load(path)
    save(path, {"rows": np.zeros(9)})
    assert loaded["rows"].tolist() == [0, 1, 2, 3, 4]
    assert load(path)["rows"].tolist() == [0.0] * 9
    assert list(path.parent.iterdir()) == [path]
