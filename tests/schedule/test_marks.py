"""Rows of combining marks, whose normal form takes the square of their length."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impulscal.schedule.marks import with_few_marks
from impulscal.schedule.model import slug
from schedule.files import SERIES, SESSION, brief, briefs, reading, session

ROW = "\u0316\u0301" * 15
"""As many marks as are allowed, in the order that has to be sorted."""


def signs_that_become_marks() -> list[str]:
    return [
        sign
        for sign in map(chr, range(sys.maxunicode + 1))
        if unicodedata.combining(unicodedata.normalize("NFKD", sign)[0])
    ]


def test_of_every_sign_that_becomes_a_mark_thirty_in_a_row_are_left() -> None:
    signs = signs_that_become_marks()

    cut = {sign: with_few_marks(f"a{sign * 31}b{sign}") for sign in signs}

    assert len(signs) > 900
    assert cut == {sign: f"a{sign * 30}b{sign}" for sign in signs}


@pytest.mark.parametrize(
    "text",
    [
        f"a{ROW}b{ROW}",
        "…" * 100,
        "★" * 100,
        "👍🏽" * 100,
        "— " * 100,
        "ä" * 100,
        "a\u0308" * 100,
        "ट्यूलिप" * 100,
        "คุ้มครอง" * 100,
        "ﾊﾞ" * 100,
    ],
)
def test_what_people_write_stays_as_it_is(text: str) -> None:
    assert with_few_marks(text) == text


@given(st.text(alphabet=st.sampled_from("aä…\u0301\u0316\u0345\u0f73\uff9e"), max_size=200))
def test_no_text_keeps_a_longer_row(text: str) -> None:
    few = with_few_marks(text)

    assert with_few_marks(few) == few
    assert max(map(len, rows(unicodedata.normalize("NFKD", few))), default=0) <= 2 * 30 + 2


def rows(text: str) -> list[str]:
    return "".join(sign if unicodedata.combining(sign) else " " for sign in text).split(" ")


@pytest.mark.parametrize("spelled", [f"a{ROW}\u0316", '"a' + r"\u0316\u0301" * 15 + r"\u0316" '"'])
def test_a_text_with_more_marks_in_a_row_is_refused_at_its_place(spelled: str) -> None:
    found = reading(SERIES + SESSION + f"    note: {spelled}\n")

    assert [brief(problem) for problem in found.problems] == [("bad-text", 15, 11)]
    assert str(found.problems[0].message) == (
        "This text puts more than 30 combining marks (accents) on one letter. Delete them."
    )


def test_a_text_with_as_many_marks_is_taken() -> None:
    assert session(lines=f"note: a{ROW}").note is not None


def test_a_key_with_more_marks_is_refused_once() -> None:
    assert briefs(SERIES + SESSION + f"    a{ROW}\u0316: x\n") == [("bad-text", 15, 5)]


def test_a_hundred_thousand_marks_are_refused_before_they_are_sorted() -> None:
    marks = "\u0316\u0301" * 49_500

    assert briefs(SERIES + SESSION + f"    note: a{marks}\n") == [("bad-text", 15, 11)]


def test_a_topic_of_marks_has_a_slug_all_the_same() -> None:
    assert slug("a" + "\u0316\u0301" * 50_000) == slug(f"a{ROW}") == "a"
