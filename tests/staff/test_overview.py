"""What staff see first: what needs them, the schedule, the state of the feed."""

import os
from datetime import timedelta

import pytest

from impulscal.invitations import outbox
from impulscal.invitations.guests import remember_answer
from impulscal.invitations.model import Listed, Partstat
from invitations.house import JUERGEN, House, schedule, session
from staff.desk import Desk
from staff.reading import Reading

ADA = Listed(address="ada@amt.example", name="Ada Beispiel")

LEGAL = {
    "imprint": "https://example.org/impressum",
    "privacy": "https://example.org/datenschutz",
    "accessibility": {"statement": "https://example.org/barrierefrei"},
}


def spotless(*sessions: dict[str, object], **series: object) -> str:
    """Return a file that nobody warns about."""
    told = [{"description": "Worum es geht.", **one} for one in sessions or (session(),)]
    return schedule(*told, **{**LEGAL, **series})


@pytest.fixture
def house(house: House) -> House:
    house.go(hours=1)
    house.publish(spotless())
    return house


def overview(desk: Desk, area: str = "/staff") -> Reading:
    return Reading(desk.get(area))


def needs(desk: Desk) -> list[str]:
    return overview(desk).items("needs")


def refuse_all(house: House) -> None:
    with house.database.writing() as transaction:
        while message := outbox.claim(transaction, now=house.now, lease=timedelta(minutes=5)):
            outbox.give_up(transaction, message, "550 No such user")


def test_where_nothing_needs_anybody_it_says_so_with_the_last_check(desk: Desk) -> None:
    page = overview(desk)

    assert page.items("needs") == []
    assert page.one("//p[@class='all-well']") == "Alles aktuell."
    assert page.one("//section[1]/p[@class='small']") == (
        "Letzte Prüfung: 20. Mai 2021, 10:00 Uhr (MESZ)."
    )


def test_it_speaks_english_too(desk: Desk) -> None:
    page = overview(desk, "/staff/en")

    assert page.one("//p[@class='all-well']") == "Everything is up to date."
    assert page.links()["#2 Gerechte Stadt, Teil 2"] == "/staff/en/stadtimpuls/2"


def test_invitations_that_are_out_of_date_are_named_with_their_session(
    desk: Desk, house: House
) -> None:
    house.add(JUERGEN, ADA)
    house.invite()
    house.publish(spotless(session(date="2021-06-15")))

    page = overview(desk)

    assert page.items("needs") == [
        (
            "2 Einladungen sind veraltet. #2 Gerechte Stadt, Teil 2, 15. Juni 2021 "
            "Aktualisierung senden … – #2 Gerechte Stadt, Teil 2"
        )
    ]
    assert list(page.links("//ul[@class='needs']//a").values()) == ["/staff/stadtimpuls/2/update"]


def test_guests_of_a_cancelled_session_who_do_not_know_are_counted(
    desk: Desk, house: House
) -> None:
    house.add()
    house.invite()
    house.publish(spotless(session(status="cancelled")))

    assert needs(desk) == [
        (
            "1 Person weiß noch nichts von der Absage. #2 Gerechte Stadt, Teil 2, 8. Juni 2021 "
            "Absage senden … – #2 Gerechte Stadt, Teil 2"
        )
    ]


def test_guests_of_a_withdrawn_session_who_do_not_know_are_counted(
    desk: Desk, house: House
) -> None:
    house.publish(spotless(session(), session(3, "2021-09-14")))
    house.add(number=3)
    house.invite(number=3)
    house.publish(spotless(session(), session(3, "2021-09-14")) + "withdrawn: [3]\n")

    assert needs(desk) == [
        (
            "1 Person weiß noch nichts von der Absage. #3 Gerechte Stadt, Teil 3, "
            "14. September 2021 Absage senden … – #3 Gerechte Stadt, Teil 3"
        )
    ]


def test_guests_without_an_invitation_are_counted(desk: Desk, house: House) -> None:
    house.add()

    page = overview(desk)

    assert page.items("needs") == [
        (
            "1 Gast hat noch keine Einladung. #2 Gerechte Stadt, Teil 2, 8. Juni 2021 "
            "Einladungen senden … – #2 Gerechte Stadt, Teil 2"
        )
    ]
    assert list(page.links("//ul[@class='needs']//a").values()) == ["/staff/stadtimpuls/2/send"]


