"""Which coding is chosen, and what is packed (RFC 9110 8.4, 12.5.3)."""

import gzip

import brotli
import pytest

from front.conftest import House
from impulscal.front import Answer
from impulscal.front.codings import best_coding

PAGE = b"<p>Termin</p>" * 100


@pytest.fixture
def page() -> House:
    house = House(body=PAGE)
    house.headers["Content-Type"] = "text/html; charset=utf-8"
    return house


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("x-gzip", "gzip"),
        ("GZIP", "gzip"),
        ("br;q=0.5, gzip", "gzip"),
        ("br;q=0.5, gzip;q=0.500", "br"),
        ("br; q=0, gzip;q=0", None),
        ("*", "br"),
        ("*;q=0.1, br;q=0", "gzip"),
        ("identity", None),
        ("identity;q=1, gzip;q=0.5", None),
        ("identity;q=0.5, gzip;q=0.5", "gzip"),
        ("gzip;q=nonsense", None),
        ("gzip;q=2", None),
        (",;,", None),
    ],
)
def test_the_most_welcome_coding_is_chosen(accepted: str, coding: str | None) -> None:
    assert best_coding(accepted) == coding


def test_a_page_is_packed_once_for_each_coding(page: House) -> None:
    plain = page.get()
    packed = [page.get(Accept_Encoding=coding) for coding in ("gzip", "br", "br")]

    assert [answer.headers["Content-Encoding"] for answer in packed] == ["gzip", "br", "br"]
    assert gzip.decompress(packed[0].data) == plain.data == PAGE
    assert brotli.decompress(packed[1].data) == PAGE
    assert packed[2].data == packed[1].data
    assert [answer.headers["Content-Length"] for answer in packed] == [
        str(len(answer.data)) for answer in packed
    ]


def test_packed_bytes_have_a_weak_tag_and_both_vary(page: House) -> None:
    plain, packed = page.get(), page.get(Accept_Encoding="br")

    assert (plain.headers["ETag"], packed.headers["ETag"]) == ('"one"', 'W/"one"')
    assert (plain.headers["Vary"], packed.headers["Vary"]) == ("Accept-Encoding",) * 2


def test_a_304_has_the_tag_of_the_coding_that_was_asked_for(page: House) -> None:
    answer = page.get(Accept_Encoding="br", If_None_Match='W/"one"')

    assert (answer.status_code, answer.headers["ETag"]) == (304, 'W/"one"')
    assert "Content-Encoding" not in answer.headers


def test_the_head_of_a_packed_page_tells_the_length_of_the_packed_one(page: House) -> None:
    get, head = page.get(Accept_Encoding="br"), page.head(Accept_Encoding="br")

    assert list(head.headers) == list(get.headers)


@pytest.mark.parametrize(
    "content_type", ["text/calendar; charset=utf-8", "image/png", "font/woff2", "text/plain"]
)
def test_calendars_and_what_is_packed_by_itself_go_as_they_are(
    house: House, content_type: str
) -> None:
    house.headers["Content-Type"] = content_type

    answer = house.get(Accept_Encoding="gzip, br")

    assert answer.data == house.body
    assert {"Content-Encoding", "Vary"} & set(answer.headers.keys()) == set()


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json; charset=utf-8",
        "application/atom+xml",
        "text/css",
        "text/javascript; charset=utf-8",
        "image/svg+xml",
    ],
)
def test_texts_for_programs_are_packed(house: House, content_type: str) -> None:
    house.headers["Content-Type"] = content_type

    answer = house.get(Accept_Encoding="gzip")

    assert gzip.decompress(answer.data) == house.body


def test_an_answer_made_of_another_one_is_the_same(page: House) -> None:
    page.get()
    ((_key, answer),) = page.front.memory.of(page.version)

    again = Answer(answer.plain.headers, answer.plain.body)

    assert again.plain == answer.plain


def test_what_is_not_kept_is_not_packed(page: House) -> None:
    page.query = None

    answer = page.get(Accept_Encoding="br")

    assert answer.data == PAGE
