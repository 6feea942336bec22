"""Guests in the history that the commands of a test work on."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from cli.commands import DATABASE, SERIES, write
from impulscal.history.database import Database
from impulscal.history.transaction import Transaction
from impulscal.invitations.guests import guests_of_session
from impulscal.invitations.inviting import Inviting, add_guests
from impulscal.invitations.model import Guest, Kind, Listed
from impulscal.invitations.post import Post
from impulscal.invitations.private import private_session
from impulscal.publication import recall
from impulscal.schedule.clock import zone

__all__ = [
    "ANNA",
    "HEADING",
    "INVITING_SERIES",
    "JUERGEN",
    "POST",
    "SESSION",
    "at",
    "guests",
    "invite_people",
    "save",
    "save_list",
    "sign_off",
    "writing",
]

INVITING_SERIES = f"{SERIES}  organizer: {{name: Einladende, email: einladung@example.org}}\n"

JUERGEN = Listed(address="j.mueller@stadt.example", name="Müller, Jürgen")
ANNA = Listed(address="anna@stadt.example", name="Anna Weiß")

POST = Post(base_url="https://kalender.example", secret_key="a long key for tests")

# One session; its link is private.
SESSION = """\
sessions:
  - {id: 2, date: 2021-06-08, title: Mitte, join_url: "https://treffen.example/2"}
"""
HEADING = "Reihe #2: Mitte\nTuesday, 8 June 2021, 12:00–12:30 (CEST)\n"


def at(moment: str) -> datetime:
    """Return a moment in Berlin."""
    return datetime.fromisoformat(moment).replace(tzinfo=zone("Europe/Berlin"))


@contextmanager
def writing() -> Iterator[Transaction]:
    database = Database.open(f"sqlite:///{DATABASE}")
    with database.writing() as transaction:
        yield transaction
    database.close()


def save(sessions: str = SESSION, path: str = "sessions.yaml", series: str = "reihe") -> Path:
    """Write a file of a series that can invite."""
    return write(sessions, path, INVITING_SERIES.replace("id: reihe", f"id: {series}"))


def save_list(*lines: str, path: str = "list.csv") -> str:
    """Write a guest list; with Jürgen and Anna if nobody is named."""
    rows = lines or ("Jürgen Müller;j.mueller@stadt.example", "Anna Weiß;anna@stadt.example")
    Path(path).write_text("\n".join(["Name;E-Mail", *rows, ""]), encoding="utf-8")
    return path


def guests(session: str = "2", series: str = "reihe") -> tuple[Guest, ...]:
    with writing() as transaction:
        return guests_of_session(transaction, series, session)


def invite_people(
    moment: str, *people: Listed, session: str = "2", series: str = "reihe"
) -> tuple[Guest, ...]:
    """Queue an invitation to each of ``people``, or to Jürgen, at ``moment``."""
    now = at(moment)
    database = Database.open(f"sqlite:///{DATABASE}")
    edition = recall(database, series, now=now)
    with database.writing() as transaction:
        private = private_session(transaction, edition, session)
        add_guests(transaction, private, people or (JUERGEN,), now=now)
        Inviting(transaction, private, POST, now).send({Kind.INVITATION})
    database.close()
    return guests(session, series)


def sign_off(moment: str, guest: Guest) -> None:
    """Let ``guest`` say at ``moment`` that they do not come."""
    now = at(moment)
    database = Database.open(f"sqlite:///{DATABASE}")
    edition = recall(database, guest.series, now=now)
    with database.writing() as transaction:
        private = private_session(transaction, edition, guest.session)
        Inviting(transaction, private, POST, now).sign_off(guest)
    database.close()
