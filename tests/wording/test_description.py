"""The text of a calendar entry: a subscriber reads it alone, in a plain pane."""

from datetime import date, time
from typing import Any

import pytest

from impulscal.edition import Edition
from impulscal.schedule.model import (
    Announce,
    Deadline,
    Link,
    Organizer,
    Person,
    Registration,
    Session,
    Status,
)
from impulscal.wording.description import description
from impulscal.wording.titles import marked_title, title
from schedules import deadline, make_series, make_session, publish, text, wall

PAGE = "https://kalender.example/stadtimpuls/2/"


def told(edition: Edition, language: str = "de") -> str:
    (session,) = edition.sessions
    return description(edition.series, session, language, PAGE).plain()


def block(number: int, *steps: Session, language: str = "de") -> str:
    """Return one of the text's blocks; the first is 0."""
    return told(publish(*([session] for session in steps)), language).split("\n\n")[number]


def whole() -> Edition:
    series = make_series(
        organizer=Organizer(name=text("EINSATEAM"), email="stadtimpuls@einsateam.de")
    )
    session = make_session(
        title=text("Gerechte Stadt", "The just city"),
        teaser=text("Wie gelingt\nZusammenhalt?"),
        location=text("Online"),
        speakers=(
            Person(name=text("Frank Schmitz"), role=text("Sozialplanung"), organisation=text("SB")),
            Person(name=text("Ada Ay"), about=text("Sie *plant*.")),
            Person(name=text("Bo Berg"), about=text("Bo Berg forscht.")),
        ),
        moderators=(Person(name=text("Friederike Vogel"), organisation=text("BBSR")),),
        registration=Registration(
            email="stadtimpuls@einsateam.de",
            closes=deadline(date(2021, 6, 4)),
            places=100,
            free=True,
            note=text("Sie erhalten\ndann einen Link."),
        ),
        description=text("Ein [Leitfaden](https://a.de).\n\n- eins\n- zwei"),
        links=(Link(title=text("Projekt"), url="https://b.de"), Link(title=text("Buch"))),
        materials=(Link(title=text("https://c.de"), url="https://c.de"),),
    )
    return publish([session], series=series)


def test_text_tells_all() -> None:
    assert (
        told(whole())
        == """\
stadt:impuls #2: Gerechte Stadt
Wie gelingt Zusammenhalt?

Wann: Dienstag, 8. Juni 2021, 12:00–12:30 Uhr (MESZ)
Wo: Online
Mit Frank Schmitz (Sozialplanung, SB), Ada Ay und Bo Berg
Moderation: Friederike Vogel (BBSR)
Anmeldung bis Freitag, 4. Juni 2021 per E-Mail an stadtimpuls@einsateam.de
Die Teilnahme ist kostenfrei. Es gibt 100 Plätze. Sie erhalten dann einen Link.

Ein Leitfaden (https://a.de).

- eins
- zwei

Über Ada Ay

Sie plant.

Bo Berg forscht.

Mehr zum Thema
- Projekt: https://b.de
- Buch

Unterlagen
- https://c.de

Veranstaltet von EINSATEAM, stadtimpuls@einsateam.de
Seite zum Termin: https://kalender.example/stadtimpuls/2/
Stand: 20.05.2021, Fassung 1"""
    )


def test_english_text_has_english_words_and_dates() -> None:
    blocks = told(whole(), "en").split("\n\n")

    assert [blocks[0], blocks[1], blocks[-1]] == [
        "stadt:impuls #2: The just city\nWie gelingt Zusammenhalt?",
        """\
When: Tuesday, 8 June 2021, 12:00–12:30 (CEST)
Where: Online
With Frank Schmitz (Sozialplanung, SB), Ada Ay and Bo Berg
Host: Friederike Vogel (BBSR)
Register by Friday, 4 June 2021: write to stadtimpuls@einsateam.de
Taking part is free of charge. There are 100 places. Sie erhalten dann einen Link.""",
        """\
Organised by EINSATEAM, stadtimpuls@einsateam.de
Session page: https://kalender.example/stadtimpuls/2/
As of 20 May 2021, version 1""",
    ]


def test_html_tells_the_same_with_links() -> None:
    edition = whole()

    html = description(edition.series, edition.sessions[0], "de", PAGE).html().split("\n")

    assert [html[0], html[2], html[-1]] == [
        "<p>stadt:impuls #2: Gerechte Stadt<br>Wie gelingt Zusammenhalt?</p>",
        '<p>Ein <a href="https://a.de">Leitfaden</a>.</p>',
        (
            "<p>Veranstaltet von EINSATEAM, "
            '<a href="mailto:stadtimpuls@einsateam.de">stadtimpuls@einsateam.de</a><br>'
            f'Seite zum Termin: <a href="{PAGE}">{PAGE}</a><br>Stand: 20.05.2021, Fassung 1</p>'
        ),
    ]


