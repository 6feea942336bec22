"""A series with guests: a file that is published, a database, and a post that writes mail."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from impulscal.edition import Edition
from impulscal.history.database import Database
from impulscal.invitations import outbox
from impulscal.invitations.guests import guests_of_session
from impulscal.invitations.inviting import UPDATES, Inviting, add_guests
from impulscal.invitations.model import Guest, Kind, Listed, OutboxMessage, PrivateSession, Step
from impulscal.invitations.post import Post
from impulscal.invitations.private import private_session
from impulscal.publication import publish, recall
from impulscal.saved_file import load
from impulscal.schedule.clock import zone
from impulscal.schedule.reader import read

__all__ = ["JOIN_URL", "JUERGEN", "NOW", "POST", "House", "schedule", "session"]

NOW = datetime(2021, 5, 20, 9, tzinfo=zone("Europe/Berlin"))

JOIN_URL = "https://treffen.example/geheim-2"

JUERGEN = Listed(address="j.mueller@stadt.example", name="Müller, Jürgen")

POST = Post(base_url="https://kalender.example", secret_key="a key for tests")


def session(number: int = 2, date: str = "2021-06-08", **facts: Any) -> dict[str, Any]:
    return {
        "id": number,
        "date": date,
        "title": f"Gerechte Stadt, Teil {number}",
        "join_url": f"https://treffen.example/geheim-{number}",
        **facts,
    }


def schedule(*sessions: dict[str, Any], **series: Any) -> str:
    """Return a ``sessions.yaml``; with session 2 alone if none is given."""
    told = {
        "id": "stadtimpuls",
        "domain": "einsateam.de",
        "title": "stadt:impuls",
        "start": "12:00",
        "duration": "30 min",
        "location": "Online",
        "organizer": {"name": "EINSATEAM", "email": "stadtimpuls@einsateam.de"},
        **series,
    }
    document = {"series": told, "sessions": list(sessions or (session(),))}
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False)


@dataclass
class House:
    """What staff have: a file, a database, a clock that goes on by hand."""

    folder: Path
    now: datetime = NOW
    post: Post = POST
    url: str = ""
    database: Database = field(init=False)

    def __post_init__(self) -> None:
        self.url = self.url or f"sqlite:///{self.folder / 'impulscal.sqlite3'}"
        self.database = Database.open(self.url)
        # Another process may be reading it.
        if not self.file.exists():
            self.publish(schedule())

    @property
    def file(self) -> Path:
        return self.folder / "sessions.yaml"

    def go(self, **duration: float) -> None:
        """Let time pass."""
        self.now += timedelta(**duration)

    def publish(self, text: str) -> None:
        """Save ``text`` and publish it, as `impulscal serve` would."""
        self.file.write_text(text, encoding="utf-8")
        saved = load(self.file, read_ns=int(self.now.timestamp() * 1e9))
        assert not hasattr(saved, "code"), saved
        reading = read(saved.data, folder=self.folder, now=self.now)
        published = publish(self.database, saved, reading, now=self.now)
        assert published.edition is not None, published.problems

    def edition(self) -> Edition:
        return recall(self.database, "stadtimpuls", now=self.now)

    def private(self, number: int = 2) -> PrivateSession:
        edition = self.edition()
        with self.database.reading() as transaction:
            return private_session(transaction, edition, str(number))

    def add(self, *people: Listed, number: int = 2) -> tuple[Guest, ...]:
        private = self.private(number)
        with self.database.writing() as transaction:
            return add_guests(transaction, private, people or (JUERGEN,), now=self.now).new

    def guests(self, number: int = 2) -> tuple[Guest, ...]:
        with self.database.reading() as transaction:
            return guests_of_session(transaction, "stadtimpuls", str(number))

    def invite(self, *, number: int = 2) -> tuple[Step, ...]:
        """Queue first invitations."""
        return self._send({Kind.INVITATION}, number)

    def update(self, *, number: int = 2) -> tuple[Step, ...]:
        """Queue what guests are due whose copy is out of date."""
        return self._send(set(UPDATES), number)

    def sign_off(self, guest: Guest, *, number: int = 2) -> Guest:
        private = self.private(number)
        with self.database.writing() as transaction:
            return Inviting(transaction, private, self.post, self.now).sign_off(guest)

    def messages(self) -> tuple[OutboxMessage, ...]:
        with self.database.reading() as transaction:
            return outbox.messages(transaction, texts=True)

    def _send(self, kinds: set[Kind], number: int) -> tuple[Step, ...]:
        private = self.private(number)
        with self.database.writing() as transaction:
            told = Inviting(transaction, private, self.post, self.now).send(kinds)
        return tuple(step for _guest, step in told)
