"""Whatever staff, guests and clocks do, in any order: every calendar says what is so.

The judge is a calendar program by the book (RFC 5546 2.1.5). It gets the mails of its
guest as they are queued, each of them twice.
"""

import email
import tempfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from impulscal.invitations.guests import remember_answer
from impulscal.invitations.inviting import bring_back, outdated
from impulscal.invitations.model import Guest, Kind, Listed, OutboxMessage, Partstat
from impulscal.schedule.clock import zone
from impulscal.vcalendar.feed import single_file
from invitations.house import House, schedule, session
from vcalendar.contents import event, lines

BASE_URL = "https://kalender.example"
UID = "2.stadtimpuls"
HALF_AN_HOUR = timedelta(minutes=30)
TELL = st.booleans()

Entry = tuple[str, str, str, str, str]
"""Start, end, status, title and link, as calendars show them."""


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """What one message is told newer by than another."""

    sequence: int
    stamp: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a calendar program finds in a mail."""

    method: str
    version: Version
    entry: Entry
    partstat: str
    asks: bool


@dataclass
class Client:
    """The calendar of one guest."""

    version: Version | None = None
    entry: Entry | None = None
    answer: str = "NEEDS-ACTION"
    last: Kind | None = None
    got: list[Letter] = field(default_factory=list)

    def take(self, letter: Letter) -> None:
        if self.version is not None and letter.version <= self.version:
            return
        risen = self.version is None or letter.version.sequence > self.version.sequence
        if letter.method == "CANCEL":
            self.entry = None
        else:
            if risen or self.entry is None:
                self.answer = "NEEDS-ACTION"
            self.entry = letter.entry
        self.version = letter.version


def read(mail: bytes) -> Letter:
    (part,) = (
        one
        for one in email.message_from_bytes(mail).walk()
        if one.get_content_type() == "text/calendar"
    )
    calendar = part.get_payload(decode=True)
    assert isinstance(calendar, bytes)
    found = event(calendar, UID)
    (attendee,) = (name for name in found if name.startswith("ATTENDEE"))
    parameters = dict(one.partition("=")[::2] for one in attendee.split(";"))
    (method,) = (line for line in lines(calendar) if line.startswith("METHOD:"))
    return Letter(
        method=method.removeprefix("METHOD:"),
        version=Version(int(found["SEQUENCE"]), found["DTSTAMP"]),
        entry=(
            found["DTSTART;TZID=Europe/Berlin"],
            found["DTEND;TZID=Europe/Berlin"],
            found.get("STATUS", ""),
            found["SUMMARY"].rpartition(": ")[2],
            next((found[name] for name in found if name.startswith("CONFERENCE")), ""),
        ),
        partstat=parameters["PARTSTAT"],
        asks=parameters["RSVP"] == "TRUE",
    )


class LifeMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.house = House(Path(self.folder.name))
        self.facts: dict[str, Any] = {}
        self.withdrawn = False
        self.clients: dict[int, Client] = {}
        self.read = 0

    def teardown(self) -> None:
        for client in self.clients.values():
            backwards = Client()
            for letter in reversed(client.got):
                backwards.take(letter)
            assert (backwards.version, backwards.entry) == (client.version, client.entry)
        self.house.database.close()
        self.folder.cleanup()

    # What editors of the file do.

    @initialize()
    def begin(self) -> None:
        self.edit(title={"de": "Titel", "en": "Title"})
        self.add("ada", None)
        self.add("ben", "en")
        self.invite()

    @precondition(lambda self: not self.over)
    @rule(german=st.sampled_from(["Titel", "Neu"]), english=st.sampled_from(["Title", "New"]))
    def retitle(self, german: str, english: str) -> None:
        self.edit(title={"de": german, "en": english})

    @precondition(lambda self: not self.over)
    @rule(day=st.sampled_from(["08", "15"]), hour=st.sampled_from(["12:00", "13:00"]), tell=TELL)
    def move(self, day: str, hour: str, *, tell: bool) -> None:
        self.edit(date=f"2021-06-{day}", start=hour, tell=tell)

    @precondition(lambda self: not self.over)
    @rule(link=st.integers(1, 3))
    def change_link(self, link: int) -> None:
        self.edit(join_url=f"https://treffen.example/{link}")

    @precondition(lambda self: not self.over)
    @rule(status=st.sampled_from(["cancelled", "confirmed", "tentative"]), tell=TELL)
    def change_status(self, status: str, *, tell: bool) -> None:
        self.edit(status=status, tell=tell)

    @precondition(lambda self: not self.over)
    @rule(full=st.booleans(), materials=st.integers(0, 2))
    def change_what_is_no_news(self, materials: int, *, full: bool) -> None:
        told = [{"title": f"Folien {number}"} for number in range(materials)]
        self.edit(registration={"email": "a@stadt.example", "full": full}, materials=told)

    @precondition(lambda self: not self.over)
    @rule(tell=TELL)
    def withdraw_or_return(self, *, tell: bool) -> None:
        self.withdrawn = not self.withdrawn
        self.edit(tell=tell)

    # What staff do.

    @precondition(lambda self: len(self.clients) < 4)
    @rule(name=st.sampled_from(["eva", "ida"]), language=st.sampled_from([None, "en"]))
    def add(self, name: str, language: str | None) -> None:
        for guest in self.house.add(Listed(address=f"{name}@stadt.example", language=language)):
            self.clients[guest.id] = Client()

    @rule()
    def invite(self) -> None:
        self.house.invite()

    @rule()
    def update(self) -> None:
        right = {guest.id for guest in self.house.guests() if self.is_right(guest)}
        self.house.update()
        told = {message.guest for message in self.house.messages()[self.read :]}
        self.deliver()
        assert told & right == set()
        assert self.outdated() == set()
        if not self.over:
            expected = {guest.id for guest in self.house.guests() if self.should_be_right(guest)}
            wrong = {guest.id for guest in self.house.guests() if not self.is_right(guest)}
            assert expected & wrong == set()

    @rule(data=st.data())
    def sign_off(self, data: st.DataObject) -> None:
        guest = data.draw(st.sampled_from(self.house.guests()))
        self.house.sign_off(guest)

    @rule(data=st.data(), tell=TELL)
    def bring_back(self, data: st.DataObject, *, tell: bool) -> None:
        guest = data.draw(st.sampled_from(self.house.guests()))
        with self.house.database.writing() as transaction:
            bring_back(transaction, guest)
        if tell:
            self.invite()

    # What guests and clocks do.

    @rule(data=st.data(), answer=st.sampled_from(Partstat))
    def reply(self, data: st.DataObject, answer: Partstat) -> None:
        guest = data.draw(st.sampled_from(self.house.guests()))
        if self.clients[guest.id].entry is not None:
            self.clients[guest.id].answer = answer
            with self.house.database.writing() as transaction:
                remember_answer(transaction, guest, answer, at=self.house.now)

    @rule(hours=st.sampled_from([1, 30, 150, -1, -30]))
    def wait(self, hours: int) -> None:
        self.house.go(hours=hours)
        self.house.publish(self.text)

    # How it is judged.

    @invariant()
    def everybody_hears_what_is_new_and_nothing_else(self) -> None:
        if self.clients:
            self.deliver()
            guests = self.house.guests()
            wrong = {
                guest.id
                for guest in guests
                if self.should_be_right(guest) and not self.is_right(guest)
            }
            assert self.outdated() == (set() if self.over else wrong)
            # The answer that is remembered is the one of the calendar.
            for guest in guests:
                client = self.clients[guest.id]
                assert client.entry is None or guest.partstat == client.answer

    @property
    def text(self) -> str:
        # A second session, so that the series does not end with the first.
        told = schedule(session(**self.facts), session(3, "2021-09-14"))
        return f"{told}withdrawn: [2]\n" if self.withdrawn else told

    @property
    def over(self) -> bool:
        return self.start + HALF_AN_HOUR <= self.house.now

    @property
    def start(self) -> datetime:
        date, hour = self.facts.get("date", "2021-06-08"), self.facts.get("start", "12:00")
        return datetime.fromisoformat(f"{date} {hour}").replace(tzinfo=zone("Europe/Berlin"))

    def edit(self, *, tell: bool = False, **facts: Any) -> None:
        self.facts |= facts
        self.house.publish(self.text)
        if tell:
            self.update()

    def outdated(self) -> set[int]:
        edition = self.house.edition()
        with self.house.database.reading() as transaction:
            found = outdated(transaction, edition, now=self.house.now)
        return {guest.id for guest, _step in found.get("2", ())}

    def deliver(self) -> None:
        messages = self.house.messages()
        guests = {guest.id: guest for guest in self.house.guests()}
        for message in messages[self.read :]:
            assert message.guest is not None
            self.judge(message, guests[message.guest])
        self.read = len(messages)

    def judge(self, message: OutboxMessage, guest: Guest) -> None:
        assert message.data is not None
        letter, client = read(message.data), self.clients[guest.id]
        assert message.recipient == guest.address
        if client.version is not None:
            # RFC 5546 2.1.4: it has to rise with another date, and for a CANCEL.
            dated = client.entry is not None and client.entry[:2] != letter.entry[:2]
            risen = int(dated or letter.method == "CANCEL")
            assert letter.version.sequence >= client.version.sequence + risen
            assert letter.version.stamp > client.version.stamp
        if "2" in self.house.edition().by_id:
            edition = self.house.edition()
            saved = event(single_file(edition, "2", language="de", base_url=BASE_URL), UID)
            assert letter.version >= Version(int(saved["SEQUENCE"]), saved["DTSTAMP"])
        held = client.entry
        for _arrival in range(2):
            client.take(letter)
        client.got.append(letter)
        client.last = message.kind
        if letter.method == "REQUEST":
            assert letter.partstat == client.answer
            assert held is not None or letter.asks
            assert client.answer == "NEEDS-ACTION" or not letter.asks

    def should_be_right(self, guest: Guest) -> bool:
        """Tell whether ``guest`` was invited and neither signed off nor waits to come back."""
        came_back = self.clients[guest.id].last is Kind.SIGNED_OFF
        return guest.told is not None and guest.signed_off_at is None and not came_back

    def is_right(self, guest: Guest) -> bool:
        return self.clients[guest.id].entry == self.entry_for(guest)

    def entry_for(self, guest: Guest) -> Entry | None:
        """Return what the file says, as the calendar of ``guest`` should show it."""
        status = self.facts.get("status", "confirmed")
        if self.withdrawn or status == "cancelled":
            return None
        return (
            f"{self.start:%Y%m%dT%H%M%S}",
            f"{self.start + HALF_AN_HOUR:%Y%m%dT%H%M%S}",
            status.upper(),
            self.facts["title"][guest.language or "de"],
            self.facts.get("join_url", "https://treffen.example/geheim-2"),
        )


LifeMachine.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
TestLife = LifeMachine.TestCase
