"""A folder with schedules and a history, and the web processes that serve them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from impulscal.schedule.clock import zone
from impulscal.settings import Clock, Settings
from impulscal.web import create_app

__all__ = ["NOW", "HandClock", "Serving", "health", "schedule", "session"]

NOW = datetime(2021, 5, 20, 9, tzinfo=zone("Europe/Berlin"))


@dataclass(frozen=True, slots=True)
class HandClock(Clock):
    """A clock that goes on by hand; whoever waits for it moves it."""

    hand: list[datetime] = field(default_factory=lambda: [NOW])

    def now(self, timezone: str = "Europe/Berlin") -> datetime:
        return self.hand[0].astimezone(zone(timezone))

    def seconds(self) -> float:
        return self.hand[0].timestamp()

    def has_reached(self, seconds: float) -> bool:
        return seconds <= self.seconds()

    def wait_for(self, stamp: datetime, *, at_most: timedelta) -> None:
        if timedelta() < self.ahead(stamp) <= at_most:
            self.hand[0] = stamp

    def go(self, **duration: float) -> None:
        self.hand[0] += timedelta(**duration)


def session(number: int, date: str, **facts: Any) -> dict[str, Any]:
    return {"id": number, "date": date, "title": f"Termin {number}", **facts}


def schedule(*sessions: dict[str, Any], withdrawn: tuple[int, ...] = (), **series: Any) -> str:
    """Return a ``sessions.yaml``; two sessions if none is given."""
    told = {
        "id": "stadtimpuls",
        "domain": "einsateam.de",
        "title": "stadt:impuls",
        "start": "12:00",
        "duration": "30 min",
        **series,
    }
    several = sessions or (session(1, "2021-06-08"), session(2, "2021-07-13"))
    document: dict[str, Any] = {"series": told, "sessions": list(several)}
    if withdrawn:
        document["withdrawn"] = list(withdrawn)
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False)


@dataclass
class Serving:
    """What an operator has: files, a history, a clock; and processes started on them."""

    folder: Path
    clock: Clock = field(default_factory=HandClock)
    schedules: tuple[Path, ...] = ()

    @property
    def hand(self) -> HandClock:
        assert isinstance(self.clock, HandClock)
        return self.clock

    @property
    def history(self) -> Path:
        return self.folder / "impulscal.sqlite3"

    @property
    def file(self) -> Path:
        return self.folder / "sessions.yaml"

    def write(self, text: str, name: str = "sessions.yaml") -> Path:
        """Save a file the way an editor does: whole, at once."""
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        new = path.with_suffix(".new")
        new.write_text(text, encoding="utf-8")
        new.replace(path)
        return path

    def settings(self, **changed: Any) -> Settings:
        told: dict[str, Any] = {
            "schedules": self.schedules or (self.file,),
            "base_url": "https://kalender.example",
            # Busy seconds short enough for a test.
            "database_url": f"sqlite:///{self.history}?timeout=0.05",
            # Each request looks.
            "reload_seconds": 1e-9,
            "clock": self.clock,
        }
        return Settings(**{**told, **changed})

    def start(self, **changed: Any) -> FlaskClient:
        """Start a process; it knows nothing of the others but the files and the history."""
        return create_app(self.settings(**changed)).test_client()


def health(client: FlaskClient) -> dict[str, Any]:
    answer: TestResponse = client.get("/healthz")
    told: dict[str, Any] = answer.get_json()
    return told