def test_where_the_link_is_missing_the_need_leads_to_the_session(desk: Desk, house: House) -> None:
    house.publish(spotless(session(join_url=None)))
    house.add()

    assert overview(desk).links("//ul[@class='needs']//a") == {
        "Der Teilnahme-Link fehlt – #2 Gerechte Stadt, Teil 2": "/staff/stadtimpuls/2"
    }


def test_where_nothing_is_sent_from_here_guests_without_an_invitation_need_nobody(
    house: House,
) -> None:
    house.add()

    assert needs(Desk(house, {"mail_server": None}).sign_in()) == []


def test_messages_that_wait_without_a_mail_server_are_told(house: House) -> None:
    house.add()
    house.invite()

    assert needs(Desk(house, {"mail_server": None}).sign_in()) == [
        (
            "1 Nachricht wartet, aber es gibt keinen Mailserver. "
            "Die Administration trägt ihn in IMPULSCAL_SMTP_URL ein. Postausgang ansehen"
        )
    ]


def test_mail_that_never_arrived_is_counted(desk: Desk, house: House) -> None:
    house.add(JUERGEN, ADA)
    house.invite()
    refuse_all(house)

    page = overview(desk)

    assert page.items("needs") == [
        (
            "2 E-Mails konnten nicht zugestellt werden. #2 Gerechte Stadt, Teil 2, 8. Juni 2021 "
            "Postausgang ansehen – #2 Gerechte Stadt, Teil 2"
        )
    ]
    assert list(page.links("//ul[@class='needs']//a").values()) == ["/staff/outbox?state=given+up"]


def test_a_session_that_is_over_needs_nobody(desk: Desk, house: House) -> None:
    house.add(JUERGEN, ADA)
    house.invite()
    refuse_all(house)
    house.go(days=30)
    desk.sign_in()

    assert needs(desk) == []


def test_warnings_of_the_file_are_told_in_words_with_their_lines(desk: Desk, house: House) -> None:
    house.publish(schedule(session(description="Worum es geht."), **{**LEGAL, "privacy": None}))

    page = overview(desk)

    assert page.items("needs") == [
        (
            "1 Warnung in sessions.yaml Zeile 2: Den Seiten fehlt, was das Gesetz verlangt: "
            "privacy. Ergänzen Sie die Adressen. Datei prüfen"
        )
    ]
    assert page.links("//ul[@class='needs']//a") == {"Datei prüfen": "/staff/check"}


def test_a_broken_file_comes_first_and_the_last_good_edition_stays(
    desk: Desk, house: House
) -> None:
    house.add()
    house.file.write_text(spotless(session(date="2021-06-31")), encoding="utf-8")

    page = overview(desk)

    first, second = page.items("needs")
    assert first.startswith(
        "sessions.yaml ist nicht veröffentlicht: 1 Fehler "
        "Die letzte gute Fassung wird weiter angezeigt. Zeile "
    )
    assert "31.06.2021" in first or "2021-06-31" in first
    assert second.startswith("1 Gast hat noch keine Einladung.")
    assert [row[0] for row in page.rows("ahead-stadtimpuls")] == [
        "#2 Gerechte Stadt, Teil 2 8. Juni 2021"
    ]


def test_a_history_that_cannot_be_written_comes_first(house: House) -> None:
    desk = Desk(house, {"database_url": f"{house.url}?timeout=0.01"}).sign_in()
    house.add()
    desk.get("/staff")
    house.file.write_text(spotless(session(title="Anders")), encoding="utf-8")

    with house.database.writing() as transaction:
        transaction.lock("stadtimpuls")
        page = overview(desk)

    first, second = page.items("needs")
    assert first.endswith("Die letzte gute Fassung wird weiter angezeigt.")
    assert second.startswith("1 Gast hat noch keine Einladung.")
    assert page.rows("ahead-stadtimpuls")[0][0] == "#2 Gerechte Stadt, Teil 2 8. Juni 2021"


def test_an_earlier_version_that_came_back_is_told(desk: Desk, house: House) -> None:
    earlier = house.file.read_bytes()
    saved = house.file.stat().st_mtime_ns
    house.file.write_text(spotless(session(title="Anders")), encoding="utf-8")
    desk.get("/staff")
    house.file.write_bytes(earlier)
    os.utime(house.file, ns=(saved, saved))

    assert needs(desk) == [
        (
            "sessions.yaml ist ein früherer Stand; ein neuerer wird angezeigt. Er war schon "
            "veröffentlicht und wurde ersetzt. Soll er gelten, speichern Sie ihn noch einmal. "
            "Was sich dann ändert, zeigt die Prüfung. Datei prüfen"
        )
    ]


