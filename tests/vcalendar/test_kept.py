"""What is rendered again when something changed, and that nothing else shows it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impulscal.edition import Edition, PublishedSession
from impulscal.links import Links
from impulscal.schedule.model import Registration, Session, Status
from impulscal.vcalendar import feed as feeds
from impulscal.vcalendar.event import View, deadline_entry, told
from impulscal.vcalendar.feed import Options, feed
from impulscal.vcalendar.kept import KeptEvents
from schedules import NOW, deadline, make_series, make_session, publish, text, wall

BASE_URL = "https://kalender.example"


def view_of(edition: Edition, language: str = "de", base_url: str = BASE_URL) -> View:
    links = Links(base_url=base_url, series=edition.series, language=language)
    return View(language=language, links=links)


class Counting:
    """Renders as ``told`` does and remembers of which sessions."""

    def __init__(self) -> None:
        self.rendered: list[str] = []

    def __call__(self, session: PublishedSession, view: View) -> bytes:
        self.rendered.append(session.id)
        return told(session, view)


def season(count: int) -> list[Session]:
    return [
        make_session(wall("2021-06-08 12:00") + timedelta(days=number), id=str(number))
        for number in range(count)
    ]


def test_of_a_thousand_sessions_the_one_that_changed_is_rendered_again() -> None:
    sessions = season(1000)
    changed = [*sessions[:500], replace(sessions[500], title=text("Neu")), *sessions[501:]]
    render = Counting()
    kept = KeptEvents(render)
    before, after = publish(sessions), publish(sessions, changed)
    kept.of(before, view_of(before))
    render.rendered.clear()

    kept.of(after, view_of(after))

    assert render.rendered == ["500"]


def test_of_an_unchanged_edition_nothing_is_rendered_again() -> None:
    render = Counting()
    kept = KeptEvents(render)
    edition, again = publish(season(3)), publish(season(3))
    kept.of(edition, view_of(edition))
    render.rendered.clear()

    events = kept.of(again, view_of(again))

    assert render.rendered == []
    assert list(events) == ["0", "1", "2"]


def test_a_session_that_left_is_not_kept() -> None:
    kept = KeptEvents(told)
    three, two = publish(season(3)), publish(season(2))
    kept.of(three, view_of(three))

    kept.of(two, view_of(two))

    assert kept.size == sum(len(told(session, view_of(two))) for session in two.sessions)


@pytest.mark.parametrize(
    "other",
    [
        {"title": text("Stadtgespräche")},
        {"organizer": None, "language": "en"},
        {"timezone": "America/New_York"},
    ],
)
def test_what_the_series_says_stands_in_every_event(other: dict[str, Any]) -> None:
    render = Counting()
    kept = KeptEvents(render)
    edition = publish(season(2))
    renamed = replace(edition, series=replace(edition.series, **other))
    kept.of(edition, view_of(edition))
    render.rendered.clear()

    kept.of(renamed, view_of(renamed))

    assert render.rendered == ["0", "1"]


def test_languages_and_addresses_are_kept_apart() -> None:
    kept = KeptEvents(told)
    edition = publish(season(2))
    views = [
        view_of(edition),
        view_of(edition, "en"),
        view_of(edition, base_url="https://anderswo.example"),
    ]

    events = [kept.of(edition, view) for view in views]

    assert events == [
        {session.id: told(session, view) for session in edition.sessions} for view in views
    ]


def test_an_hour_that_a_night_shows_twice_is_told_apart() -> None:
    # 31 October 2021, 02:30 in Berlin: once in summer time, once an hour later.
    first = wall("2021-10-31 01:30") + timedelta(hours=1)
    night = make_session(wall("2021-10-31 01:30"), id="0", end=first)
    edition = publish([night])
    later = replace(edition.sessions[0].public, end=first.replace(fold=1))
    longer = replace(edition, sessions=(replace(edition.sessions[0], public=later),))
    kept = KeptEvents(told)
    kept.of(edition, view_of(edition))

    events = kept.of(longer, view_of(longer))

    assert events == {"0": told(longer.sessions[0], view_of(longer))}
    assert b"DTEND:20211031T013000Z" in events["0"]


def test_what_is_kept_has_a_bound() -> None:
    edition = publish(season(4))
    size = len(b"".join(told(session, view_of(edition)) for session in edition.sessions))
    kept = KeptEvents(told, most_bytes=3 * size)

    sizes = []
    for number in range(50):
        kept.of(edition, view_of(edition, base_url=f"https://{number:03}.example"))
        sizes.append(kept.size)

    assert max(sizes) <= 3 * size
    assert sizes[-1] > size


def test_an_edition_larger_than_the_bound_is_rendered_and_not_kept() -> None:
    edition = publish(season(2))
    kept = KeptEvents(told, most_bytes=10)

    events = kept.of(edition, view_of(edition))

    assert (list(events), kept.size) == (["0", "1"], 0)


def test_no_option_makes_events_that_are_kept_beside_the_others() -> None:
    edition = publish(season(5))
    with fresh() as (events, _deadlines):
        rendered(edition, "de", Options())
        size = events.size

        for alarm in range(100):
            rendered(edition, "de", Options(alarm=alarm, cancelled_visible=True))

        assert events.size == size


@contextmanager
def fresh() -> Iterator[tuple[KeptEvents, KeptEvents]]:
    """Render as a process does that has rendered nothing yet."""
    before = feeds._TOLD, feeds._DEADLINES
    feeds._TOLD, feeds._DEADLINES = KeptEvents(told), KeptEvents(deadline_entry)
    try:
        yield feeds._TOLD, feeds._DEADLINES
    finally:
        feeds._TOLD, feeds._DEADLINES = before


def rendered(edition: Edition, language: str, options: Options) -> bytes:
    source = f"{BASE_URL}/stadtimpuls.ics?{options.query()}"
    return feed(edition, language=language, options=options, base_url=BASE_URL, source=source)


OPTIONS = [
    Options(deadlines=deadlines, alarm=alarm, topics=topics, cancelled_visible=visible)
    for deadlines, alarm, topics, visible in product(
        (False, True), (None, 0, 30), ((), ("stadt",)), (False, True)
    )
]

_SESSION_EDITS: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.builds(lambda title: {"title": text(title, title.upper())}, st.sampled_from("abc")),
    st.builds(lambda topic: {"topic": topic}, st.sampled_from([None, text("Stadt"), text("Land")])),
    st.builds(lambda status: {"status": status}, st.sampled_from(Status)),
    st.builds(lambda note: {"note": note}, st.sampled_from([None, text("Krank", "Ill")])),
    st.builds(lambda told: {"description": text(f"*{told}*\n\n- ü")}, st.sampled_from("xyz")),
    st.builds(
        lambda days: {
            "start": wall("2021-06-08 12:00") + timedelta(days=days),
            "end": wall("2021-06-08 13:00") + timedelta(days=days),
        },
        st.integers(0, 3),
    ),
    st.builds(
        lambda day, full: {"registration": Registration(closes=deadline(day), full=full)},
        st.dates(date(2021, 5, 25), date(2021, 6, 7)),
        st.booleans(),
    ),
)
_SERIES_EDITS: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [{}, {}, {}, {"title": text("Anders", "Other")}, {"color": "red"}]
)
_EDITS = st.lists(st.tuples(st.integers(0, 2), _SESSION_EDITS, _SERIES_EDITS), max_size=6)


@given(_EDITS)
@settings(max_examples=15)
def test_after_any_edits_the_bytes_are_those_of_a_process_that_kept_nothing(
    edits: list[tuple[int, dict[str, Any], dict[str, Any]]],
) -> None:
    sessions, series = season(3), make_series()
    states: list[list[Session]] = [sessions]
    with fresh():
        for number, edit, of_series in edits:
            series = replace(series, **of_series)
            state = list(states[-1])
            state[number] = replace(state[number], **edit)
            states.append(state)
            edition = publish(*states, series=series, now=NOW)
            for language, options in product(("de", "en"), OPTIONS):
                kept = rendered(edition, language, options)
                with fresh():
                    cold = rendered(edition, language, options)

                assert kept == cold
