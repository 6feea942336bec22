"""The page at which a guest signs off: by a button, never by opening it, naming nobody."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from itsdangerous import URLSafeSerializer
from lxml import html
from werkzeug.test import TestResponse

from impulscal.invitations.inviting import bring_back
from impulscal.invitations.model import Guest, Kind, Listed, Method
from impulscal.invitations.retention import forget_address
from impulscal.invitations.sign_off import sign_off_token
from impulscal.settings import Clock, MailServer, Settings
from impulscal.web import create_app
from invitations.house import JOIN_URL, POST, House, schedule, session

KEY = POST.secret_key


@dataclass
class Site:
    """A house that is served, with one guest who was invited."""

    house: House

    def client(self, **changed: Any) -> FlaskClient:
        told: dict[str, Any] = {
            "schedules": (self.house.file,),
            "base_url": "https://kalender.example",
            "database_url": f"{self.house.url}?timeout=0.05",
            "reload_seconds": 1e-9,
            "clock": Clock(self.house.now),
            "secret_key": KEY,
        }
        return create_app(Settings(**{**told, **changed})).test_client()

    @property
    def guest(self) -> Guest:
        return self.house.guests()[0]

    @property
    def path(self) -> str:
        return address(self.guest)

    def kinds(self) -> list[Kind]:
        return [message.kind for message in self.house.messages()]


def address(guest: Guest, session: str = "2", prefix: str = "") -> str:
    return f"{prefix}/stadtimpuls/{session}/sign-off/{sign_off_token(KEY, guest.handle)}"


def parsed(answer: TestResponse) -> Any:
    """Return a page as lxml has it; its stubs know no ``xpath`` that gives elements."""
    return html.fromstring(answer.text)


def heading(answer: TestResponse) -> str:
    return str(parsed(answer).findtext(".//h1"))


def buttons(answer: TestResponse) -> list[str]:
    return [button.text_content() for button in parsed(answer).iter("button")]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    house = House(tmp_path)
    house.add()
    house.invite()
    house.go(hours=1)
    yield Site(house)
    house.database.close()


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_opening_the_link_changes_nothing(site: Site, method: str) -> None:
    before = (site.guest, site.kinds())

    answer = site.client().open(site.path, method=method)

    assert answer.status_code == 200
    assert (site.guest, site.kinds()) == before


def test_the_question_says_what_when_and_for_whom(site: Site) -> None:
    answer = site.client().get(site.path)

    page = parsed(answer)
    told = [" ".join(one.text_content().split()) for one in page.findall(".//main//dd")]
    assert heading(answer) == "Teilnahme absagen?"
    assert told == [
        "stadt:impuls #2: Gerechte Stadt, Teil 2",
        "Dienstag, 8. Juni 2021, 12:00–12:30 Uhr (MESZ)",
        "J. M.",
    ]
    assert buttons(answer) == ["Teilnahme absagen"]


def test_the_link_in_the_mail_leads_to_the_page(site: Site) -> None:
    mail = message_from_bytes(site.house.messages()[0].data or b"", policy=default)
    text = mail.get_body(("plain",))
    assert text is not None
    (link,) = re.findall(r"https://kalender.example(\S+/sign-off/\S+)", text.get_content())

    answer = site.client().get(link)

    assert (answer.status_code, heading(answer)) == (200, "Teilnahme absagen?")


def test_the_question_tells_an_earlier_date(site: Site) -> None:
    site.house.publish(schedule(session(date="2021-06-15")))

    answer = site.client().get(site.path)

    assert "Dienstag, 15. Juni 2021" in answer.text.replace("\xa0", " ")
    assert "Bisher: Dienstag, 8. Juni 2021, 12:00 Uhr" in answer.text.replace("\xa0", " ")


def test_the_button_signs_off_and_the_page_says_so(site: Site) -> None:
    client = site.client()

    answer = client.post(site.path, follow_redirects=True)

    assert (answer.status_code, heading(answer)) == (200, "Sie sind abgemeldet.")
    assert "Danke, dass Sie Bescheid geben." in answer.text
    assert "mailto:stadtimpuls@einsateam.de" in answer.text
    assert site.guest.signed_off_at == site.house.now
    assert site.kinds() == [Kind.INVITATION, Kind.SIGNED_OFF]


def test_the_cancellation_waits_for_this_guest_alone(site: Site) -> None:
    site.house.add(Listed(address="ada@stadt.example"))
    site.house.invite()

    site.client().post(site.path)

    first, second = site.house.guests()
    assert (first.told and first.told.method, first.told and first.told.sequence) == (
        Method.CANCEL,
        1,
    )
    assert (second.signed_off_at, second.invited) == (None, True)


def test_the_way_back_to_the_page_needs_no_host(site: Site) -> None:
    answer = site.client(base_url="https://kalender.example/termine").post(f"/termine{site.path}")

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/termine{site.path}")


def test_a_second_time_says_the_same_and_changes_nothing(site: Site) -> None:
    client = site.client()
    client.post(site.path)
    before = (site.guest, site.kinds())
    site.house.go(hours=1)

    answer = site.client().post(site.path, follow_redirects=True)

    assert heading(answer) == "Sie sind abgemeldet."
    assert (site.guest, site.kinds()) == before


@pytest.mark.parametrize(
    ("prefix", "words"),
    [
        ("/de", ("de", "Teilnahme absagen?", "Sie sind abgemeldet.")),
        ("/en", ("en", "Cancel your participation?", "You are signed off.")),
    ],
)
def test_the_page_speaks_both_languages(
    site: Site, prefix: str, words: tuple[str, str, str]
) -> None:
    client = site.client()
    path = address(site.guest, prefix=prefix)

    asked, done = client.get(path), client.post(path, follow_redirects=True)

    spoken = parsed(asked).get("lang")
    assert (spoken, heading(asked), heading(done)) == words
    assert done.request.path == path.removeprefix("/de")


def test_the_other_language_is_one_link_away(site: Site) -> None:
    client = site.client()

    page = parsed(client.get(site.path))
    (other,) = page.xpath("//ul[@class='tongues']//a")

    assert heading(client.get(other.get("href"))) == "Cancel your participation?"


def test_the_page_names_neither_person_nor_address_nor_link(site: Site) -> None:
    client = site.client()

    told = [
        f"{answer.headers}{answer.text}"
        for answer in (client.get(site.path), client.post(site.path, follow_redirects=True))
    ]

    private = ("Müller", "Jürgen", "j.mueller", "stadt.example", JOIN_URL, "geheim")
    assert [name for text in told for name in private if name in text] == []


def test_everything_there_is_private(site: Site) -> None:
    client = site.client()
    paths = [site.path, f"{site.path}/x.ics", f"{site.path}x"]

    answers = [client.get(path) for path in paths] + [client.post(site.path)]

    kept = {
        (
            answer.headers["Cache-Control"],
            answer.headers["X-Robots-Tag"],
            answer.headers["Referrer-Policy"],
            answer.headers.get("ETag"),
            answer.headers.get("Set-Cookie"),
        )
        for answer in answers
    }
    assert kept == {("no-store", "noindex", "no-referrer", None, None)}
    policy = answers[0].headers["Content-Security-Policy"]
    assert "form-action 'self'" in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy


def test_all_of_it_works_where_the_base_path_is_called_like_the_series(site: Site) -> None:
    # Behind a proxy that cuts the base path off, the path begins like it all the same.
    client = site.client(base_url="https://kalender.example/stadtimpuls")
    before = site.guest.signed_off_at

    opened = [client.get(site.path), client.get(f"{site.path}/x.ics"), client.get(f"{site.path}x")]
    asked = client.options(site.path)
    unmoved = site.guest.signed_off_at
    done = client.post(site.path)

    answers = [*opened, done]
    assert [answer.status_code for answer in answers] == [200, 200, 410, 303]
    assert done.headers["Location"] == f"/stadtimpuls{site.path}"
    assert asked.status_code == 200
    assert (before, unmoved) == (None, None)
    assert site.guest.signed_off_at is not None
    kept = {
        tuple(answer.headers[name] for name in ("Cache-Control", "X-Robots-Tag", "Referrer-Policy"))
        for answer in answers
    }
    assert kept == {("no-store", "noindex", "no-referrer")}


def test_what_others_are_shown_holds_no_token(site: Site) -> None:
    page = parsed(site.client().get(site.path))
    token = sign_off_token(KEY, site.guest.handle)

    links = [link.get("href") for link in page.iter("a") if token in (link.get("href") or "")]

    assert links == [f"/en{site.path}", f"{site.path}/stadtimpuls-2-2021-06-08.ics"]


def bad_paths(site: Site) -> dict[str, str]:
    handle = site.guest.handle
    token = sign_off_token(KEY, handle)
    path = "/stadtimpuls/2/sign-off"
    other = "another key"
    return {
        "nothing": f"{path}/x",
        "unsigned": f"{path}/{handle}",
        "cut": f"{path}/{token[:-1]}",
        "changed": f"{path}/{token[:3]}{'B' if token[3] == 'A' else 'A'}{token[4:]}",
        "another key": f"{path}/{sign_off_token(other, handle)}",
        "another use": f"{path}/{URLSafeSerializer(KEY, salt='impulscal.staff').dumps(handle)}",
        "no salt": f"{path}/{URLSafeSerializer(KEY).dumps(handle)}",
        "unknown guest": f"{path}/{sign_off_token(KEY, 'x' * 32)}",
        "another session": f"/stadtimpuls/1/sign-off/{token}",
        "a session that is none": f"/stadtimpuls/9/sign-off/{token}",
    }


BAD = (
    *("nothing", "unsigned", "cut", "changed", "another key", "another use", "no salt"),
    *("unknown guest", "another session", "a session that is none"),
)


@pytest.mark.parametrize("which", BAD)
def test_a_link_that_is_not_ours_opens_nothing(site: Site, which: str) -> None:
    site.house.publish(schedule(session(1, "2021-06-01"), session(2)))
    path = bad_paths(site)[which]
    before = (site.guest, site.kinds())
    client = site.client()

    answers = [client.get(path), client.post(path), client.get(f"{path}/x.ics")]

    assert [answer.status_code for answer in answers] == [410, 410, 410]
    assert {heading(answer) for answer in answers} == {"Dieser Link gilt nicht mehr."}
    assert "mailto:stadtimpuls@einsateam.de" in answers[0].text
    assert (site.guest, site.kinds()) == before


def test_every_bad_link_is_tried(site: Site) -> None:
    assert tuple(bad_paths(site)) == BAD


def test_the_link_of_an_erased_guest_opens_nothing(site: Site) -> None:
    path, address_of_guest = site.path, site.guest.address
    with site.house.database.writing() as transaction:
        forget_address(transaction, address_of_guest)

    answer = site.client().get(path)

    assert (answer.status_code, heading(answer)) == (410, "Dieser Link gilt nicht mehr.")


def test_a_session_that_was_withdrawn_is_cancelled_for_its_guests(site: Site) -> None:
    site.house.go(hours=1)
    site.house.publish(schedule(session(1, "2021-06-01")) + "withdrawn: [2]\n")

    answer = site.client().get(site.path)

    assert (answer.status_code, heading(answer)) == (200, "Dieser Termin ist abgesagt")
    assert buttons(answer) == []
    assert 'href="/stadtimpuls/2/"' not in answer.text


def test_an_unknown_series_is_an_unknown_page(site: Site) -> None:
    token = sign_off_token(KEY, site.guest.handle)

    assert site.client().get(f"/andere/2/sign-off/{token}").status_code == 404


@pytest.mark.parametrize("changed", [{"secret_key": None}, {"preview": True}])
def test_without_a_key_and_in_a_preview_there_is_no_such_page(
    site: Site, changed: dict[str, Any]
) -> None:
    client = site.client(**changed)

    statuses = [client.get(site.path).status_code, client.post(site.path).status_code]

    assert statuses == [404, 404]
    assert site.guest.signed_off_at is None


def test_a_session_that_is_over_says_so(site: Site) -> None:
    site.house.go(days=30)
    before = site.guest
    client = site.client()

    answer, posted = client.get(site.path), client.post(site.path, follow_redirects=True)

    assert {heading(answer), heading(posted)} == {"Dieser Termin ist vorbei."}
    assert buttons(answer) == []
    assert site.guest == before


def test_a_session_that_is_cancelled_says_so(site: Site) -> None:
    site.house.publish(schedule(session(status="cancelled")))
    before = site.guest
    client = site.client()

    answer, posted = client.get(site.path), client.post(site.path, follow_redirects=True)

    assert {heading(answer), heading(posted)} == {"Dieser Termin ist abgesagt"}
    assert buttons(answer) == []
    assert (site.guest, site.kinds()) == (before, [Kind.INVITATION])


def test_who_signed_off_and_came_back_is_asked_again(site: Site) -> None:
    client = site.client()
    client.post(site.path)
    with site.house.database.writing() as transaction:
        bring_back(transaction, site.guest)

    assert heading(client.get(site.path)) == "Teilnahme absagen?"


def test_a_guest_signs_off_though_nobody_can_write_to_them(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    site.house.publish(schedule(organizer=None))

    answer = site.client().post(site.path, follow_redirects=True)

    assert heading(answer) == "Sie sind abgemeldet."
    assert site.guest.signed_off_at == site.house.now
    assert "A guest signed off" in caplog.text
    assert "mueller" not in caplog.text


def test_the_mail_is_promised_where_one_can_be_sent(site: Site) -> None:
    server = MailServer(host="mail.example", port=25)

    texts = [site.client(mail_server=told).get(site.path).text for told in (server, None)]

    promise = "Eine E-Mail nimmt den Termin dann aus Ihrem Kalender."
    assert [promise in text for text in texts] == [True, False]


def test_while_the_database_is_busy_the_page_asks_for_patience(site: Site) -> None:
    client = site.client()
    client.get(site.path)

    with site.house.database.writing():
        answer = client.post(site.path)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert site.guest.signed_off_at is None


def test_the_session_can_be_saved_with_its_link(site: Site) -> None:
    client = site.client()
    page = parsed(client.get(site.path))
    (link,) = page.xpath("//main//a[contains(@href, '.ics')]")

    answer = client.get(link.get("href"))

    (event,) = Calendar.from_ical(answer.data).walk("VEVENT")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="stadtimpuls-2-2021-06-08.ics"'
    )
    assert JOIN_URL in str(event["location"])
    assert "attendee" not in event


def test_there_is_no_file_for_who_does_not_come(site: Site) -> None:
    client = site.client()
    client.post(site.path)

    answers = [client.get(site.path), client.get(f"{site.path}/stadtimpuls-2-2021-06-08.ics")]

    assert [answer.status_code for answer in answers] == [200, 410]
    assert ["2021-06-08.ics" in answer.text for answer in answers] == [False, False]


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Müller, Jürgen", "J. M."),
        ("Prof. Dr. Ada Beispiel", "A. B."),
        ("von der Leyen, Ursula", "U. L."),
        ("J. R. Smith", "J. S."),
        ("Ada", "A."),
        ("王 小明", "王. 小."),
        ("<script>alert(1)</script>", None),
        ("", "X. Y."),
    ],
)
def test_initials_name_nobody(site: Site, name: str, initials: str | None) -> None:
    (guest,) = site.house.add(Listed(address="x.y@stadt.example", name=name))

    page = parsed(site.client().get(address(guest)))

    told = [one.text_content() for one in page.findall(".//main//dd")][2:]
    assert told == ([] if initials is None else [initials])
