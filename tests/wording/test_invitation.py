"""What guests read, word by word: each kind of letter, in German and in English."""

from dataclasses import replace
from typing import Any

import pytest

from impulscal.schedule.model import Link, Organizer, Person, Session, Status
from impulscal.wording.invitation import (
    cancelled,
    changed,
    invitation,
    moved,
    reinstated,
    signed_off,
)
from impulscal.wording.letter import Letter
from impulscal.wording.occasion import Occasion, greeting
from impulscal.wording.private_entry import private_location, private_text
from impulscal.wording.sign_in import sign_in
from schedules import make_series, make_session, publish, text, wall

JOIN = "https://treffen.example/geheim"
PAGE = "https://kalender.example/stadtimpuls/2/"
SIGN_OFF = f"{PAGE}sign-off/abc"

EIGHTH = make_session(
    title=text("Gerechte Stadt", "The just city"),
    teaser=text("Wie gelingt\nZusammenhalt?", "How do we get along?"),
    location=text("Online"),
    speakers=(Person(name=text("Frank Schmitz"), organisation=text("Stadt Saarbrücken")),),
    moderators=(Person(name=text("Friederike Vogel")),),
    description=text("Ein *Leitfaden*.", "A *guide*."),
    links=(Link(title=text("Projekt"), url="https://projekt.example"),),
)

FIFTEENTH = replace(EIGHTH, start=wall("2021-06-15 12:00"), end=wall("2021-06-15 12:30"))

TOLD = publish([EIGHTH]).sessions[0].revision.facts
"""What the guest was told last."""


def occasion(*steps: Session, language: str = "de", **facts: Any) -> Occasion:
    """Return to whom is told what became of the session."""
    series = make_series(
        organizer=Organizer(name=text("EINSATEAM"), email="impuls@stadt.example"),
        imprint="https://stadt.example/impressum",
    )
    (session,) = publish(*([step] for step in steps or (EIGHTH,)), series=series).sessions
    told = {
        "name": "Müller, Jürgen",
        "join_url": JOIN,
        "page": PAGE,
        "sign_off": SIGN_OFF,
        "contact": "impuls@stadt.example",
        **facts,
    }
    return Occasion(series=series, session=session, language=language, **told)


def middle(letter: Letter) -> str:
    """Return what stands between the title and the link."""
    return letter.plain().partition("Gerechte Stadt\n\n")[2].partition("\n\nIhr Teil")[0]


def test_an_invitation_tells_what_when_where_who_and_how() -> None:
    letter = invitation(occasion())

    assert letter.subject == (
        "Einladung: stadt:impuls #2 – Gerechte Stadt, 8. Juni 2021, 12:00 Uhr"
    )
    assert letter.plain() == (
        "Guten Tag Jürgen Müller,\n\n"
        "Sie sind angemeldet zum Webinar:\n\n"
        "stadt:impuls #2: Gerechte Stadt\n\n"
        "Wie gelingt Zusammenhalt?\n\n"
        "Wann: Dienstag, 8. Juni 2021, 12:00–12:30 Uhr (MESZ)\n"
        "Wo: Online\n"
        "Mit: Frank Schmitz (Stadt Saarbrücken)\n"
        "Moderation: Friederike Vogel\n\n"
        f"Ihr Teilnahme-Link:\n{JOIN}\n\n"
        "Bitte geben Sie den Link nicht weiter.\n\n"
        f"Doch nicht dabei? Hier sagen Sie ab:\n{SIGN_OFF}\n\n"
        "Kein Termin sichtbar? Manche E-Mail-Systeme entfernen Kalender-Einladungen. "
        "Der Link oben genügt.\n\n"
        "Fragen? Schreiben Sie an impuls@stadt.example.\n"
        f"Seite zum Termin: {PAGE}\n\n"
        "EINSATEAM\n"
        "Impressum: https://stadt.example/impressum\n"
    )


