from datetime import UTC, date, datetime, time

import pytest

from impulscal.schedule.model import Registration, Text
from schedule.files import SERIES, SESSION, schedule, session, with_lines


def utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


def test_a_session_takes_over_what_the_series_says() -> None:
    found = session(
        series=(
            "location: Online\nmoderators: [{name: F. Vogel}]\nannounce: 4 weeks before\n"
            "registration: {email: a@b.de, closes: 4 days before, free: yes}"
        )
    )

    assert found.location == Text((("de", "Online"),))
    assert [person.name for person in found.moderators] == [Text((("de", "F. Vogel"),))]
    assert found.announce.written == "4 weeks before"
    assert found.registration is not None
    assert (found.registration.email, found.registration.free) == ("a@b.de", True)


def test_a_session_overrides_what_the_series_says() -> None:
    found = session(
        series="location: Online\nmoderators: [{name: A}]\nannounce: 4 weeks before",
        lines="location: Rathaus\nmoderators: [{name: B}]\nannounce: now",
    )

    assert found.location == Text((("de", "Rathaus"),))
    assert [person.name for person in found.moderators] == [Text((("de", "B"),))]
    assert found.announce.at is None


@pytest.mark.parametrize("nothing", ["", "~", "null", "''", "{}", "[]", "{de: }"])
def test_an_empty_value_counts_as_not_given(nothing: str) -> None:
    found = session(series="location: Online", lines=f"location: {nothing}")

    assert found.location == Text((("de", "Online"),))


def test_registration_merges_key_by_key() -> None:
    found = session(
        series="registration: {email: a@b.de, places: 100, free: true, note: N}",
        lines="registration: {places: 20, free: false, full: true}",
    )

    assert found.registration == Registration(
        email="a@b.de", places=20, free=False, full=True, note=Text((("de", "N"),))
    )


def test_the_nearer_address_replaces_the_other() -> None:
    found = session(
        series="registration: {email: a@b.de}", lines="registration: {url: https://b.de/}"
    )

    assert found.registration == Registration(url="https://b.de/")


def test_registration_none_says_there_is_none() -> None:
    found = session(series="registration: {email: a@b.de}", lines="registration: none")

    assert found.registration == Registration(needed=False)


def test_a_series_that_says_nothing_of_registration_does_not_say_there_is_none() -> None:
    silent = session(series="", lines="")
    said = session(series="registration: none", lines="")

    assert (silent.registration, said.registration) == (None, Registration(needed=False))


def test_a_session_can_have_a_registration_where_the_series_has_none() -> None:
    found = session(series="registration: none", lines="registration: {email: a@b.de}")

    assert found.registration == Registration(email="a@b.de")


def test_the_series_registration_stands_without_a_deadline() -> None:
    series = schedule(
        with_lines(series="registration: {email: a@b.de, closes: 1 day before}")
    ).series

    assert series.registration == Registration(email="a@b.de")


@pytest.mark.parametrize(
    ("of_series", "of_session", "start", "end"),
    [
        ("duration: 30 min", "", "10:00", "10:30"),
        ("duration: 30 min", "duration: 1 h", "10:00", "11:00"),
        ("duration: 30 min", "end: 13:15", "10:00", "11:15"),
        ("end: 12:45", "", "10:00", "10:45"),
        ("end: 12:45", "duration: 20 min", "10:00", "10:20"),
        ("end: 12:45", "start: 14:00", "12:00", "12:45"),
        ("end: 12:45", "start: 14:00\nend: 16:00", "12:00", "14:00"),
        ("duration: 30 min", "start: 23:00\nduration: 2 h", "21:00", "23:00"),
    ],
)
def test_start_duration_and_end_come_from_the_nearest_level(
    of_series: str, of_session: str, start: str, end: str
) -> None:
    indented = "".join(f"    {line}\n" for line in of_session.splitlines())
    text = SERIES.replace("duration: 30 min", of_series) + SESSION + indented

    found = schedule(text).sessions[0]

    assert utc(found.start) == f"2021-06-08 {start}"
    assert utc(found.end) == f"2021-06-08 {end}"


def test_a_session_past_midnight_has_a_duration() -> None:
    found = session(lines="start: 23:30\nduration: 1 h")

    assert found.end.isoformat() == "2021-06-09T00:30:00+02:00"


def test_a_duration_is_elapsed_time_over_a_change_of_clocks() -> None:
    text = (SERIES + SESSION).replace("2021-06-08", "2021-10-31")

    found = schedule(text + "    start: 01:30\n    duration: 3 h\n").sessions[0]

    assert found.end.isoformat() == "2021-10-31T03:30:00+01:00"