def test_before_the_announcement_little_is_told() -> None:
    session = make_session(
        working_title=text("Gerechte Stadt"),
        title=text("PatchWorkCity"),
        description=text("Geheim"),
        registration=Registration(email="a@b.de"),
        announce=Announce(written="1 week before", at=wall("2021-06-01 00:00")),
    )

    assert (
        told(publish([session]))
        == """\
stadt:impuls #2: Gerechte Stadt

Wann: Dienstag, 8. Juni 2021, 12:00–12:30 Uhr (MESZ)

Einzelheiten folgen am Dienstag, 1. Juni 2021.

Seite zum Termin: https://kalender.example/stadtimpuls/2/
Stand: 20.05.2021, Fassung 1"""
    )


NOON = Deadline(day=date(2021, 6, 4), time_of_day=time(12), until=wall("2021-06-04 12:00"))
FRIDAY = deadline(date(2021, 6, 4))


@pytest.mark.parametrize(
    ("registration", "german", "english"),
    [
        (None, "", ""),
        ({"needed": False}, "Sie brauchen sich nicht anzumelden.", "You do not need to register."),
        (
            {"email": "a@b.de"},
            "Anmeldung per E-Mail an a@b.de",
            "To register, write to a@b.de",
        ),
        (
            {"url": "https://a.de/x"},
            "Anmeldung unter https://a.de/x",
            "To register: https://a.de/x",
        ),
        (
            {"url": "https://a.de/x", "closes": FRIDAY},
            "Anmeldung bis Freitag, 4. Juni 2021 unter https://a.de/x",
            "Register by Friday, 4 June 2021: https://a.de/x",
        ),
        (
            {"closes": NOON},
            "Anmeldung bis Freitag, 4. Juni 2021, 12:00 Uhr (MESZ)",
            "Register by Friday, 4 June 2021, 12:00 (CEST)",
        ),
        (
            {"email": "a@b.de", "closes": FRIDAY, "full": True, "note": text("Warteliste: a@b.de")},
            (
                "Ausgebucht: Alle Plätze sind vergeben.\nAnmeldeschluss: Freitag, 4. Juni 2021\n"
                "Warteliste: a@b.de"
            ),
            (
                "Fully booked: all places are taken.\nRegistration closes: Friday, 4 June 2021\n"
                "Warteliste: a@b.de"
            ),
        ),
        ({"places": 1}, "Es gibt einen Platz.", "There is one place."),
    ],
)
def test_registration(registration: dict[str, Any] | None, german: str, english: str) -> None:
    asked = None if registration is None else Registration(**registration)
    session = make_session(registration=asked)

    found = [block(1, session, language=language).partition("\n")[2] for language in ("de", "en")]

    assert found == [german, english]


FIRST = make_session()
SECOND = make_session(wall("2021-06-15 12:00"))
THIRD = make_session(wall("2021-06-22 13:00"))
CANCELLED = make_session(status=Status.CANCELLED, note=text("Erkrankt."))