def test_an_invitation_reads_well_in_english() -> None:
    letter = invitation(occasion(language="en", name=""))

    assert letter.subject == "Invitation: stadt:impuls #2 – The just city, 8 June 2021, 12:00"
    assert letter.plain() == (
        "Hello,\n\n"
        "You are registered for the webinar:\n\n"
        "stadt:impuls #2: The just city\n\n"
        "How do we get along?\n\n"
        "When: Tuesday, 8 June 2021, 12:00–12:30 (CEST)\n"
        "Where: Online\n"
        "With: Frank Schmitz (Stadt Saarbrücken)\n"
        "Host: Friederike Vogel\n\n"
        f"Your participation link:\n{JOIN}\n\n"
        "Please do not pass the link on.\n\n"
        f"Not coming after all? Cancel your participation here:\n{SIGN_OFF}\n\n"
        "No entry in your calendar? Some mail systems remove invitations. "
        "The link above is all you need.\n\n"
        "Questions? Write to impuls@stadt.example.\n"
        f"Session page: {PAGE}\n\n"
        "EINSATEAM\n"
        "Legal notice: https://stadt.example/impressum\n"
    )


def test_who_is_invited_late_learns_that_the_date_had_moved() -> None:
    letter = invitation(occasion(EIGHTH, replace(FIFTEENTH, note=text("Frank ist krank."))))

    assert middle(letter).split("\n\n")[1] == (
        "Neuer Termin. Bisher: Dienstag, 8. Juni 2021, 12:00 Uhr. Frank ist krank."
    )


def test_a_move_tells_the_new_date_and_the_one_that_was_told() -> None:
    after = replace(FIFTEENTH, note=text("Frank Schmitz ist erkrankt."))

    letter = moved(occasion(EIGHTH, after), TOLD, ("note", "start", "end"))

    assert letter.subject == "Neuer Termin: stadt:impuls #2 – jetzt 15. Juni 2021, 12:00 Uhr"
    assert letter.plain().startswith("Guten Tag Jürgen Müller,\n\nIhr Termin ist verschoben:\n\n")
    assert middle(letter) == (
        "Neu: Dienstag, 15. Juni 2021, 12:00–12:30 Uhr (MESZ)\n"
        "Bisher: Dienstag, 8. Juni 2021, 12:00–12:30 Uhr (MESZ)\n"
        "Grund: Frank Schmitz ist erkrankt.\n"
        "Wo: Online\n"
        "Mit: Frank Schmitz (Stadt Saarbrücken)\n"
        "Moderation: Friederike Vogel\n\n"
        "Der Termin in Ihrem Kalender ändert sich, wenn Sie diese Einladung annehmen."
    )


def test_a_move_tells_what_else_changed() -> None:
    letter = moved(occasion(EIGHTH, FIFTEENTH), TOLD, ("end", "join_url", "location", "start"))

    assert middle(letter).split("\n\n")[1].split("\n")[0] == "Auch geändert: Teilnahme-Link, Ort."
    assert letter.news == ("Auch geändert: Teilnahme-Link, Ort.",)


def test_another_end_is_no_new_date() -> None:
    longer = replace(EIGHTH, end=wall("2021-06-08 13:00"))

    letter = moved(occasion(EIGHTH, longer), TOLD, ("end",))

    assert letter.subject == "Neues Ende: stadt:impuls #2 – 8. Juni 2021, bis 13:00 Uhr"
    assert letter.blocks[0].plain() == "Ihr Termin hat ein neues Ende:"
    assert letter.news == ("Neues Ende. Bisher: Dienstag, 8. Juni 2021, 12:00–12:30 Uhr (MESZ).",)


STAYS = "Tag und Uhrzeit bleiben gleich."

ASKS = "Ihr Kalender fragt noch einmal, ob Sie teilnehmen."


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ("join_url", "Geändert hat sich: Teilnahme-Link."),
        ("links location note", "Geändert hat sich: Ort, Links, Hinweis."),
        ("title speakers moderators", "Geändert hat sich: Titel, Vortragende, Moderation."),
        ("description teaser", "Geändert hat sich: Beschreibung."),
        ("end start", "Geändert hat sich: Zeitzone."),
        ("status", "Der Termin steht jetzt fest."),
    ],
)
def test_a_change_is_told_by_name(facts: str, told: str) -> None:
    quiet = changed(occasion(), facts.split(), asks=False)
    asking = changed(occasion(), facts.split(), asks=True)

    assert quiet.subject == "Geändert: stadt:impuls #2 – 8. Juni 2021"
    assert quiet.blocks[0].plain() == "Ihre Einladung hat sich geändert:"
    assert middle(quiet).split("\n\n")[0].split("\n") == [told, STAYS]
    assert middle(asking).split("\n\n")[0].split("\n") == [told, STAYS, ASKS]


