"""Signing in by a link, and signing out."""

import re
import threading
from datetime import UTC, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from impulscal.errors import UsageError
from impulscal.history import tables
from impulscal.invitations.model import Kind, OutboxMessage, State
from impulscal.web.staff import access
from impulscal.web.staff.cookies import COOKIE
from impulscal.web.staff.link_mail import LINK_MAIL, LinkMail
from invitations.house import House
from leak.gate import public_addresses
from staff.desk import PAUL, PETRA, Desk
from web.pages import Page

STRANGER = "fremd@boese.example"


def without_session(house: House, **changed: object) -> Desk:
    return Desk(house, changed)


def ask(desk: Desk, email: str, area: str = "/staff", **fields: str) -> TestResponse:
    """Ask for a link as the form does, and wait for it."""
    answer = desk.client.post(
        f"{desk.base_path}{area}/sign-in",
        data={"email": email, **fields},
        headers={"Sec-Fetch-Site": "same-origin"},
        # To the end: the link is made after the answer.
        buffered=True,
    )
    made_by(desk).wait()
    return answer


def made_by(desk: Desk) -> LinkMail:
    links = desk.app.extensions[LINK_MAIL]
    assert isinstance(links, LinkMail)
    return links


def mailed(house: House) -> list[OutboxMessage]:
    return [message for message in house.messages() if message.kind is Kind.SIGN_IN]


def link_in(message: OutboxMessage, base_url: str = "https://kalender.example") -> str:
    """Return the path of the link in a mail, as somebody clicks it."""
    mail = message_from_bytes(message.data or b"", policy=policy.default)
    assert isinstance(mail, EmailMessage)
    text = mail.get_body(("plain",))
    assert text is not None
    found = re.search(rf"{base_url}(\S+)", text.get_content())
    assert found is not None, text.get_content()
    return found[1]


def signed_in(desk: Desk) -> bool:
    return desk.get("/staff/nothing").status_code == 404


def test_a_mailed_link_signs_in(house: House) -> None:
    desk = without_session(house)

    asked = ask(desk, PETRA)
    (message,) = mailed(house)
    page = desk.client.get(link_in(message))
    answer = desk.client.post(link_in(message))

    assert (asked.status_code, asked.headers["Location"]) == (303, "/staff/sign-in/sent")
    assert (message.recipient, message.state, message.guest) == (PETRA, State.QUEUED, None)
    assert "<h1>Einloggen als petra@<wbr>stadt.example?</h1>" in page.text
    assert (answer.status_code, answer.headers["Location"]) == (303, "/staff/")
    assert signed_in(desk)


def test_the_answer_is_the_same_for_everybody(house: House) -> None:
    desk = without_session(house)

    known, unknown = ask(desk, PETRA), ask(desk, STRANGER)

    assert (known.status_code, known.data) == (unknown.status_code, unknown.data)
    assert list(known.headers) == list(unknown.headers)
    assert [message.recipient for message in mailed(house)] == [PETRA]


def test_the_link_is_made_when_the_answer_is_out(house: House) -> None:
    desk = without_session(house)

    answer = desk.app.test_client().post("/staff/sign-in", data={"email": PETRA}, buffered=False)
    while_answering = mailed(house)
    answer.close()
    made_by(desk).wait()

    assert (while_answering, len(mailed(house))) == ([], 1)


@pytest.mark.parametrize("email", ["Petra@Stadt.Example", " petra@stadt.example "])
def test_letter_case_and_blanks_make_no_difference(house: House, email: str) -> None:
    ask(without_session(house), email)

    assert [message.recipient for message in mailed(house)] == [PETRA]


@pytest.mark.parametrize("email", ["", "petra", "petra@", "@stadt.example", "a@b@c", "x" * 300])
def test_what_is_no_address_is_told_at_the_field(house: House, email: str) -> None:
    answer = ask(without_session(house), email)

    assert answer.status_code == 422
    assert Page(answer.text).faults == []
    assert 'aria-invalid="true"' in answer.text
    assert 'role="alert"' in answer.text
    assert mailed(house) == []


def test_what_is_no_address_is_told_in_the_language_of_the_page(house: House) -> None:
    desk = without_session(house)

    german, english = ask(desk, "petra"), ask(desk, "petra", "/staff/en")

    assert "„petra“ ist keine E-Mail-Adresse" in german.text
    assert "“petra” is no e-mail address" in english.text


