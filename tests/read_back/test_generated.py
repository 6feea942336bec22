"""A hundred generated editions, each read back by every program."""

from collections.abc import Callable

import pytest
from vdirsyncer.vobject import (  # type: ignore[import-untyped]
    Item,
    split_collection,
)

from impulscal.edition import Edition
from impulscal.vcalendar.feed import Options, feed
from read_back.generated import generate_editions
from read_back.readers import READERS, libical_errors
from read_back.told import expected_feed
from vcalendar.lint import faults

pytestmark = pytest.mark.fuzz

BASE_URL = "https://kalender.example"
OPTIONS = Options(deadlines=True, alarm=30)


@pytest.fixture(scope="module")
def editions() -> list[Edition]:
    return generate_editions()


@pytest.fixture(scope="module")
def feeds(editions: list[Edition]) -> list[bytes]:
    return [
        feed(
            edition,
            language=("de", "en")[number % 2],
            options=OPTIONS,
            base_url=BASE_URL,
            source=f"{BASE_URL}/stadtimpuls.ics?{OPTIONS.query()}",
        )
        for number, edition in enumerate(editions)
    ]


@pytest.mark.parametrize("program", READERS)
def test_every_program_reads_what_the_model_says(
    program: str,
    editions: list[Edition],
    feeds: list[bytes],
    require_program: Callable[[str], None],
) -> None:
    require_program(program)
    expected = [
        list(
            expected_feed(
                edition, language=("de", "en")[number % 2], options=OPTIONS, base_url=BASE_URL
            )
        )
        for number, edition in enumerate(editions)
    ]

    read = READERS[program](feeds)

    assert read == expected


def test_vdirsyncer_stores_every_event_by_its_uid(
    editions: list[Edition], feeds: list[bytes]
) -> None:
    expected = [
        [
            told.uid
            for told in expected_feed(edition, language="de", options=OPTIONS, base_url=BASE_URL)
        ]
        for edition in editions
    ]

    stored = [
        [Item(item).uid for item in split_collection(calendar.decode())] for calendar in feeds
    ]

    assert stored == expected


def test_libical_finds_no_error(feeds: list[bytes], require_program: Callable[[str], None]) -> None:
    require_program("libical")

    errors = libical_errors(feeds)

    assert errors == [0] * len(feeds)


def test_the_bytes_have_no_fault(feeds: list[bytes]) -> None:
    assert [fault for calendar in feeds for fault in faults(calendar)] == []