def test_a_date_that_is_no_longer_fixed_is_told() -> None:
    letter = changed(occasion(replace(EIGHTH, status=Status.TENTATIVE)), ("status",), asks=False)

    assert middle(letter).split("\n\n")[:2] == [
        "Tag und Uhrzeit bleiben gleich.",
        "Noch nicht fest: Dieser Termin kann sich noch verschieben.",
    ]


def test_a_cancellation_names_the_day_that_the_guest_knows_and_the_reason() -> None:
    gone = replace(FIFTEENTH, status=Status.CANCELLED, note=text("Wir holen es 2022 nach."))

    letter = cancelled(occasion(EIGHTH, gone, join_url=None, sign_off=None), TOLD)

    assert letter.subject == "Abgesagt: stadt:impuls #2 – 8. Juni 2021"
    assert letter.plain() == (
        "Guten Tag Jürgen Müller,\n\n"
        "Ihr Webinar findet nicht statt:\n\n"
        "stadt:impuls #2: Gerechte Stadt\n\n"
        "Geplant war: Dienstag, 8. Juni 2021, 12:00–12:30 Uhr (MESZ)\n"
        "Grund: Wir holen es 2022 nach.\n\n"
        "Bitte löschen Sie den Termin, falls er noch in Ihrem Kalender steht.\n\n"
        "Fragen? Schreiben Sie an impuls@stadt.example.\n"
        f"Seite zum Termin: {PAGE}\n\n"
        "EINSATEAM\n"
        "Impressum: https://stadt.example/impressum\n"
    )


def test_who_signed_off_learns_how_to_come_back() -> None:
    letter = signed_off(occasion(join_url=None, sign_off=None))

    assert letter.subject == "Ihre Abmeldung: stadt:impuls #2 – 8. Juni 2021"
    assert letter.plain() == (
        "Guten Tag Jürgen Müller,\n\n"
        "wir haben Sie abgemeldet:\n\n"
        "stadt:impuls #2: Gerechte Stadt\n\n"
        "Wann: Dienstag, 8. Juni 2021, 12:00–12:30 Uhr (MESZ)\n\n"
        "Bitte löschen Sie den Termin, falls er noch in Ihrem Kalender steht.\n\n"
        "Sie möchten doch teilnehmen? Schreiben Sie an impuls@stadt.example.\n\n"
        "EINSATEAM\n"
        "Impressum: https://stadt.example/impressum\n"
    )


def test_who_signed_off_from_a_cancelled_session_is_not_asked_back() -> None:
    gone = replace(EIGHTH, status=Status.CANCELLED)

    letter = signed_off(occasion(gone, join_url=None, sign_off=None))

    assert letter.blocks[-2].plain() == "Dieser Termin findet nicht statt."


def test_a_reinstated_session_explains_the_question_of_the_calendar() -> None:
    letter = reinstated(occasion(EIGHTH, replace(EIGHTH, status=Status.CANCELLED), EIGHTH))

    assert letter.subject == "Findet doch statt: stadt:impuls #2 – 8. Juni 2021, 12:00 Uhr"
    assert letter.blocks[0].plain() == "Ihr Webinar findet doch statt:"
    assert middle(letter).split("\n\n")[1] == (
        "Ihr Kalender fragt vielleicht, ob Sie den gelöschten Termin wirklich wieder "
        "eintragen wollen.\nDas können Sie bestätigen."
    )


def test_english_subjects_say_the_same() -> None:
    to = occasion(language="en")

    letters = [
        moved(occasion(EIGHTH, FIFTEENTH, language="en"), TOLD),
        changed(to, ("note",), asks=False),
        cancelled(to, None),
        signed_off(to),
        reinstated(to),
    ]

    assert [letter.subject for letter in letters] == [
        "New date: stadt:impuls #2 – now 15 June 2021, 12:00",
        "Changed: stadt:impuls #2 – 8 June 2021",
        "Cancelled: stadt:impuls #2 – 8 June 2021",
        "Your cancellation: stadt:impuls #2 – 8 June 2021",
        "Taking place after all: stadt:impuls #2 – 8 June 2021, 12:00",
    ]


