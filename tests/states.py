"""Every state that the pages know, each as a series of its own, all seen at one moment.

Friday, 4 June 2021, ten past twelve. What the public must not know carries ``SECRET``, and
each text says where it stands, so that a leak tells its own way.
"""

import struct
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from impulscal.history.database import Database
from impulscal.history.transaction import Transaction
from impulscal.invitations import outbox
from impulscal.invitations.inviting import Inviting, add_guests, set_join_link
from impulscal.invitations.model import Kind, Listed
from impulscal.invitations.post import Post
from impulscal.invitations.private import private_session
from impulscal.publication import recall
from impulscal.schedule.clock import zone
from impulscal.settings import Clock, Settings
from impulscal.web import create_app
from states_of_texts import TEXTS

__all__ = ["GUESTS", "KEY", "MOMENT", "SECRET", "STAFF", "STATES", "publish", "settings"]

MOMENT = "2021-06-04T12:10"

SECRET = "verraten"
"""Stands in everything that is private or not yet announced, and nowhere else."""

STAFF = f"team@{SECRET}.example"

KEY = f"{SECRET}-key-of-the-tests"
"""Signs the sign-off links of the guests."""

GUESTS = {
    **dict.fromkeys(("offen", "laeuft", "vorbei", "vorlaeufig", "fehler", "zweisprachig"), "2"),
    **dict.fromkeys(("abgesagt", "verschoben", "zurueckverschoben", "findet-doch-statt"), "2"),
    "zurueckgezogen": "3",
}
"""The series that people were invited to, and the session."""

REAL = Path(__file__).parent.parent / "sessions.yaml"

Facts = Mapping[str, Any]
Document = dict[str, Any]


def _series(name: str, **facts: Any) -> Document:
    return {
        "id": name,
        "domain": "example.org",
        "title": f"Reihe {name}",
        "subtitle": "Praxis-Wissen in einer halben Stunde",
        "start": "12:00",
        "duration": "30 min",
        "location": "Online",
        "organizer": {"name": "Stadt Beispiel", "email": "reihe@example.org"},
        "registration": {"email": "reihe@example.org", "closes": "4 days before"},
        "imprint": "https://example.org/impressum",
        "privacy": "https://example.org/datenschutz",
        "accessibility": {"statement": "https://example.org/barrierefreiheit"},
        **facts,
    }


def _session(number: int, day: str, **facts: Any) -> Document:
    """Return a session with everything that can be said of one."""
    return {
        "id": number,
        "date": day,
        "title": f"Grüne Stadt, Teil {number}",
        "topic": "Grüne Stadt" if number % 2 else "Soziale Stadt",
        "teaser": "Wie bleibt es im Sommer kühl?",
        "description": "Ein *kurzer* Vortrag.\n\n## Ablauf\n\n1. Impuls\n2. Fragen\n",
        "speakers": [
            {
                "name": "Dr. Ada Beispiel",
                "role": "Grünamt",
                "organisation": "Stadt Beispiel",
                "about": "Ada Beispiel plant Parks.",
            }
        ],
        "links": [{"title": "Das Projekt", "url": "https://example.org/projekt"}],
        "images": [{"src": "bilder/offen.png", "alt": "Ein Park", "credit": "Stadt Beispiel"}],
        "join_url": f"https://treffen.example/{SECRET}-{number}",
        **facts,
    }


def _unannounced(number: int, day: str, **facts: Any) -> Document:
    """Return a session of which nothing but the working title is public yet."""

    def secret(key: str) -> str:
        return f"{SECRET.capitalize()} {key}"

    return {
        "id": number,
        "date": day,
        "title": secret("title"),
        "working_title": f"Arbeitstitel {number}",
        "topic": secret("topic"),
        "teaser": secret("teaser"),
        "description": secret("description"),
        "location": secret("location"),
        "speakers": [{key: secret(key) for key in ("name", "role", "organisation", "about")}],
        "moderators": [{key: secret(f"moderator {key}") for key in ("name", "about")}],
        "registration": {
            "url": f"https://example.org/{SECRET}/registration",
            "note": secret("registration note"),
        },
        "links": [{"title": secret("link"), "url": f"https://example.org/{SECRET}/link"}],
        "materials": [{"title": secret("material"), "url": f"https://example.org/{SECRET}/m"}],
        "images": [
            {"src": f"bilder/{SECRET}.png", "alt": secret("alt"), "credit": secret("credit")}
        ],
        "announce": "2 days before",
        "join_url": f"https://treffen.example/{SECRET}-{number}",
        **facts,
    }


