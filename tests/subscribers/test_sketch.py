"""Counting distinct things within the error that is stated (docs/operating.md)."""

import random
import zlib
from hashlib import blake2b

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impulscal.subscribers.sketch import Sketch, spread


def hashes(number: int, seed: int) -> list[int]:
    """Return the hashes of so many things, as polls are hashed."""
    key = random.Random(seed).randbytes(32)
    things = (str(thing).encode() for thing in range(number))
    return [int.from_bytes(blake2b(one, digest_size=8, key=key).digest()) for one in things]


def filled(*hashed: int) -> Sketch:
    sketch = Sketch()
    for one in hashed:
        sketch.add(one)
    return sketch


@pytest.mark.parametrize(
    ("number", "rounds"), [(0, 1), (1, 20), (10, 60), (1_000, 60), (5_000, 20), (100_000, 3)]
)
def test_the_estimate_lies_within_the_stated_error(number: int, rounds: int) -> None:
    errors = [filled(*hashes(number, seed)).count() - number for seed in range(rounds)]

    # Half a client is what rounding adds; 4 standard deviations are passed by chance once in
    # 16,000 times, and the seeds are fixed.
    assert [error for error in errors if abs(error) > 4 * spread(number) + 0.5] == []
    within = sum(abs(error) <= 2 * spread(number) + 0.5 for error in errors)
    assert within >= 0.9 * rounds


@pytest.mark.parametrize(
    ("number", "stated"), [(10, 0.2), (100, 1.6), (1_000, 17.0), (10_000, 230), (100_000, 2299)]
)
def test_the_stated_error_is_that_of_the_papers(number: int, stated: float) -> None:
    assert spread(number) == pytest.approx(stated, abs=0.05, rel=0.005)


def test_there_is_no_bias_where_the_first_estimator_has_one() -> None:
    counts = [filled(*hashes(5_000, seed)).count() for seed in range(40)]

    # The mean of 40 has a fortieth of the variance.
    assert sum(counts) / 40 == pytest.approx(5_000, abs=3 * spread(5_000) / 40**0.5)


def test_a_thing_counts_once_however_often_it_comes() -> None:
    once = filled(*hashes(500, 1))
    often = filled(*(hashes(500, 1) * 3))

    assert often.packed() == once.packed()


@given(st.lists(st.integers(0, 2**64 - 1)), st.lists(st.integers(0, 2**64 - 1)))
def test_merging_is_as_if_one_sketch_had_seen_all(first: list[int], second: list[int]) -> None:
    merged = filled(*first)

    merged.merge(filled(*second))

    assert merged.packed() == filled(*first, *second).packed()


@given(st.lists(st.integers(0, 2**64 - 1)))
def test_a_sketch_survives_being_packed(hashed: list[int]) -> None:
    sketch = filled(*hashed)

    assert Sketch(sketch.packed()).count() == sketch.count()


def test_a_sketch_never_takes_more_than_a_few_kilobytes() -> None:
    assert len(filled(*hashes(100_000, 1)).packed()) < 2_048


@pytest.mark.parametrize("numbers", [b"", bytes(2047), b"\xff" * 2048])
def test_what_is_no_sketch_is_refused(numbers: bytes) -> None:
    with pytest.raises(ValueError, match="no sketch"):
        Sketch(zlib.compress(numbers))