def test_closes_means_the_end_of_that_day() -> None:
    found = session(series="registration: {closes: 4 days before}").registration

    assert found is not None
    assert found.closes is not None
    assert found.closes.day == date(2021, 6, 4)
    assert utc(found.closes.until) == "2021-06-04 22:00"


def test_closes_may_name_a_time() -> None:
    found = session(lines="registration: {closes: 04.06.2021 18.30}").registration

    assert found is not None
    assert found.closes is not None
    assert (found.closes.day, found.closes.time_of_day) == (date(2021, 6, 4), time(18, 30))
    assert utc(found.closes.until) == "2021-06-04 16:30"


@pytest.mark.parametrize(
    ("announce", "written", "at"),
    [
        ("4 weeks before", "4 weeks before", "2021-05-10 22:00"),
        ("1 week before", "1 week before", "2021-05-31 22:00"),
        ("4 Wochen vorher", "4 weeks before", "2021-05-10 22:00"),
        ("1 Tag vorher", "1 day before", "2021-06-06 22:00"),
        ("0 days before", "0 days before", "2021-06-07 22:00"),
        ("01.05.2021", "2021-05-01", "2021-04-30 22:00"),
        ("2021-05-01 9:00", "2021-05-01T09:00", "2021-05-01 07:00"),
        ("2021-05-01T09:00", "2021-05-01T09:00", "2021-05-01 07:00"),
    ],
)
def test_announce_means_the_beginning_of_that_day(announce: str, written: str, at: str) -> None:
    found = session(lines=f"announce: {announce}").announce

    assert found.at is not None
    assert (found.written, utc(found.at)) == (written, at)


def test_an_offset_counts_calendar_days_over_a_change_of_clocks() -> None:
    text = (SERIES + SESSION).replace("2021-06-08", "2021-03-30")

    found = schedule(text + "    announce: 1 week before\n").sessions[0].announce

    assert found.at is not None
    assert found.at.isoformat() == "2021-03-23T00:00:00+01:00"


def test_a_midnight_that_the_zone_skips_is_its_first_instant() -> None:
    text = (SERIES + SESSION).replace("2021-06-08", "2018-11-05")
    series = text.replace("start:", "timezone: America/Sao_Paulo\n  start:", 1)

    found = schedule(series + "    announce: 1 day before\n").sessions[0].announce

    assert found.at is not None
    assert found.at.isoformat() == "2018-11-04T01:00:00-02:00"


@pytest.mark.parametrize(
    ("series", "contact"),
    [
        ("contact: c@b.de\nregistration: {email: a@b.de}", "c@b.de"),
        ("registration: {email: a@b.de}\norganizer: {name: O, email: o@b.de}", "a@b.de"),
        ("registration: {url: https://b.de/r}", "https://b.de/r"),
        ("organizer: {name: O, email: o@b.de}", "o@b.de"),
        ("organizer: {name: O}", None),
    ],
)
def test_the_contact_is_the_registration_address_else_the_organizer(
    series: str, contact: str | None
) -> None:
    assert schedule(with_lines(series=series)).series.contact == contact


def test_the_series_language_comes_first_whatever_the_order_in_the_file() -> None:
    found = session(lines="note: {fr: F, en: E, de: D}").note

    assert found == Text((("de", "D"), ("fr", "F"), ("en", "E")))


def test_without_the_series_language_the_first_one_stands_in() -> None:
    found = session(lines="note: {fr: F, en: E}").note

    assert found is not None
    assert found.in_language("de") == "F"


def test_plain_texts_are_in_the_series_language() -> None:
    assert session(series="language: EN", lines="note: N").note == Text((("en", "N"),))


def test_anchors_and_merge_keys_work() -> None:
    text = (
        "x-one: &one {title: T, topic: One, note: N}\nx-two: &two {topic: Two, teaser: Z}\n"
        + SERIES
        + "sessions:\n"
        "  - {<<: [*one, *two], id: 1, date: 2021-06-01, title: Own}\n"
        "  - <<: *two\n    id: &id 2\n    date: 2021-06-02\n    title: *id\n"
    )

    one, two = schedule(text).sessions

    assert [str(next(iter(found))) for found in (one.title, one.topic or (), one.teaser or ())] == [
        "Own",
        "One",
        "Z",
    ]
    assert [str(next(iter(found))) for found in (two.title, two.topic or ())] == ["2", "Two"]


def test_withdrawn_ids_are_kept_as_text() -> None:
    assert schedule(SERIES + SESSION + "withdrawn: [7, '08', ]\n").withdrawn == {"7", "08"}


def test_a_series_may_have_no_session_yet() -> None:
    assert schedule(SERIES).sessions == ()
