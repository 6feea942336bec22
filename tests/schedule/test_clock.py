from datetime import UTC, date, datetime, timedelta

import pytest
import pytz
from hypothesis import given
from hypothesis import strategies as st

from impulscal.schedule.clock import (
    AmbiguousTimeError,
    NoSuchTimeError,
    Rhythm,
    first_instant,
    localize,
    plus,
    zone,
)

# Those of SEMANTICS.md 3.4.
INSTANTS = [
    ("Europe/Berlin", "2021-06-08 12:00", "2021-06-08 10:00"),
    ("Europe/Berlin", "2021-11-09 12:00", "2021-11-09 11:00"),
    ("Europe/Berlin", "1995-10-10 12:00", "1995-10-10 11:00"),
    ("Europe/Berlin", "2037-07-05 12:00", "2037-07-05 10:00"),
    ("Europe/Berlin", "2038-07-05 12:00", "2038-07-05 10:00"),
    ("Europe/Berlin", "2039-07-05 12:00", "2039-07-05 10:00"),
    ("America/New_York", "2005-04-01 12:00", "2005-04-01 17:00"),
    ("America/New_York", "2026-07-01 12:00", "2026-07-01 16:00"),
    ("America/Sao_Paulo", "2018-12-11 12:00", "2018-12-11 14:00"),
    ("America/Sao_Paulo", "2026-12-08 12:00", "2026-12-08 15:00"),
    ("Europe/Istanbul", "2015-07-01 12:00", "2015-07-01 09:00"),
    ("Europe/Moscow", "2013-07-01 12:00", "2013-07-01 08:00"),
    ("Asia/Tehran", "2022-07-01 12:30", "2022-07-01 08:00"),
    ("America/Nuuk", "2026-07-01 12:00", "2026-07-01 13:00"),
]

ZONES = ("Europe/Berlin", "Europe/Dublin", "America/New_York", "Australia/Lord_Howe")


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(("name", "local", "expected"), INSTANTS)
def test_a_wall_time_is_an_instant(name: str, local: str, expected: str) -> None:
    found = localize(wall(local), zone(name))

    assert found.astimezone(UTC) == wall(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize("local", ["2027-03-28 02:30", "2039-03-27 02:30"])
def test_a_skipped_wall_time_is_refused(local: str) -> None:
    with pytest.raises(NoSuchTimeError):
        localize(wall(local), zone("Europe/Berlin"))


@pytest.mark.parametrize("local", ["2027-10-31 02:30", "2039-10-30 02:30"])
def test_a_doubled_wall_time_is_refused_with_both_readings(local: str) -> None:
    with pytest.raises(AmbiguousTimeError) as caught:
        localize(wall(local), zone("Europe/Berlin"))

    first, second = (reading.astimezone(UTC) for reading in caught.value.readings)
    assert second - first == timedelta(hours=1)


@given(
    name=st.sampled_from(ZONES),
    local=st.datetimes(datetime(1970, 1, 2), datetime(2037, 12, 31)),  # noqa: DTZ001 -- wall times
)
def test_pytz_agrees_up_to_2037(name: str, local: datetime) -> None:
    local = local.replace(microsecond=0)
    try:
        expected = pytz.timezone(name).localize(local, is_dst=None)
    except pytz.NonExistentTimeError:
        with pytest.raises(NoSuchTimeError):
            localize(local, zone(name))
    except pytz.AmbiguousTimeError:
        with pytest.raises(AmbiguousTimeError):
            localize(local, zone(name))
    else:
        assert localize(local, zone(name)).astimezone(UTC) == expected.astimezone(UTC)


def test_a_day_without_midnight_begins_at_its_first_instant() -> None:
    found = first_instant(date(2018, 11, 4), zone("America/Sao_Paulo"))

    assert found.isoformat() == "2018-11-04T01:00:00-02:00"


def test_a_duration_is_elapsed_time() -> None:
    start = localize(wall("2021-03-28 01:30"), zone("Europe/Berlin"))

    assert plus(start, timedelta(hours=1)).isoformat() == "2021-03-28T03:30:00+02:00"


def test_a_rhythm_names_its_dates() -> None:
    rhythm = Rhythm("FREQ=MONTHLY;BYDAY=2TU")

    found = list(rhythm.dates(date(2021, 5, 11), date(2021, 9, 30)))

    assert found == [
        date(2021, 5, 11),
        date(2021, 6, 8),
        date(2021, 7, 13),
        date(2021, 8, 10),
        date(2021, 9, 14),
    ]


def test_a_rhythm_begins_at_the_first_date_it_names() -> None:
    found = list(Rhythm("FREQ=WEEKLY;BYDAY=WE").dates(date(2021, 6, 8), date(2021, 6, 16)))

    assert found == [date(2021, 6, 9), date(2021, 6, 16)]


def test_a_leap_day_stays_one() -> None:
    rhythm = Rhythm("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29")

    found = list(rhythm.dates(date(2096, 1, 1), date(2105, 1, 1)))

    assert found == [date(2096, 2, 29), date(2104, 2, 29)]
