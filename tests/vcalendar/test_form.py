"""What is no whole calendar never gets out."""

import pytest

from impulscal.vcalendar.form import MalformedError, sound, whole

HEAD = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
EVENT = b"BEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\n"


@pytest.mark.parametrize("lines", [b"", HEAD, EVENT, b"UID:" + b"1" * 71 + b"\r\n"])
def test_sound_lines_pass_unchanged(lines: bytes) -> None:
    assert sound(lines) == lines


@pytest.mark.parametrize(
    "broken",
    [
        b"<!doctype html>",
        EVENT[:-2],
        EVENT[:-1],
        EVENT + b"\n",
        EVENT.replace(b"UID:1\r\n", b"UID:1\n"),
        EVENT.replace(b"UID:1", b"UID:1\rX"),
        EVENT.replace(b"UID:1", b"UID:" + b"1" * 72),
        EVENT.replace(b"UID:1", b"UID:\xc3"),
        EVENT.replace(b"UID:1", b"UID:\xc3\r\n \xbc"),
    ],
)
def test_lines_that_a_program_could_stumble_over_are_refused(broken: bytes) -> None:
    with pytest.raises(MalformedError):
        sound(broken)


@pytest.mark.parametrize("events", [[EVENT], [EVENT, EVENT], []])
def test_a_calendar_is_its_head_its_events_and_its_end(events: list[bytes]) -> None:
    assert whole(HEAD, events) == HEAD + b"".join(events) + b"END:VCALENDAR\r\n"


def test_words_in_a_text_are_no_lines_of_the_calendar() -> None:
    event = EVENT.replace(b"UID:1", b"SUMMARY:BEGIN:VEVENT\r\n END:VEVENT\r\n END:VCALENDAR")

    assert whole(HEAD, [event]).count(event) == 1


@pytest.mark.parametrize(
    ("head", "events"),
    [
        (b"", [EVENT]),
        (b"\xef\xbb\xbf" + HEAD, [EVENT]),
        (b"\r\n" + HEAD, [EVENT]),
        (HEAD[:-2], [EVENT]),
        (HEAD + b"END:VCALENDAR\r\n", [EVENT]),
        (HEAD + EVENT, [EVENT]),
        (HEAD, [b""]),
        (HEAD, [EVENT * 2]),
        (HEAD, [EVENT[: len(EVENT) // 2]]),
        (HEAD, [EVENT[:-2]]),
        (HEAD, [b"<!doctype html>"]),
        (HEAD, [EVENT + b"END:VCALENDAR\r\n"]),
    ],
)
def test_what_would_be_no_whole_calendar_is_refused(head: bytes, events: list[bytes]) -> None:
    with pytest.raises(MalformedError):
        whole(head, events)