def _document(series: Document, *sessions: Document, **more: Any) -> str:
    document = {"series": series, "sessions": list(sessions), **more}
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False)


def _one(name: str, day: str, **facts: Any) -> tuple[str, ...]:
    """Return a series in whose only coming session ``facts`` hold; another one is over."""
    return (_document(_series(name), _session(1, "2021-05-04"), _session(2, day, **facts)),)


def _steps(name: str, *changes: Facts) -> tuple[str, ...]:
    """Return what a series was, state after state, while its second session changed."""
    return tuple(_one(name, "2021-06-15", **change)[0] for change in changes)


_MOVED = {"date": "2021-06-22", "note": "Der Saal ist belegt."}
_CANCELLED = {"status": "cancelled", "note": "Die Referentin ist erkrankt."}


def _many() -> str:
    first = date(2019, 1, 8)
    days = (first + timedelta(days=7 * week) for week in range(300))
    sessions = (
        {**_session(number, day.isoformat()), "topic": f"Thema {number % 12}"}
        for number, day in enumerate(days, 1)
    )
    return _document(_series("dreihundert"), *sessions)


def _withdrawn() -> tuple[str, ...]:
    """Return a series that published a session by mistake."""
    mistake = _unannounced(3, "2021-06-29", announce="now")
    kept = _session(2, "2021-06-15")
    return (
        _document(_series("zurueckgezogen"), kept, mistake),
        _document(_series("zurueckgezogen"), kept, withdrawn=[3]),
    )


def _broken() -> tuple[str, ...]:
    """Return a series whose file has got an error since it was published."""
    good = _document(_series("fehler"), _session(2, "2021-06-15"))
    wrong = _session(3, f"{SECRET}-date", title=f"{SECRET} title")
    return good, _document(_series("fehler"), _session(2, "2021-06-15"), wrong)


STATES: Mapping[str, tuple[str, ...]] = {
    "stadtimpuls": (REAL.read_text(encoding="utf-8"),),
    "vor-ankuendigung": (
        _document(_series("vor-ankuendigung"), _unannounced(1, "2021-06-15", status="tentative")),
    ),
    "offen": _one("offen", "2021-06-15"),
    "letzter-tag": _one("letzter-tag", "2021-06-08"),
    "geschlossen": _one("geschlossen", "2021-06-07"),
    "laeuft": _one("laeuft", "2021-06-04"),
    "vorbei": (
        _document(
            _series("vorbei"),
            _session(1, "2021-05-04"),
            _session(
                2,
                "2021-05-11",
                materials=[{"title": "Folien", "url": "https://example.org/folien.pdf"}],
            ),
        ),
    ),
    "abgesagt": _steps("abgesagt", {}, _CANCELLED),
    "verschoben": _steps("verschoben", {}, _MOVED),
    "zurueckverschoben": _steps("zurueckverschoben", {}, _MOVED, {}),
    "findet-doch-statt": _steps("findet-doch-statt", {}, _CANCELLED, {}),
    "vorlaeufig": _one("vorlaeufig", "2021-06-15", status="tentative"),
    "ausgebucht": _one(
        "ausgebucht", "2021-06-15", registration={"full": True, "note": "Es gibt eine Warteliste."}
    ),
    "ohne-anmeldung": _one("ohne-anmeldung", "2021-06-15", registration="none"),
    "web-anmeldung": _one(
        "web-anmeldung", "2021-06-15", registration={"url": "https://example.org/anmeldung"}
    ),
    "ohne-termine": (_document(_series("ohne-termine")),),
    "ein-termin": (_document(_series("ein-termin"), _session(1, "2021-06-15")),),
    "dreihundert": (_many(),),
    "zurueckgezogen": _withdrawn(),
    "fehler": _broken(),
    **{
        name: (_document(_series(name, **series), *(_session(n, d, **f) for n, d, f in sessions)),)
        for name, (series, sessions) in TEXTS.items()
    },
}
"""What was published of each series, in order; the last is what is served at ``MOMENT``."""

