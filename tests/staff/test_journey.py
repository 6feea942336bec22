"""A working day of staff: the real server, a real mail server, a real browser."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.server import running
from invitations.house import schedule, session
from invitations.mail_servers import PostOffice
from staff.desk import PETRA

pytestmark = pytest.mark.xdist_group("browser")

PATIENCE = 30.0  # seconds until mail that did not come counts as lost

GUESTS = "Name;E-Mail\nMüller, Jürgen;j.mueller@stadt.example\nAda Beispiel;ada@amt.example\n"
GUESTS += "Kaputt;niemand(at)stadt.example\n"


@dataclass
class Day:
    """The browser, what lies in the mailboxes, and the file."""

    page: Page
    office: PostOffice
    folder: Path
    address: str
    read: int = 0

    def publish(self, text: str) -> None:
        new = self.folder / "sessions.new"
        new.write_text(text, encoding="utf-8")
        new.replace(self.folder / "sessions.yaml")

    def mails(self, count: int) -> list[EmailMessage]:
        """Wait for so many new mails and return them, ordered by recipient."""
        last = time.monotonic() + PATIENCE
        while len(self.office.received) < self.read + count and time.monotonic() < last:
            self.page.wait_for_timeout(100)
        found = self.office.received[self.read :]
        self.read += len(found)
        mails = [message_from_bytes(one.data, EmailMessage, policy=policy.default) for one in found]
        return sorted(mails, key=lambda mail: str(mail["To"]))

    def wait_until_told(self, path: str, words: str) -> None:
        """Open ``path`` until it says ``words``: the server looks at the file by itself."""
        last = time.monotonic() + PATIENCE
        while time.monotonic() < last:
            self.page.goto(self.address + path)
            if words in self.page.locator("main").inner_text():
                return
            self.page.wait_for_timeout(100)
        expect(self.page.locator("main")).to_contain_text(words)


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def day(request: pytest.FixtureRequest, chromium: Browser, tmp_path: Path) -> Iterator[Day]:
    (tmp_path / "sessions.yaml").write_text(schedule(), encoding="utf-8")
    settings = {
        "SCHEDULE": str(tmp_path / "sessions.yaml"),
        "NOW": "2021-05-20T09:00",
        "RELOAD_SECONDS": "0.2",
        "SECRET_KEY": "a long key that only the tests know",
        "STAFF": PETRA,
    }
    with PostOffice() as office:
        mail_server = f"smtp://127.0.0.1:{office.port}?per_minute=0"
        with running(tmp_path, SMTP_URL=mail_server, **settings) as address:
            context = chromium.new_context(locale="de-DE", java_script_enabled=bool(request.param))
            yield Day(context.new_page(), office, tmp_path, address)
            context.close()


def sign_in(day: Day) -> None:
    day.page.goto(f"{day.address}/staff/")
    day.page.get_by_label("Ihre E-Mail-Adresse").fill(PETRA)
    day.page.get_by_role("button", name="Link senden").click()
    (mail,) = day.mails(1)
    link = re.search(rf"{day.address}/staff/\S+", text_of(mail))
    assert link is not None
    day.page.goto(link[0])
    day.page.get_by_role("button", name="Einloggen").click()
    expect(day.page.get_by_role("heading", level=1)).to_have_text("Übersicht")


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def calendar_of(mail: EmailMessage) -> dict[str, str]:
    """Return some lines of the iTIP message by their names."""
    (part,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    event = payload.decode().replace("\r\n ", "").partition("BEGIN:VEVENT")
    lines = [*event[0].splitlines(), *event[2].splitlines()]
    wanted = ("METHOD", "SEQUENCE", "DTSTART;TZID=Europe/Berlin", "STATUS")
    pairs = (line.partition(":")[::2] for line in lines)
    return {name.partition(";")[0]: value for name, value in pairs if name in wanted}


def press(day: Day, name: str | re.Pattern[str]) -> None:
    day.page.get_by_role("button", name=name).click()


def told(sequence: int, start: str = "20210608T120000") -> dict[str, str]:
    return {
        "METHOD": "REQUEST",
        "SEQUENCE": str(sequence),
        "DTSTART": start,
        "STATUS": "CONFIRMED",
    }


def test_a_day_from_the_guest_list_to_the_cancellation(
    day: Day, require_program: Callable[[str], None]
) -> None:
    require_program("chromium")
    sign_in(day)
    page = day.page

    # A guest list with one bad row: shown first, then taken over.
    page.goto(f"{day.address}/staff/stadtimpuls/2/guests")
    page.get_by_label("Datei").set_input_files(
        {"name": "liste.csv", "mimeType": "text/csv", "buffer": GUESTS.encode("cp1252")}
    )
    page.get_by_role("button", name="Vorschau").first.click()
    expect(page.locator("main")).to_contain_text("Zeile 4: ")
    press(day, "2 Gäste übernehmen")

    # The invitations: one whole message is shown, then each guest gets their own.
    page.get_by_role("link", name="2 Einladungen senden").click()
    expect(page.locator(".mail-text")).to_contain_text("https://treffen.example/geheim-2")
    assert day.mails(0) == []
    press(day, "2 Einladungen senden")
    expect(page.locator("main")).to_contain_text("2 Nachrichten sind im Postausgang.")
    ada, juergen = sorted(day.mails(2), key=lambda mail: "mueller" in str(mail["To"]))
    assert (str(ada["To"]), calendar_of(ada)) == ("Ada Beispiel <ada@amt.example>", told(0))
    assert (str(juergen["To"]), calendar_of(juergen)) == (
        '"Müller, Jürgen" <j.mueller@stadt.example>',
        told(0),
    )
    assert "mueller" not in ada.as_string()

    # The session moves: nothing is sent by itself; the overview says who has to be told.
    day.publish(schedule(session(date="2021-06-15")))
    day.wait_until_told("/staff/", "2 Einladungen sind veraltet.")
    assert len(day.office.received) == day.read
    page.get_by_role("link", name=re.compile("Aktualisierung senden")).click()
    press(day, "Aktualisierung an 2 Personen senden")
    assert [calendar_of(mail) for mail in day.mails(2)] == [told(1, "20210615T120000")] * 2

    # Ada signs off by the link in her mail; only she gets a CANCEL.
    link = re.search(rf"{day.address}/stadtimpuls/2/sign-off/\S+", text_of(ada))
    assert link is not None
    page.goto(link[0])
    press(day, "Teilnahme absagen")
    expect(page.locator("main")).to_contain_text("Sie sind abgemeldet.")
    (mail,) = day.mails(1)
    assert (str(mail["To"]), calendar_of(mail)["METHOD"]) == (str(ada["To"]), "CANCEL")
    assert "STATUS" not in calendar_of(mail)

    # The session is cancelled: one person is left to be told.
    day.publish(schedule(session(date="2021-06-15", status="cancelled", note="Krankheit.")))
    day.wait_until_told("/staff/stadtimpuls/2", "1 Person weiß noch nichts von der Absage.")
    page.goto(f"{day.address}/staff/stadtimpuls/2/update")
    press(day, "Absage an 1 Person senden")
    (mail,) = day.mails(1)
    assert "j.mueller@stadt.example" in str(mail["To"])
    assert calendar_of(mail) == {
        "METHOD": "CANCEL",
        "SEQUENCE": "2",
        "DTSTART": "20210615T120000",
        "STATUS": "CANCELLED",
    }

    # Out: what was open a moment ago is closed.
    press(day, "Ausloggen")
    page.goto(f"{day.address}/staff/outbox")
    expect(page.get_by_label("Ihre E-Mail-Adresse")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text("mueller")
