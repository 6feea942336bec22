"""Dates and times as people read them."""

from datetime import UTC, date, datetime, timedelta

import pytest
import pytz

from impulscal.history.facts import Moment
from impulscal.schedule.clock import plus, zone
from impulscal.wording.dates import day, moment, period, stamp_day, zone_name
from schedules import wall


@pytest.mark.parametrize(
    ("language", "told", "short"),
    [
        ("de", "Dienstag, 8. Juni 2021", "08.06.2021"),
        ("en", "Tuesday, 8 June 2021", "8 June 2021"),
        # Fixed words in other languages are English, and so are their dates.
        ("fr", "Tuesday, 8 June 2021", "8 June 2021"),
    ],
)
def test_day(language: str, told: str, short: str) -> None:
    when = date(2021, 6, 8)

    assert (day(when, language), stamp_day(when, language)) == (told, short)


@pytest.mark.parametrize(
    ("start", "minutes", "german", "english"),
    [
        (
            "2021-06-08 12:00",
            30,
            "Dienstag, 8. Juni 2021, 12:00–12:30 Uhr (MESZ)",
            "Tuesday, 8 June 2021, 12:00–12:30 (CEST)",
        ),
        (
            "2021-03-09 22:30",
            120,
            "Dienstag, 9. März 2021, 22:30 Uhr bis Mittwoch, 10. März 2021, 00:30 Uhr (MEZ)",
            "Tuesday, 9 March 2021, 22:30 to Wednesday, 10 March 2021, 00:30 (CET)",
        ),
        # The night in which the clocks go back.
        (
            "2021-10-31 01:30",
            120,
            "Sonntag, 31. Oktober 2021, 01:30 Uhr (MESZ) bis 02:30 Uhr (MEZ)",
            "Sunday, 31 October 2021, 01:30 (CEST) to 02:30 (CET)",
        ),
        (
            "2021-03-27 12:00",
            1380,
            "Samstag, 27. März 2021, 12:00 Uhr (MEZ) bis Sonntag, 28. März 2021, 12:00 Uhr (MESZ)",
            "Saturday, 27 March 2021, 12:00 (CET) to Sunday, 28 March 2021, 12:00 (CEST)",
        ),
    ],
)
def test_period(start: str, minutes: int, german: str, english: str) -> None:
    begin = wall(start)
    end = plus(begin, timedelta(minutes=minutes))

    assert [period(begin, end, "de"), period(begin, end, "en")] == [german, english]


@pytest.mark.parametrize(
    ("name", "german", "english"),
    [
        ("Europe/Berlin", "MESZ", "CEST"),
        ("Europe/Athens", "OESZ", "EEST"),
        ("Europe/Lisbon", "WESZ", "WEST"),
        ("Africa/Abidjan", "GMT", "GMT"),
        ("UTC", "UTC", "UTC"),
        # Their abbreviations mean other zones as well, or are none.
        ("Europe/London", "Ortszeit London, UTC+1", "London time, UTC+1"),
        ("America/New_York", "Ortszeit New York, UTC−4", "New York time, UTC−4"),
        ("America/Sao_Paulo", "Ortszeit São Paulo, UTC−3", "Sao Paulo time, UTC−3"),
        ("Asia/Kolkata", "Ortszeit Kolkata, UTC+5:30", "Kolkata time, UTC+5:30"),
        ("Europe/Moscow", "Ortszeit Moskau, UTC+3", "Moscow time, UTC+3"),
        (
            "America/Argentina/Buenos_Aires",
            "Ortszeit Buenos Aires, UTC−3",
            "Buenos Aires time, UTC−3",
        ),
        # Its sign is turned round in the name.
        ("Etc/GMT+5", "UTC−5", "UTC−5"),
    ],
)
def test_zone_is_called_by_what_people_know(name: str, german: str, english: str) -> None:
    when = wall("2021-06-08 12:00", name)

    assert [zone_name(when, "de"), zone_name(when, "en")] == [german, english]


def test_every_zone_can_be_called_in_both_languages() -> None:
    instant = datetime(2026, 7, 1, 12, tzinfo=UTC)

    without = {
        name
        for name in pytz.all_timezones
        for language in ("de", "en")
        if len(zone_name(instant.astimezone(zone(name)), language)) < 3
    }

    assert without == set()


def test_earlier_start_is_told_with_its_zone_where_that_was_another() -> None:
    told = Moment.of(wall("2021-06-08 12:00", "Europe/Athens"))

    assert [moment(told, name, "de") for name in ("Europe/Athens", "Europe/Berlin")] == [
        "Dienstag, 8. Juni 2021, 12:00 Uhr",
        "Dienstag, 8. Juni 2021, 12:00 Uhr (OESZ)",
    ]