def test_a_session_without_a_number_is_told_by_its_title() -> None:
    to = occasion(replace(EIGHTH, id="auftakt"))

    assert invitation(to).subject == (
        "Einladung: stadt:impuls – Gerechte Stadt, 8. Juni 2021, 12:00 Uhr"
    )
    assert cancelled(to, None).subject == "Abgesagt: stadt:impuls: Gerechte Stadt – 8. Juni 2021"


@pytest.mark.parametrize(
    ("name", "opening"),
    [
        ("Jürgen Müller", "Guten Tag Jürgen Müller,"),
        ("Müller, Jürgen", "Guten Tag Jürgen Müller,"),
        ("Müller-Lüdenscheidt, Dr. Eva Maria", "Guten Tag Dr. Eva Maria Müller-Lüdenscheidt,"),
        ("von der Au, Eva", "Guten Tag Eva von der Au,"),
        ("Jürgen Müller, Stadt Saarbrücken", "Guten Tag Jürgen Müller, Stadt Saarbrücken,"),
        ("Müller, Jürgen, Stadt", "Guten Tag Müller, Jürgen, Stadt,"),
        ("  Ada\tAy\n", "Guten Tag Ada Ay,"),
        ("Ada\u202eyA", "Guten Tag Ada yA,"),
        (" ", "Guten Tag,"),
        ("", "Guten Tag,"),
    ],
)
def test_a_greeting_calls_people_as_they_are_called(name: str, opening: str) -> None:
    assert greeting(name, "de") == opening


def test_the_calendar_begins_with_the_link_and_tells_all() -> None:
    assert private_text(occasion()) == (
        f"Ihr Teilnahme-Link:\n{JOIN}\n\n"
        "Bitte geben Sie den Link nicht weiter.\n\n"
        "Wann: Dienstag, 8. Juni 2021, 12:00–12:30 Uhr (MESZ)\n"
        "Wo: Online\n"
        "Mit: Frank Schmitz (Stadt Saarbrücken)\n"
        "Moderation: Friederike Vogel\n\n"
        "Wie gelingt Zusammenhalt?\n\n"
        "Ein Leitfaden.\n\n"
        "Mehr zum Thema\n- Projekt: https://projekt.example\n\n"
        f"Doch nicht dabei? Hier sagen Sie ab:\n{SIGN_OFF}\n\n"
        "Fragen? Schreiben Sie an impuls@stadt.example.\n"
        f"Seite zum Termin: {PAGE}"
    )


def test_the_calendar_tells_the_news_too() -> None:
    to = occasion(EIGHTH, replace(EIGHTH, location=text("Rathaus")))

    news = changed(to, ("location",), asks=False).news

    assert private_text(to, news).split("\n\n")[2] == "Geändert hat sich: Ort."


def test_the_calendar_of_who_signed_off_says_only_that() -> None:
    to = occasion(join_url=None, sign_off=None)

    assert private_text(to, signed_off(to).news) == (
        "Wir haben Sie abgemeldet.\n"
        "Sie möchten doch teilnehmen? Schreiben Sie an impuls@stadt.example.\n\n"
        "Wann: Dienstag, 8. Juni 2021, 12:00–12:30 Uhr (MESZ)\n"
        "Wo: Online\n"
        "Mit: Frank Schmitz (Stadt Saarbrücken)\n"
        "Moderation: Friederike Vogel\n\n"
        "Fragen? Schreiben Sie an impuls@stadt.example.\n"
        f"Seite zum Termin: {PAGE}"
    )


@pytest.mark.parametrize(
    ("place", "link", "told"),
    [
        ("Online", JOIN, f"Online, {JOIN}"),
        (None, JOIN, JOIN),
        (JOIN, JOIN, JOIN),
        ("Online", None, "Online"),
        (None, None, None),
    ],
)
def test_the_place_in_the_calendar_holds_the_link(
    place: str | None, link: str | None, told: str | None
) -> None:
    session = replace(EIGHTH, location=None if place is None else text(place))

    assert private_location(occasion(session, join_url=link)) == told


def test_the_sign_in_letter_is_good_until_a_time_that_is_named() -> None:
    letter = sign_in("https://kalender.example/staff/x", wall("2021-06-08 14:25"), "en")

    assert letter.plain() == (
        "Hello,\n\n"
        "With this link you sign in.\n"
        "It is good until 14:25 (CEST) and once only.\n\n"
        "Your sign-in link:\nhttps://kalender.example/staff/x\n\n"
        "You did not ask for this? Then there is nothing to do.\n"
    )
