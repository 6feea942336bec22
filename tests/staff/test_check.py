"""The file checked in the browser: problems by line, and what subscribers would see."""

from io import BytesIO

from impulscal.web.staff.places import places, taken
from invitations.house import House, schedule, session
from staff.desk import Desk
from staff.reading import Reading

CHECK = "/staff/check"


def plain(page: str) -> str:
    return page.replace("\N{NO-BREAK SPACE}", " ")


def test_an_unchanged_file_changes_nothing(desk: Desk) -> None:
    page = desk.post(CHECK, text=schedule()).text

    assert "Keine Fehler." in page
    assert "Für Abonnierende würde sich nichts ändern." in page


def test_a_moved_session_is_told_and_shown_line_by_line(desk: Desk) -> None:
    page = plain(desk.post(CHECK, text=schedule(session(date="2021-06-15"))).text)

    assert "So sehen es die Abonnierenden:" in page
    assert "von Dienstag, 8. Juni 2021, 12:00 Uhr auf Dienstag, 15. Juni 2021, 12:00 Uhr" in page
    assert "<ins>NEUER TERMIN: stadt:impuls #2: Gerechte Stadt, Teil 2</ins>" in page
    assert "<del>Wann: Dienstag, 8. Juni 2021, 12:00–12:30 Uhr (MESZ)</del>" in page


def test_a_new_and_a_withdrawn_session_are_told(desk: Desk, house: House) -> None:
    house.publish(schedule(session(), session(3, "2021-07-13")))
    text = schedule(session(), session(4, "2021-08-10")) + "withdrawn: [3]\n"

    page = plain(desk.post(CHECK, text=text).text)

    assert "Neu in der Reihe" in page
    assert "Verschwindet aus dem Kalender" in page


def test_problems_name_their_line_and_lead_to_it(desk: Desk) -> None:
    text = schedule(session(date="2021-06-31"))
    line = 1 + text.split("\n").index("  date: '2021-06-31'")

    page = desk.post(CHECK, text=text).text

    assert "1 Fehler" in page
    assert f'<a href="#line-{line}">Zeile {line}:</a>' in page
    assert f'<li id="line-{line}" class="wrong-line">' in page
    assert "bad-date" in page
    assert "So sehen es die Abonnierenden" not in page


def test_how_many_invitations_would_be_out_of_date_is_told(desk: Desk, house: House) -> None:
    house.add()
    house.invite()

    page = desk.post(CHECK, text=schedule(session(date="2021-06-15"))).text

    assert "1 Einladung wird veraltet sein." in page


def test_a_file_is_taken_before_the_pasted_text(desk: Desk) -> None:
    upload = (BytesIO(schedule(session(title="Aus der Datei")).encode()), "sessions.yaml")

    page = desk.post(CHECK, file=upload, text="").text

    assert "Aus der Datei" in page


def test_the_pasted_text_stays_in_the_form(desk: Desk) -> None:
    page = desk.post(CHECK, text="series: <b>1</b>\nx-y: 2\n").text

    assert "series: &lt;b&gt;1&lt;/b&gt;\nx-y: 2" in page
    assert "<b>1</b>" not in page


def test_nothing_at_all_asks_for_a_file(desk: Desk) -> None:
    page = desk.post(CHECK, text=" ").text

    assert "Bitte wählen Sie eine Datei oder fügen Sie ihren Text ein." in page


def test_what_was_checked_is_not_published(desk: Desk, house: House) -> None:
    before = house.edition().fingerprint

    desk.post(CHECK, text=schedule(session(title="Ganz anders")))

    assert house.edition().fingerprint == before


def test_a_text_that_was_published_before_is_compared_with_what_is_public_now(
    desk: Desk, house: House
) -> None:
    house.go(hours=1)
    house.publish(schedule(session(date="2021-06-15")))

    page = plain(desk.post(CHECK, text=schedule()).text)

    assert "von Dienstag, 15. Juni 2021, 12:00 Uhr auf Dienstag, 8. Juni 2021, 12:00 Uhr" in page


def test_a_new_series_is_shown_as_it_would_begin(desk: Desk) -> None:
    page = desk.post(CHECK, text=schedule(id="zweite", domain="zweite.example")).text

    assert "Neu in der Reihe" in page


def test_of_very_many_problems_the_first_are_listed(desk: Desk) -> None:
    text = schedule() + "".join(f"key{number}: 1\n" for number in range(230))

    page = Reading(desk.post(CHECK, text=text))

    listed = page.all("(//ul[@class='troubles'])[1]/li")
    assert (len(listed), listed[-1]) == (201, "… und 30 weitere")
    assert page.one("//h2[@id='h-result']") == "230 Fehler"


def test_a_file_of_more_than_2_mb_is_not_checked_here(desk: Desk) -> None:
    refused = Reading(desk.post(CHECK, text=schedule() + "#" * 2 * 1024**2))

    told = "Hier werden nur Dateien bis 2 MB geprüft. Größere prüft `impulscal check`."
    assert (refused.status, refused.mistakes) == (413, {told: "#file"})


def test_one_file_is_checked_at_a_time(desk: Desk) -> None:
    with desk.app.test_request_context(), taken(places().checks):
        busy = desk.post(CHECK, text=schedule())
    after = desk.post(CHECK, text=schedule())

    assert (busy.status_code, busy.headers["Retry-After"], after.status_code) == (503, "5", 200)
    assert "Bitte versuchen Sie es gleich noch einmal." in plain(busy.text)


def test_an_attack_file_ends_in_words(desk: Desk) -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(9)
    )

    answer = desk.post(CHECK, text=bomb)

    assert answer.status_code == 200
    assert "Fehler" in answer.text