def test_the_schedule_tells_state_guests_places_and_replies(desk: Desk, house: House) -> None:
    house.publish(
        spotless(
            session(1, "2021-05-11"),
            session(registration={"email": "a@stadt.example", "places": 1}),
            session(3, "2021-09-14", status="tentative"),
        )
    )
    guest, _other = house.add(JUERGEN, ADA)
    house.invite()
    with house.database.writing() as transaction:
        remember_answer(transaction, guest, Partstat.ACCEPTED, at=house.now)

    page = overview(desk)

    assert page.rows("ahead-stadtimpuls") == [
        [
            "#2 Gerechte Stadt, Teil 2 8. Juni 2021",
            "Anmeldung offen",
            "2 von 1 zu viele",
            "zugesagt 1 · ohne Antwort 1",
        ],
        ["#3 Gerechte Stadt, Teil 3 14. September 2021", "Noch nicht fest", "0", "–"],
    ]
    assert page.rows("past-stadtimpuls") == [
        ["#1 Gerechte Stadt, Teil 1 11. Mai 2021", "Hat stattgefunden", "0", "–"]
    ]


def test_places_count_before_the_session_is_announced(desk: Desk, house: House) -> None:
    registration = {"email": "a@stadt.example", "places": 40}
    house.publish(
        spotless(
            session(), session(3, "2021-09-14", registration=registration, announce="2021-08-01")
        )
    )
    house.add(number=3)

    assert overview(desk).rows("ahead-stadtimpuls")[1][2] == "1 von 40"


def test_the_state_of_the_feed_is_told(desk: Desk, house: House) -> None:
    house.publish(spotless(session(), session(3, "2021-09-14", announce="2021-08-01")))

    page = overview(desk)

    facts = dict(zip(page.all("//dl/dt"), page.all("//dl/dd"), strict=True))
    assert facts == {
        "Kalender-Adresse": "https://kalender.example/stadtimpuls.ics",
        "Öffentliche Seite": "https://kalender.example/stadtimpuls/",
        "Letzte Änderung": "20. Mai 2021, 10:00 Uhr (MESZ)",
        "Nächste Ankündigung": "1. August 2021: #3 Gerechte Stadt, Teil 3",
        "Fassung": house.edition().fingerprint[:12],
        "Datei": "sessions.yaml: veröffentlicht",
    }


def test_each_of_several_series_stands_there(house: House) -> None:
    other = spotless(session(7), id="klimaimpuls", domain="klima.example", title="klima:impuls")
    (house.folder / "klima.yaml").write_text(other, encoding="utf-8")
    both = Desk(house, {"schedules": (house.folder,)}).sign_in()

    page = overview(both)

    assert page.all("//section/h2") == ["Das braucht Sie", "klima:impuls", "stadt:impuls"]
    assert [row[0] for row in page.rows("ahead-klimaimpuls")] == [
        "#7 Gerechte Stadt, Teil 7 8. Juni 2021"
    ]


def test_invitations_show_the_numbers_of_each_session(desk: Desk, house: House) -> None:
    house.publish(spotless(session(1, "2021-05-11"), session(), session(3, "2021-09-14")))
    first, second, _third = house.add(JUERGEN, ADA, Listed(address="x@amt.example"))
    house.invite()
    with house.database.writing() as transaction:
        remember_answer(transaction, first, Partstat.ACCEPTED, at=house.now)
        remember_answer(transaction, second, Partstat.DECLINED, at=house.now)
    house.add(Listed(address="neu@amt.example"))

    page = Reading(desk.get("/staff/invitations"))

    assert page.rows("ahead-stadtimpuls") == [
        [
            "#2 Gerechte Stadt, Teil 2 8. Juni 2021",
            *("4", "3", "1", "0", "1", "1"),
            "noch nicht eingeladen 1",
        ],
        [
            "#3 Gerechte Stadt, Teil 3 14. September 2021",
            *("0", "0", "0", "0", "0", "0"),
            "Gäste hinzufügen – #3 Gerechte Stadt, Teil 3",
        ],
    ]
    assert [row[-1] for row in page.rows("past-stadtimpuls")] == ["–"]


def test_titles_stand_there_as_text(desk: Desk, house: House) -> None:
    house.publish(spotless(session(title="<script>alert(1)</script> & mehr")))

    answer = desk.get("/staff")

    assert "<script>alert" not in answer.text
    assert Reading(answer).rows("ahead-stadtimpuls")[0][0] == (
        "#2 <script>alert(1)</script> & mehr 8. Juni 2021"
    )
