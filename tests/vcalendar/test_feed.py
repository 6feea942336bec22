"""What the feed holds for subscribers."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import pytz

from impulscal.edition import Edition
from impulscal.schedule.clock import plus
from impulscal.schedule.model import Deadline, Registration, Status, Text
from impulscal.vcalendar.feed import Options, feed, single_file
from real_series import BASE_URL, changed_edition, real_edition
from schedules import deadline, make_series, make_session, publish, text, wall
from vcalendar.contents import event, head, lines, uids

PLAIN = Options()


def render(edition: Edition, options: Options = PLAIN, language: str = "de") -> bytes:
    source = f"{BASE_URL}/stadtimpuls.ics"
    return feed(edition, language=language, options=options, base_url=BASE_URL, source=source)


def test_calendar_says_its_name_its_colour_and_how_often_to_look() -> None:
    calendar = render(real_edition())

    assert head(calendar) == [
        "VERSION:2.0",
        "PRODID:-//impulscal//impulscal//DE",
        "CALSCALE:GREGORIAN",
        "NAME:stadt:impuls",
        "X-WR-CALNAME:stadt:impuls",
        "X-WR-TIMEZONE:Europe/Berlin",
        "COLOR:turquoise",
        "X-APPLE-CALENDAR-COLOR:#40E0D0",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        "SOURCE;VALUE=URI:https://kalender.example/stadtimpuls.ics",
        "URL:https://kalender.example/stadtimpuls/",
        "LAST-MODIFIED:20210520T070000Z",
    ]


def test_event_tells_what_subscribers_need_and_shows_as_free() -> None:
    calendar = render(real_edition())

    found = event(calendar, "2.stadtimpuls")

    assert found.pop("DESCRIPTION").endswith("\\nStand: 20.05.2021\\, Fassung 1")
    assert list(found.items()) == [
        ("UID", "2.stadtimpuls@einsateam.de"),
        ("DTSTAMP", "20210520T070000Z"),
        ("LAST-MODIFIED", "20210520T070000Z"),
        ("CREATED", "20210520T070000Z"),
        ("SEQUENCE", "0"),
        ("DTSTART;TZID=Europe/Berlin", "20210608T120000"),
        ("DTEND;TZID=Europe/Berlin", "20210608T123000"),
        ("SUMMARY", "stadt:impuls #2: Gerechte Stadt – PatchWorkCity Saarbrücken"),
        ("LOCATION", "Online"),
        ("URL", "https://kalender.example/stadtimpuls/2/"),
        ("CATEGORIES", "Gerechte Stadt"),
        ("STATUS", "CONFIRMED"),
        ("TRANSP", "TRANSPARENT"),
        ("X-MICROSOFT-CDO-BUSYSTATUS", "FREE"),
    ]


def test_revision_counts_up_in_the_feed() -> None:
    calendar = render(changed_edition())

    found = event(calendar, "2.stadtimpuls")

    assert [found[name] for name in ("SEQUENCE", "DTSTAMP", "LAST-MODIFIED", "CREATED")] == [
        "2",
        "20210522T070000Z",
        "20210522T070000Z",
        "20210520T070000Z",
    ]


def test_english_feed_links_to_english_pages() -> None:
    calendar = render(real_edition(), language="en")

    found = event(calendar, "3.stadtimpuls")

    assert (head(calendar)[1], found["URL"]) == (
        "PRODID:-//impulscal//impulscal//EN",
        "https://kalender.example/en/stadtimpuls/3/",
    )


@pytest.mark.parametrize(
    ("options", "query", "name"),
    [
        (Options(), "", "stadt:impuls"),
        (Options(deadlines=True), "deadlines=1", "stadt:impuls (mit Anmeldefristen)"),
        (Options(alarm=0), "alarm=0", "stadt:impuls (Erinnerung zu Beginn)"),
        (Options(alarm=30), "alarm=30", "stadt:impuls (Erinnerung 30 Minuten vorher)"),
        (
            Options(cancelled_visible=True),
            "cancelled=visible",
            "stadt:impuls (mit abgesagten Terminen)",
        ),
        (Options(topics=("gruene-stadt",)), "topic=gruene-stadt", "stadt:impuls (Grüne Stadt)"),
        (
            Options(deadlines=True, alarm=1, topics=("a", "مدينة")),
            "deadlines=1&alarm=1&topic=a&topic=%D9%85%D8%AF%D9%8A%D9%86%D8%A9",
            "stadt:impuls (a\\, مدينة\\, mit Anmeldefristen\\, Erinnerung 1 Minute vorher)",
        ),
    ],
)
def test_variant_is_told_by_its_query_and_by_its_name(
    options: Options, query: str, name: str
) -> None:
    edition = replace(real_edition(), topics={"gruene-stadt": "Grüne Stadt"})

    calendar = render(edition, options)

    assert (options.query(), head(calendar)[4]) == (query, f"X-WR-CALNAME:{name}")


def test_topics_keep_their_sessions_only() -> None:
    sessions = [
        make_session(id="1", topic=text("Grüne Stadt", "Green city")),
        make_session(id="2", topic=text("Große Stadt")),
        make_session(id="3"),
    ]
    edition = publish(sessions)

    kept = [
        uids(render(edition, Options(topics=topics), language))
        for topics, language in [
            (("gruene-stadt",), "en"),
            (("grosse-stadt", "gruene-stadt"), "de"),
            (("moderne-stadt",), "de"),
        ]
    ]

    assert kept == [["1.stadtimpuls"], ["1.stadtimpuls", "2.stadtimpuls"], []]


def test_alarm_rings_before_every_session_that_takes_place() -> None:
    sessions = [make_session(id="1"), make_session(id="2", status=Status.CANCELLED)]

    calendar = lines(render(publish(sessions), Options(alarm=30)))

    first = calendar.index("BEGIN:VALARM")
    assert calendar[first : calendar.index("END:VALARM") + 1] == [
        "BEGIN:VALARM",
        "UID:alarm.1.stadtimpuls@einsateam.de",
        "ACTION:DISPLAY",
        "TRIGGER:-PT30M",
        "DESCRIPTION:stadt:impuls #1: Gerechte Stadt",
        "END:VALARM",
    ]
    assert calendar.count("BEGIN:VALARM") == 1


def test_alarm_can_ring_at_the_start() -> None:
    calendar = lines(render(publish([make_session()]), Options(alarm=0)))

    assert [line for line in calendar if line.startswith("TRIGGER")] == ["TRIGGER:PT0M"]


def test_cancelled_sessions_rings_nowhere_though_it_is_visible() -> None:
    edition = publish([make_session(status=Status.CANCELLED)])

    calendar = render(edition, Options(alarm=30, cancelled_visible=True))

    found = event(calendar, "2.stadtimpuls")
    assert b"VALARM" not in calendar
    assert [found[name] for name in ("STATUS", "TRANSP", "SUMMARY")] == [
        "CONFIRMED",
        "TRANSPARENT",
        "ABGESAGT: stadt:impuls #2: Gerechte Stadt",
    ]


def test_cancelled_session_is_cancelled() -> None:
    calendar = render(publish([make_session()], [make_session(status=Status.CANCELLED)]))

    found = event(calendar, "2.stadtimpuls")

    assert [found[name] for name in ("STATUS", "TRANSP", "SEQUENCE", "SUMMARY")] == [
        "CANCELLED",
        "TRANSPARENT",
        "1",
        "ABGESAGT: stadt:impuls #2: Gerechte Stadt",
    ]


def test_deadline_is_a_day_of_its_own() -> None:
    closes = deadline(date(2021, 6, 4))
    session = make_session(
        topic=text("Gerechte Stadt"), registration=Registration(email="a@b.de", closes=closes)
    )

    calendar = render(publish([session]), Options(deadlines=True, alarm=30))

    found = event(calendar, "2.deadline.stadtimpuls")
    assert found.pop("DESCRIPTION").startswith("Anmeldung bis Freitag\\, 4. Juni 2021 per E-Mail")
    assert list(found.items()) == [
        ("UID", "2.deadline.stadtimpuls@einsateam.de"),
        ("DTSTAMP", "20210520T070000Z"),
        ("LAST-MODIFIED", "20210520T070000Z"),
        ("CREATED", "20210520T070000Z"),
        ("SEQUENCE", "0"),
        ("DTSTART;VALUE=DATE", "20210604"),
        ("DTEND;VALUE=DATE", "20210605"),
        ("SUMMARY", "Anmeldeschluss: stadt:impuls #2: Gerechte Stadt"),
        ("URL", "https://kalender.example/stadtimpuls/2/"),
        ("CATEGORIES", "Gerechte Stadt"),
        ("STATUS", "CONFIRMED"),
        ("TRANSP", "TRANSPARENT"),
        ("X-MICROSOFT-CDO-BUSYSTATUS", "FREE"),
    ]


def test_deadline_with_a_time_says_it_in_the_title() -> None:
    until = wall("2021-06-04 12:00")
    closes = Deadline(day=date(2021, 6, 4), time_of_day=time(12), until=until)
    session = make_session(registration=Registration(closes=closes))

    calendar = render(publish([session]), Options(deadlines=True))

    found = event(calendar, "2.deadline.stadtimpuls")
    assert (
        found["SUMMARY"],
        found["DTSTART;VALUE=DATE"],
        found["DESCRIPTION"].split("\\n")[0],
    ) == (
        "Anmeldeschluss 12:00 Uhr: stadt:impuls #2: Gerechte Stadt",
        "20210604",
        "Anmeldung bis Freitag\\, 4. Juni 2021\\, 12:00 Uhr (MESZ)",
    )


def test_deadline_entry_carries_no_mark() -> None:
    registration = Registration(closes=deadline(date(2021, 6, 4)))
    before = make_session(registration=registration)
    after = make_session(
        wall("2021-06-15 12:00"), registration=registration, status=Status.TENTATIVE
    )

    calendar = render(publish([before], [after]), Options(deadlines=True))

    assert [event(calendar, uid)["SUMMARY"] for uid in uids(calendar)] == [
        "NEUER TERMIN\\, VORLÄUFIG: stadt:impuls #2: Gerechte Stadt",
        "Anmeldeschluss: stadt:impuls #2: Gerechte Stadt",
    ]


def test_cancelled_session_has_no_deadline() -> None:
    registration = Registration(closes=deadline(date(2021, 6, 4)))
    session = make_session(registration=registration, status=Status.CANCELLED)

    calendar = render(publish([session]), Options(deadlines=True))

    assert uids(calendar) == ["2.stadtimpuls"]


@pytest.mark.parametrize(
    ("name", "components"),
    [
        ("Europe/Berlin", ["TZID:Europe/Berlin", "BEGIN:DAYLIGHT", "BEGIN:STANDARD"]),
        ("UTC", ["TZID:UTC", "BEGIN:STANDARD"]),
        ("America/Nuuk", ["TZID:UTC", "BEGIN:STANDARD"]),
    ],
)
def test_feed_without_events_is_a_whole_calendar(name: str, components: list[str]) -> None:
    calendar = lines(render(publish([], series=make_series(timezone=name))))

    assert [line for line in calendar if line.startswith(("BEGIN", "TZID"))] == [
        "BEGIN:VCALENDAR",
        "BEGIN:VTIMEZONE",
        *components,
    ]


@pytest.mark.parametrize(
    ("start", "minutes", "times"),
    [
        ("2021-10-31 00:30", 60, ("20211031T003000", "20211031T013000")),
        # 02:30 exists twice in that night: once before the change, once after it.
        ("2021-10-31 01:30", 60, ("20211030T233000Z", "20211031T003000Z")),
        ("2021-10-31 01:30", 120, ("20211030T233000Z", "20211031T013000Z")),
        ("2021-10-31 01:30", 180, ("20211031T013000", "20211031T033000")),
    ],
)
def test_time_that_exists_twice_is_written_in_utc(
    start: str, minutes: int, times: tuple[str, str]
) -> None:
    begin = wall(start)
    session = make_session(begin, end=plus(begin, timedelta(minutes=minutes)))

    found = event(render(publish([session])), "2.stadtimpuls")

    assert tuple(found[name] for name in found if name.startswith(("DTSTART", "DTEND"))) == times


def test_series_in_another_language_has_english_words() -> None:
    series = make_series(language="fr", title=Text((("fr", "Impulsion"), ("de", "Impuls"))))
    edition = publish([make_session(title=Text((("fr", "Ville"),)))], series=series)

    calendar = render(edition, language="fr")

    found = event(calendar, "2.stadtimpuls")
    assert [head(calendar)[1], found["SUMMARY"], found["URL"]] == [
        "PRODID:-//impulscal//impulscal//EN",
        "Impulsion #2: Ville",
        "https://kalender.example/stadtimpuls/2/",
    ]


def test_new_law_changes_zone_and_times_together() -> None:
    # Berlin by the data of another zone, as if it were to keep one time all year.
    with pytz.open_resource("Africa/Tripoli") as data:  # type: ignore[attr-defined]
        law = ZoneInfo.from_file(data, key="Europe/Berlin")
    start = datetime(2021, 11, 9, 12, tzinfo=law)
    session = make_session(start, end=plus(start, timedelta(minutes=30)))

    calendar = lines(render(publish([session])))

    assert [line for line in calendar if line.startswith(("TZOFFSET", "DTSTART"))] == [
        "DTSTART:19700101T000000",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0200",
        "DTSTART;TZID=Europe/Berlin:20211109T120000",
    ]


def test_times_before_the_last_rule_of_a_zone_are_in_utc() -> None:
    sao_paulo = make_series(timezone="America/Sao_Paulo")
    old = make_session(wall("2018-12-11 12:00", "America/Sao_Paulo"), id="1")
    new = make_session(wall("2026-12-08 12:00", "America/Sao_Paulo"), id="2")

    calendar = render(publish([old, new], series=sao_paulo))

    first, second = event(calendar, "1.stadtimpuls"), event(calendar, "2.stadtimpuls")
    assert (first["DTSTART"], second["DTSTART;TZID=America/Sao_Paulo"]) == (
        "20181211T140000Z",
        "20261208T120000",
    )


def test_a_session_of_another_year_changes_no_line_of_an_old_one() -> None:
    sao_paulo = make_series(timezone="America/Sao_Paulo")
    old = make_session(wall("2018-12-11 12:00", "America/Sao_Paulo"), id="1")
    new = make_session(wall("2026-12-08 12:00", "America/Sao_Paulo"), id="2")
    alone = render(publish([old], series=sao_paulo))

    together = render(publish([old, new], series=sao_paulo))

    assert event(together, "1.stadtimpuls") == event(alone, "1.stadtimpuls")


@pytest.mark.parametrize("name", ["UTC", "Etc/GMT", "America/Nuuk"])
def test_zone_without_a_rule_is_written_in_utc_and_not_described(name: str) -> None:
    session = make_session(wall("2026-07-01 12:00", name))

    calendar = render(publish([session], series=make_series(timezone=name)))

    assert b"TZID" not in calendar
    assert f"X-WR-TIMEZONE:{name}" in head(calendar)


def test_end_of_a_moved_session_changes_no_byte() -> None:
    moved = changed_edition()
    later = replace(moved, moment=wall("2022-01-01 00:00"))

    assert render(later) == render(moved)


def test_private_link_is_in_nothing_public() -> None:
    edition = publish([make_session(join_url="https://geheim.example/")])

    calendars = [
        render(edition, Options(deadlines=True, alarm=30, cancelled_visible=True)),
        single_file(edition, "2", language="de", base_url=BASE_URL),
    ]

    assert [b"geheim" in calendar for calendar in calendars] == [False, False]


def test_title_in_several_lines_becomes_one() -> None:
    edition = publish([make_session(title=text("Gerechte\nStadt\u2028heute\tund morgen"))])

    calendar = render(edition)

    assert event(calendar, "2.stadtimpuls")["SUMMARY"] == (
        "stadt:impuls #2: Gerechte Stadt heute und morgen"
    )