_EARLIER = ("2021-05-20T09:00", "2021-05-27T09:00")


def publish(folder: Path, names: Iterable[str] = STATES) -> None:
    """Publish what each series was and leave the file of ``MOMENT``, not yet published.

    Args:
        folder: Gets the files, their pictures and the history.
        names: Of the states.
    """
    names = tuple(names)
    pictures = folder / "bilder"
    pictures.mkdir(parents=True, exist_ok=True)
    (pictures / "offen.png").write_bytes(_picture(b"open"))
    (pictures / f"{SECRET}.png").write_bytes(_picture(SECRET.encode()))
    for back, moment in zip((3, 2), _EARLIER, strict=True):
        _write(folder, {name: STATES[name][-min(back, len(STATES[name]))] for name in names})
        earlier = replace(settings(folder), clock=Clock(datetime.fromisoformat(moment)))
        create_app(earlier).extensions["impulscal"].editions.current()
    _invite(settings(folder), names)
    _write(folder, {name: STATES[name][-1] for name in names})


def settings(folder: Path, base_url: str = "https://kalender.example") -> Settings:
    """Return the settings with which the states are served at ``MOMENT``."""
    return Settings(
        schedules=(folder,),
        base_url=base_url,
        database_url=f"sqlite:///{folder / 'history.sqlite3'}",
        clock=Clock(datetime.fromisoformat(MOMENT)),
    )


def _invite(told: Settings, names: Iterable[str]) -> None:
    """Invite guests as things stood before ``MOMENT``: each in a state of their own."""
    database = Database.open(told.database_url)
    now = datetime.fromisoformat(_EARLIER[-1]).replace(tzinfo=zone("Europe/Berlin"))
    for name in names:
        if name in GUESTS:
            edition = recall(database, name, now=now)
            with database.writing() as transaction:
                private = private_session(transaction, edition, GUESTS[name])
                private = set_join_link(transaction, private, f"https://{SECRET}.example/{name}")
                post = Post(base_url=told.base_url, secret_key=KEY)
                _invite_to(Inviting(transaction, private, post, now), now)
    database.close()


def _invite_to(inviting: Inviting, now: datetime) -> None:
    """Invite three people: one stays away, one has no mailbox; a fourth is not yet invited."""
    transaction, private = inviting.transaction, inviting.private
    people = [
        Listed(address=f"gast-{number}@{SECRET}.example", name=f"{SECRET.capitalize()}, Gast")
        for number in range(4)
    ]
    gone, *_others = add_guests(transaction, private, people[:3], now=now).new
    inviting.send({Kind.INVITATION})
    inviting.sign_off(gone)
    _refuse_one(transaction, now)
    add_guests(transaction, private, people[3:], now=now)


def _refuse_one(transaction: Transaction, now: datetime) -> None:
    claimed = outbox.claim(transaction, now=now, lease=timedelta(minutes=5))
    if claimed is not None:
        outbox.give_up(transaction, claimed, f"550 <{claimed.recipient}>: no such user")


def _write(folder: Path, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        new = folder / f"{name}.new"
        new.write_text(text, encoding="utf-8")
        new.replace(folder / f"{name}.yaml")


def _picture(comment: bytes) -> bytes:
    """Return a picture (PNG) of 64 times 36 pixels with ``comment`` in it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)

    rows = b"".join(b"\0" + bytes((62, 196, 194)) * 64 for _row in range(36))
    header = struct.pack(">IIBBBBB", 64, 36, 8, 2, 0, 0, 0)
    parts = {b"IHDR": header, b"tEXt": b"Comment\0" + comment, b"IDAT": zlib.compress(rows)}
    chunks = b"".join(chunk(kind, data) for kind, data in parts.items())
    return b"\x89PNG\r\n\x1a\n" + chunks + chunk(b"IEND", b"")
