"""Our content lines against icalendar's, and by the letter of RFC 5545."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import vDate, vDatetime, vText
from icalendar.parser import Contentline

from impulscal.vcalendar.lines import as_date, as_utc, as_wall, component, content_line
from impulscal.vcalendar.text import text

# Letters of one to four octets, and what is escaped: the edge of a line falls on each of them.
_VALUES = st.text(st.sampled_from("aü日😀\\^,;") | st.characters(exclude_categories=["Cs", "Cc"]))


def by_icalendar(value: Any) -> str:
    return str(value.to_ical().decode())


@given(_VALUES | st.integers(0, 400).map("ü".__mul__))
@example("x" * 67)
@example("x" * 68)
@example("x" * 66 + "\\\\" * 40)
@example("x" * 65 + "^n" * 40)
def test_a_line_is_folded_as_icalendar_folds_it(value: str) -> None:
    line = content_line("SUMMARY", value)

    theirs = Contentline(f"SUMMARY:{value}")  # type: ignore[no-untyped-call]  # theirs to type

    assert line.decode() == by_icalendar(theirs) + "\r\n"


@given(_VALUES)
def test_no_piece_of_a_line_has_more_than_75_octets_and_each_can_be_read(value: str) -> None:
    pieces = content_line("SUMMARY", value).removesuffix(b"\r\n").split(b"\r\n")

    assert max(map(len, pieces)) <= 75
    assert pieces[0].decode() + "".join(more.decode()[1:] for more in pieces[1:]) == (
        f"SUMMARY:{value}"
    )


def test_a_line_of_74_octets_is_the_longest_that_is_not_folded() -> None:
    lines = content_line("X", "a" * 72), content_line("X", "a" * 73)

    assert lines == (b"X:" + b"a" * 72 + b"\r\n", b"X:" + b"a" * 72 + b"\r\n a\r\n")


# No backslash: with one before a capital N icalendar 7.3 makes a line break.
@given(st.text(st.sampled_from("a,;:ü\n\"'N "), max_size=40))
def test_a_text_is_escaped_as_icalendar_escapes_it(value: str) -> None:
    assert text(value) == by_icalendar(vText(value))


@given(
    st.text(st.sampled_from("a\u2027\u2028\u2029\u202a\ufdd0\ufdef\ufdcf\ufdf0\uffff\U0010fffe"))
)
def test_characters_that_break_programs_leave_a_text(value: str) -> None:
    gone = str.maketrans(
        {"\u2028": "\\n", "\u2029": "\\n", **dict.fromkeys("\ufdd0\ufdef\uffff\U0010fffe", "")}
    )

    assert text(value) == value.translate(gone)


@given(
    st.datetimes(datetime(1970, 1, 1), datetime(2199, 12, 31)),  # noqa: DTZ001 -- given an offset below
    st.integers(-12, 14),
)
def test_instants_and_days_are_written_as_icalendar_writes_them(wall: datetime, hours: int) -> None:
    when = wall.replace(tzinfo=timezone(timedelta(hours=hours)))

    assert as_utc(when) == by_icalendar(vDatetime(when.astimezone(UTC)))
    assert as_wall(when) == by_icalendar(vDatetime(wall))
    assert as_date(wall.date()) == by_icalendar(vDate(wall.date()))


@pytest.mark.parametrize("lines", [(), (b"UID:1\r\n",), (b"UID:1\r\n", b"", b"SEQUENCE:0\r\n")])
def test_a_component_begins_and_ends_by_its_name(lines: tuple[bytes, ...]) -> None:
    assert component("VEVENT", *lines) == b"".join((b"BEGIN:VEVENT\r\n", *lines, b"END:VEVENT\r\n"))