@pytest.mark.parametrize(
    ("steps", "mark", "german", "english"),
    [
        (
            [FIRST, SECOND],
            "NEUER TERMIN: ",
            "Neuer Termin. Bisher: Dienstag, 8. Juni 2021, 12:00 Uhr.",
            "New date. Before: Tuesday, 8 June 2021, 12:00.",
        ),
        (
            [FIRST, SECOND, THIRD],
            "NEUER TERMIN: ",
            (
                "Neuer Termin. Bisher: Dienstag, 15. Juni 2021, 12:00 Uhr. "
                "Zuerst: Dienstag, 8. Juni 2021, 12:00 Uhr."
            ),
            (
                "New date. Before: Tuesday, 15 June 2021, 12:00. "
                "At first: Tuesday, 8 June 2021, 12:00."
            ),
        ),
        (
            [FIRST, SECOND, FIRST],
            "",
            (
                "Findet doch zum ursprünglichen Termin statt, "
                "nicht am Dienstag, 15. Juni 2021, 12:00 Uhr."
            ),
            "Takes place at the original time after all, not on Tuesday, 15 June 2021, 12:00.",
        ),
        (
            [FIRST, CANCELLED],
            "ABGESAGT: ",
            "Abgesagt: Dieser Termin findet nicht statt. Erkrankt.",
            "Cancelled: this session will not take place. Erkrankt.",
        ),
        (
            [FIRST, CANCELLED, FIRST],
            "",
            "War abgesagt, findet nun doch statt.",
            "Was cancelled, takes place after all.",
        ),
        (
            [FIRST, CANCELLED, SECOND],
            "NEUER TERMIN: ",
            (
                "War abgesagt, findet nun doch statt. "
                "Neuer Termin. Bisher: Dienstag, 8. Juni 2021, 12:00 Uhr."
            ),
            "Was cancelled, takes place after all. New date. Before: Tuesday, 8 June 2021, 12:00.",
        ),
        (
            [make_session(status=Status.TENTATIVE)],
            "VORLÄUFIG: ",
            "Noch nicht fest: Dieser Termin kann sich noch verschieben.",
            "Not yet fixed: this date may still change.",
        ),
        (
            [FIRST, make_session(wall("2021-06-15 12:00"), status=Status.TENTATIVE)],
            "NEUER TERMIN, VORLÄUFIG: ",
            (
                "Neuer Termin. Bisher: Dienstag, 8. Juni 2021, 12:00 Uhr. "
                "Noch nicht fest: Dieser Termin kann sich noch verschieben."
            ),
            (
                "New date. Before: Tuesday, 8 June 2021, 12:00. "
                "Not yet fixed: this date may still change."
            ),
        ),
        (
            [make_session(note=text("Diesmal eine\nStunde."))],
            "",
            "Diesmal eine Stunde.",
            "Diesmal eine Stunde.",
        ),
    ],
)
def test_first_line_says_what_is_special(
    steps: list[Session], mark: str, german: str, english: str
) -> None:
    edition = publish(*([session] for session in steps))
    session = edition.sessions[0]

    lines = [told(edition, language).split("\n")[0] for language in ("de", "en")]

    assert [lines, marked_title(edition.series, session, "de")] == [
        [german, english],
        f"{mark}stadt:impuls #2: Gerechte Stadt",
    ]


def test_cancelled_session_tells_both_dates_and_no_registration() -> None:
    registration = Registration(email="a@b.de")
    first = make_session(registration=registration)
    moved = make_session(wall("2021-06-15 12:00"), registration=registration)
    cancelled = make_session(
        wall("2021-06-15 12:00"), registration=registration, status=Status.CANCELLED
    )

    text_of_it = told(publish([first], [moved], [cancelled]))

    assert (
        text_of_it
        == """\
Abgesagt: Dieser Termin findet nicht statt.

stadt:impuls #2: Gerechte Stadt

Geplant war: Dienstag, 15. Juni 2021, 12:00–12:30 Uhr (MESZ)
Davor angekündigt: Dienstag, 8. Juni 2021, 12:00 Uhr

Seite zum Termin: https://kalender.example/stadtimpuls/2/
Stand: 22.05.2021, Fassung 3"""
    )


@pytest.mark.parametrize(
    ("marks", "language"),
    [
        (["CANCELLED: ", "NEW DATE: ", "TENTATIVE: ", "NEW DATE, TENTATIVE: "], "en"),
        (["ABGESAGT: ", "NEUER TERMIN: ", "VORLÄUFIG: ", "NEUER TERMIN, VORLÄUFIG: "], "de"),
    ],
)
def test_marks(marks: list[str], language: str) -> None:
    histories = [
        [FIRST, SECOND, make_session(wall("2021-06-15 12:00"), status=Status.CANCELLED)],
        [FIRST, SECOND],
        [make_session(status=Status.TENTATIVE)],
        [FIRST, make_session(wall("2021-06-15 12:00"), status=Status.TENTATIVE)],
    ]
    editions = [publish(*([session] for session in steps)) for steps in histories]

    found = [marked_title(edition.series, edition.sessions[0], language) for edition in editions]

    assert found == [f"{mark}stadt:impuls #2: Gerechte Stadt" for mark in marks]


@pytest.mark.parametrize(
    ("session", "told_as"),
    [("2", "stadt:impuls #2: "), ("2026-03", "stadt:impuls: "), ("auftakt", "stadt:impuls: ")],
)
def test_number_stands_in_the_title_where_the_id_is_one(session: str, told_as: str) -> None:
    edition = publish([make_session(id=session)])

    assert title(edition.series, edition.sessions[0], "de") == f"{told_as}Gerechte Stadt"


def test_date_of_the_revision_is_that_of_the_zone() -> None:
    auckland = make_series(timezone="Pacific/Auckland")
    session = make_session(wall("2021-06-08 12:00", "Pacific/Auckland"))
    evening = wall("2021-05-20 23:30")

    last = told(publish([session], series=auckland, now=evening)).split("\n")[-1]

    assert last == "Stand: 21.05.2021, Fassung 1"