def test_strangers_may_send_an_address_and_no_more(house: House) -> None:
    answer = ask(without_session(house), PETRA, note="x" * 20_000)

    assert answer.status_code == 413
    assert "Das ist zu groß." in answer.text
    assert mailed(house) == []


def test_an_address_with_markup_is_shown_as_it_was_typed(house: House) -> None:
    answer = ask(without_session(house), '"><script>alert(1)</script>')

    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_the_database_does_not_hold_the_link(house: House) -> None:
    desk = without_session(house)
    token = desk.link().rpartition("/")[2]

    with house.database.reading() as transaction:
        rows = transaction.connection.execute(sa.select(tables.sign_in)).all()

    assert token not in str(rows)
    assert len(token) == 43


def test_opening_the_link_signs_nobody_in(house: House) -> None:
    # Programs that look into mails open every link, more than once.
    desk = without_session(house)
    link = desk.link()

    opened = [desk.client.get(link), desk.client.head(link), desk.client.get(link)]

    assert [answer.status_code for answer in opened] == [200, 200, 200]
    assert ["Set-Cookie" in answer.headers for answer in opened] == [False] * 3
    assert not signed_in(desk)
    assert desk.client.post(link).status_code == 303


def test_a_link_is_good_once(house: House) -> None:
    desk, other = without_session(house), without_session(house)
    link = desk.link()

    first, second, opened = desk.client.post(link), other.client.post(link), other.client.get(link)

    assert (first.status_code, second.status_code, opened.status_code) == (303, 403, 403)
    assert "Der Link ist abgelaufen oder schon benutzt." in second.text
    assert "Neuen Link anfordern" in second.text
    assert (signed_in(desk), signed_in(other)) == (True, False)


def test_of_two_who_use_a_link_at_once_one_gets_in(house: House) -> None:
    desks = [without_session(house) for _number in range(8)]
    link = desks[0].link()
    start = threading.Barrier(len(desks))
    found: list[int] = []

    def use(desk: Desk) -> None:
        start.wait()
        found.append(desk.client.post(link).status_code)

    racers = [threading.Thread(target=use, args=(desk,)) for desk in desks]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()

    assert sorted(found) == [303] + [403] * 7


@pytest.mark.parametrize(("minutes", "status"), [(14.9, 303), (15, 403), (60 * 24, 403)])
def test_a_link_is_good_for_fifteen_minutes(house: House, minutes: float, status: int) -> None:
    desk = without_session(house)
    link = desk.link()
    house.go(minutes=minutes)

    assert desk.client.post(link).status_code == status


def test_a_link_of_somebody_dismissed_is_good_for_nothing(house: House) -> None:
    link = without_session(house).link()

    answer = without_session(house, staff=(PAUL,)).client.post(link)

    assert answer.status_code == 403


