"""What is no whole calendar never gets out."""

import pytest

from impulscal.vcalendar.form import MalformedError, whole

EVENT = b"BEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\n"
GOOD = b"BEGIN:VCALENDAR\r\n" + EVENT + b"END:VCALENDAR\r\n"


def test_a_whole_calendar_passes_unchanged() -> None:
    assert whole(GOOD, events=1) == GOOD


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"<!doctype html>",
        GOOD[:-2],
        GOOD[: len(GOOD) // 2],
        GOOD + EVENT,
        b"\xef\xbb\xbf" + GOOD,
        b"\r\n" + GOOD,
        GOOD.replace(EVENT, b""),
        GOOD.replace(EVENT, EVENT * 2),
        GOOD.replace(b"UID:1\r\n", b"UID:1\n"),
        GOOD.replace(b"UID:1", b"UID:1\rX"),
        GOOD.replace(b"UID:1", b"UID:" + b"1" * 72),
        GOOD.replace(b"UID:1", b"UID:\xc3"),
    ],
)
def test_anything_else_is_refused(broken: bytes) -> None:
    with pytest.raises(MalformedError):
        whole(broken, events=1)
