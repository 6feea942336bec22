"""When a client has it already (RFC 9110 13)."""

import pytest

from front.conftest import MODIFIED, House

EARLIER = "Thu, 20 May 2021 06:59:59 GMT"
LATER = "Thu, 20 May 2021 07:00:01 GMT"


@pytest.mark.parametrize(
    ("tags", "status"),
    [
        ('"one"', 304),
        ('W/"one"', 304),
        ('"other", W/"one"', 304),
        ('"one", "with, comma"', 304),
        ("*", 304),
        (" * ", 304),
        ('"other"', 200),
        ("one", 200),
        ("", 200),
        ('"one', 200),
    ],
)
def test_a_known_tag_answers_with_304(house: House, tags: str, status: int) -> None:
    answers = [house.get(If_None_Match=tags), house.get(If_None_Match=tags)]

    assert [answer.status_code for answer in answers] == [status] * 2


@pytest.mark.parametrize(
    ("date", "status"),
    [
        (MODIFIED, 304),
        (LATER, 304),
        (EARLIER, 200),
        ("Thursday, 20-May-21 07:00:00 GMT", 304),
        ("Thu May 20 07:00:00 2021", 304),
        ("yesterday", 200),
        ("", 200),
        ("Thu, 20 May 99999999999999999999 07:00:00 GMT", 200),
        ("Thu, 20 May 2021 07:00:00 GMT" + " " * 100, 200),
    ],
)
def test_a_date_that_is_not_earlier_answers_with_304(house: House, date: str, status: int) -> None:
    answers = [house.get(If_Modified_Since=date), house.get(If_Modified_Since=date)]

    assert [answer.status_code for answer in answers] == [status] * 2


def test_the_tag_goes_before_the_date(house: House) -> None:
    statuses = [
        house.get(If_None_Match='"other"', If_Modified_Since=LATER).status_code,
        house.get(If_None_Match='"one"', If_Modified_Since=EARLIER).status_code,
    ]

    assert statuses == [200, 304]


def test_a_304_keeps_the_validators_and_tells_nothing_of_a_body(house: House) -> None:
    house.headers |= {"Content-Disposition": "inline", "Cache-Control": "public, max-age=300"}

    answer = house.get(If_None_Match='"one"')

    assert dict(answer.headers) == {
        "ETag": '"one"',
        "Last-Modified": MODIFIED,
        "Cache-Control": "public, max-age=300",
    }
    assert answer.data == b""


def test_what_is_not_kept_is_compared_too(house: House) -> None:
    house.query = None

    statuses = [house.get(If_None_Match=tag).status_code for tag in ('"one"', '"other"')]

    assert statuses == [304, 200]


def test_an_answer_without_a_tag_is_compared_by_its_date(house: House) -> None:
    del house.headers["ETag"]

    statuses = [
        house.get(If_Modified_Since=MODIFIED).status_code,
        house.get(If_None_Match='"one"', If_Modified_Since=MODIFIED).status_code,
    ]

    assert statuses == [304, 200]
