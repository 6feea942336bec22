"""From counts to what may be said of subscribers."""

from datetime import date, timedelta

import pytest

from impulscal.subscribers.clients import Family
from impulscal.subscribers.estimate import Course, Estimate, course_of, estimate_of
from impulscal.subscribers.store import Asked

TODAY = date(2021, 5, 20)


def asked(
    back: int, clients: float, family: Family = Family.APPLE, series: str = "a", requests: int = 1
) -> Asked:
    day = TODAY - timedelta(days=back)
    return Asked(day=day, series=series, family=family, requests=requests, clients=clients)


def course(*rows: Asked, days: int = 14) -> Course:
    return course_of("a", rows, today=TODAY, days=days)


@pytest.mark.parametrize(
    ("family", "estimate"),
    [
        (Family.APPLE, Estimate(1_000, 967, 1_033)),
        (Family.NEXTCLOUD, Estimate(1_000, 967, 1_033)),
        (Family.GOOGLE, Estimate(1, 1, 1)),
        (Family.BROWSER, Estimate(0, 0, 0)),
    ],
)
def test_what_is_known_depends_on_for_whom_a_program_asks(
    family: Family, estimate: Estimate
) -> None:
    assert estimate_of(asked(0, 1_000.0, family)) == estimate


@pytest.mark.parametrize(
    ("clients", "estimate"),
    [
        (0.0, Estimate(0, 0, 0)),
        (1.0, Estimate(1, 1, 1)),
        (10.2, Estimate(10, 10, 11)),
        (100_000.0, Estimate(100_000, 95_496, 104_504)),
    ],
)
def test_the_range_is_19_of_20(clients: float, estimate: Estimate) -> None:
    assert Estimate.of(clients) == estimate


def test_an_ordinary_day_is_the_median_of_the_last_seven_whole_days() -> None:
    counts = {8: 900, 7: 10, 6: 20, 5: 30, 4: 40, 3: 50, 2: 60, 1: 70, 0: 500}

    told = course(*(asked(back, clients) for back, clients in counts.items()))

    assert told.ordinary().likely == 40
    assert told.whole_days == 8


def test_days_before_anybody_asked_are_not_counted_as_days_without() -> None:
    told = course(asked(2, 30), asked(1, 40), asked(0, 5))

    assert told.ordinary().likely == 35


def test_a_day_on_which_nobody_asked_counts_once_somebody_did() -> None:
    told = course(asked(3, 30), asked(0, 5))

    assert (told.whole_days, told.ordinary().likely) == (3, 0)


def test_on_the_first_day_it_is_what_was_counted_so_far() -> None:
    told = course(asked(0, 5))

    assert (told.whole_days, told.ordinary().likely) == (0, 5)
    assert told.ordinary(Family.OUTLOOK).likely == 0


def test_nobody_is_told_of_where_nobody_asked() -> None:
    told = course()

    assert (told.people, told.whole_days, told.ordinary()) == ((0.0,) * 14, 0, Estimate(0, 0, 0))


def test_families_stand_in_one_order_and_other_series_stay_out() -> None:
    told = course(
        asked(0, 0, Family.GOOGLE, requests=7),
        asked(0, 3, Family.THUNDERBIRD),
        asked(1, 2, Family.APPLE, requests=5),
        asked(0, 9, Family.APPLE, series="b"),
        days=2,
    )

    assert list(told.clients) == [Family.APPLE, Family.THUNDERBIRD, Family.GOOGLE]
    assert told.people == (2.0, 3.0)
    assert told.requests == {
        Family.APPLE: (5, 0),
        Family.THUNDERBIRD: (0, 1),
        Family.GOOGLE: (0, 7),
    }
