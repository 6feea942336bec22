"""Whatever stands in a file: reading it ends soon, and what is published is whole."""

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from security.mutation import mutated
from security.oracle import EXAMPLE, judge

FILES = sorted(Path(__file__).parent.joinpath("files").iterdir())

TEXTS = [EXAMPLE.decode(), *(file.read_text(encoding="utf-8") for file in FILES)]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_what_was_found_once_holds(file: Path) -> None:
    assert judge(file.read_bytes()) in ("unreadable", "refused", "published")


def test_the_example_holds() -> None:
    assert judge(EXAMPLE) == "unchanged"


@given(text=st.sampled_from(TEXTS), chance=st.integers(min_value=0, max_value=2**32))
def test_a_file_that_was_changed_holds(text: str, chance: int) -> None:
    changed = mutated(text, random.Random(chance), TEXTS)

    assert judge(changed.encode()) in ("unreadable", "refused", "published", "unchanged")