@pytest.mark.parametrize("token", ["x", "x" * 43, "ä", "%00", "a" * 5000, "'; DROP TABLE sign_in"])
def test_a_made_up_link_is_refused(house: House, token: str) -> None:
    desk = without_session(house)

    answers = [
        desk.client.get(f"/staff/sign-in/{token}"),
        desk.client.post(f"/staff/sign-in/{token}"),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert "Set-Cookie" not in answers[1].headers


def test_whoever_tries_many_links_is_told_to_wait_and_keeps_nobody_out(house: House) -> None:
    desk = without_session(house)

    tried = [desk.client.post(f"/staff/sign-in/{number}") for number in range(21)]
    house.go(minutes=5)
    later = desk.client.get("/staff/sign-in/x")
    entered = desk.client.post(desk.link())

    assert [answer.status_code for answer in tried] == [403] * 20 + [429]
    assert (later.status_code, later.headers["Retry-After"]) == (429, "600")
    assert "Bitte warten Sie 10\u00a0Minuten." in later.text
    assert entered.status_code == 303


def test_nobody_gets_more_than_five_mails_in_fifteen_minutes(house: House) -> None:
    desk = without_session(house)

    answers = [ask(desk, PETRA).status_code for _number in range(7)]
    ask(desk, PAUL)
    house.go(minutes=15)
    ask(desk, PETRA)

    assert answers == [303] * 7
    assert [message.recipient for message in mailed(house)] == [PETRA] * 5 + [PAUL, PETRA]


def test_nobody_gets_more_than_twenty_mails_a_day(house: House) -> None:
    desk = without_session(house)

    def ask_all_day() -> int:
        before = len(mailed(house))
        for _quarter in range(8):
            for _number in range(4):
                ask(desk, PETRA)
            house.go(minutes=15)
        return len(mailed(house)) - before

    first = ask_all_day()
    by_command = desk.client.post(desk.link()).status_code
    house.go(hours=22)

    assert (first, by_command) == (20, 303)
    assert ask_all_day() > 0


def test_a_link_that_cannot_be_made_keeps_no_other_from_being_made(house: House) -> None:
    desk = without_session(house)
    with house.database.writing() as transaction:
        transaction.connection.execute(sa.text("ALTER TABLE sign_in RENAME TO gone"))
    ask(desk, PETRA)
    with house.database.writing() as transaction:
        transaction.connection.execute(sa.text("ALTER TABLE gone RENAME TO sign_in"))

    ask(desk, PAUL)

    assert [message.recipient for message in mailed(house)] == [PAUL]


@pytest.mark.parametrize(
    ("base_url", "flags"),
    [
        ("https://kalender.example", "; Secure; HttpOnly; Path=/staff; SameSite=Lax"),
        ("http://127.0.0.1:8000", "; HttpOnly; Path=/staff; SameSite=Lax"),
        ("https://x.example/a/b", "; Secure; HttpOnly; Path=/a/b/staff; SameSite=Lax"),
    ],
)
def test_the_cookie_goes_to_the_staff_area_alone(house: House, base_url: str, flags: str) -> None:
    desk = without_session(house, base_url=base_url)

    answer = desk.client.post(desk.link())

    assert answer.headers.getlist("Set-Cookie") == [f"{COOKIE}={desk.cookie}{flags}"]


def test_each_sign_in_begins_a_session_of_its_own(house: House) -> None:
    desk = without_session(house).sign_in()
    before = desk.cookie

    desk.sign_in()

    old = desk.app.test_client()
    old.set_cookie(COOKIE, before, path="/staff")
    assert desk.cookie != before
    assert old.get("/staff/nothing").status_code == 303


def test_a_session_a_stranger_planted_does_not_become_that_of_staff(house: House) -> None:
    desk = without_session(house)
    planted = access.cookie_of(desk.settings, "planted")
    desk.client.set_cookie(COOKIE, planted, path="/staff")

    desk.sign_in()

    assert desk.cookie != planted


@pytest.mark.parametrize(("hours", "holds"), [(7.99, True), (8, False)])
def test_a_session_lasts_eight_hours_whatever_is_done(
    desk: Desk, hours: float, *, holds: bool
) -> None:
    desk.house.go(hours=hours / 2)
    desk.get("/staff/nothing")
    desk.house.go(hours=hours / 2)

    assert signed_in(desk) == holds


def test_signing_out_ends_the_session_and_takes_the_cookie(desk: Desk) -> None:
    copied = desk.app.test_client()
    copied.set_cookie(COOKIE, desk.cookie, path="/staff")

    answer = desk.post("/staff/sign-out")

    assert (answer.status_code, desk.cookie) == (303, "")
    assert "Sie sind ausgeloggt." in desk.client.get(answer.headers["Location"]).text
    assert copied.get("/staff/nothing").status_code == 303
    with desk.house.database.reading() as transaction:
        assert transaction.connection.execute(sa.select(tables.staff_session)).all() == []


def test_signing_out_leaves_colleagues_and_other_browsers_signed_in(desk: Desk) -> None:
    colleague, elsewhere = Desk(desk.house).sign_in(PAUL), Desk(desk.house).sign_in()

    desk.post("/staff/sign-out")

    assert (signed_in(colleague), signed_in(elsewhere)) == (True, True)


def test_whoever_is_signed_in_is_not_asked_again(desk: Desk) -> None:
    answer = desk.get("/staff/en/sign-in?next=outbox")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/staff/en/outbox")


def test_the_way_leads_on_to_the_page_that_was_asked_for(house: House) -> None:
    desk = without_session(house)

    sent_away = desk.get("/staff/en/stadtimpuls/2")
    form = desk.client.get(sent_away.headers["Location"])
    ask(desk, PETRA, "/staff/en", next="stadtimpuls/2")
    link = link_in(mailed(house)[0])
    page = desk.client.get(link)
    answer = desk.client.post(link)

    assert sent_away.headers["Location"] == "/staff/en/sign-in?next=stadtimpuls%2F2"
    field = '<input type="hidden" name="next" value="stadtimpuls/2">'
    assert field in form.text
    # Its form goes to its own address.
    assert (page.status_code, '<form method="post">' in page.text) == (200, True)
    assert link.endswith("?next=stadtimpuls/2")
    assert answer.headers["Location"] == "/staff/en/stadtimpuls/2"


@pytest.mark.parametrize(
    "onward",
    [
        "https://boese.example",
        "//boese.example",
        "/\\boese.example",
        "\\boese.example",
        "../stadtimpuls/",
        "a/../../x",
        "a//boese.example",
        "javascript:alert(1)",
        "x\r\nSet-Cookie: a=b",
        "x?y=z",
        "@boese.example",
        "%2e%2e/",
        "a" * 5000,
    ],
)
def test_the_way_leads_nowhere_but_into_the_staff_area(house: House, onward: str) -> None:
    desk = without_session(house)

    form = desk.get("/staff/sign-in?next=x")
    answer = desk.client.post(desk.link(), query_string={"next": onward})
    again = desk.client.get("/staff/sign-in", query_string={"next": onward})

    assert form.status_code == 200
    assert [found.headers["Location"] for found in (answer, again)] == ["/staff/", "/staff/"]


def test_without_a_mail_server_the_page_says_how_to_get_in(house: House) -> None:
    desk = without_session(house, mail_server=None)

    page, answer = desk.get("/staff/sign-in"), ask(desk, PETRA)

    for shown in (page, answer):
        assert "impulscal staff-link" in shown.text
        assert "<form" not in shown.text
        assert PETRA not in shown.text
    assert mailed(house) == []


def test_the_links_come_from_the_address_of_the_settings(house: House) -> None:
    ask(without_session(house, mail_from="Kalender <kalender@stadt.example>"), PETRA)

    mail = message_from_bytes(mailed(house)[0].data or b"", policy=policy.default)

    assert mail["From"] == "Kalender <kalender@stadt.example>"


def test_the_link_of_the_command_is_for_staff_alone(house: House) -> None:
    desk = without_session(house)
    now = house.now

    made = access.make_link(house.database, desk.settings, "PETRA@stadt.example", now)
    with pytest.raises(UsageError) as refused:
        access.make_link(house.database, desk.settings, STRANGER, now)
    with pytest.raises(UsageError) as keyless:
        access.make_link(
            house.database, without_session(house, secret_key=None).settings, PETRA, now
        )

    assert made.startswith("https://kalender.example/staff/sign-in/")
    assert str(refused.value).startswith(f"“{STRANGER}” may not sign in.")
    assert str(keyless.value).startswith("There is no staff area")


@pytest.mark.parametrize(
    "path",
    ["", "-link", "-sent", "-refused", "-mailless", "-wrong"],
)
@pytest.mark.parametrize("language", ["de", "en"])
def test_the_pages_on_the_way_in_are_sound(house: House, path: str, language: str) -> None:
    desk = without_session(house, **({"mail_server": None} if path == "-mailless" else {}))
    area = "/staff" if language == "de" else "/staff/en"
    link = desk.link().replace("/staff", area, 1)
    answer = {
        "": lambda: desk.get(f"{area}/sign-in"),
        "-link": lambda: desk.get(link),
        "-sent": lambda: desk.get(f"{area}/sign-in/sent"),
        "-refused": lambda: desk.get(f"{area}/sign-in/x"),
        "-mailless": lambda: desk.get(f"{area}/sign-in"),
        "-wrong": lambda: ask(desk, "petra", area),
    }[path]()

    page = Page(answer.text)

    assert (page.faults, page.language) == ([], language)


def test_no_public_page_sets_or_minds_a_cookie(desk: Desk) -> None:
    stranger, paths = desk.app.test_client(), [*public_addresses(desk.app), "/nichts", "/staffx"]

    for path in paths:
        plain = stranger.get(path)
        known = stranger.get(path, headers={"Cookie": f"{COOKIE}={desk.cookie}"})

        for answer in (plain, known):
            assert "Set-Cookie" not in answer.headers, path
            assert "cookie" not in answer.headers.get("Vary", "").lower(), path
        assert plain.data == known.data, path
    assert len(paths) > 50


def test_the_moment_of_a_sign_in_is_kept_in_utc(desk: Desk) -> None:
    with desk.house.database.reading() as transaction:
        row = transaction.connection.execute(sa.select(tables.staff_session)).one()

    assert row.signed_in_at == desk.house.now.astimezone(UTC)
    assert row.expires_at - row.signed_in_at == timedelta(hours=8)
