"""A house with a staff area: what somebody of the staff has before them in a browser."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from impulscal.schedule.clock import zone
from impulscal.settings import Clock, MailServer, Settings
from impulscal.web import create_app
from impulscal.web.staff import access
from impulscal.web.staff.cookies import COOKIE
from invitations.house import House

__all__ = ["PAUL", "PETRA", "Desk", "HouseClock"]

PETRA = "petra@stadt.example"
PAUL = "paul@stadt.example"


@dataclass(frozen=True, slots=True)
class HouseClock(Clock):
    """The clock of the house, which goes on by hand."""

    house: House | None = None

    def now(self, timezone: str = "Europe/Berlin") -> datetime:
        assert self.house is not None
        return self.house.now.astimezone(zone(timezone))

    def wait_for(self, stamp: datetime, *, at_most: timedelta) -> None:
        assert self.house is not None
        if timedelta() < self.ahead(stamp) <= at_most:
            self.house.now = stamp


@dataclass
class Desk:
    """A browser, and the process that answers it.

    Attributes:
        changed: Settings that differ from the usual ones.
    """

    house: House
    changed: dict[str, Any] = field(default_factory=dict)
    app: Flask = field(init=False)
    client: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.app = create_app(self.settings)
        self.client = self.app.test_client()

    @property
    def settings(self) -> Settings:
        told: dict[str, Any] = {
            "schedules": (self.house.file,),
            "base_url": self.house.post.base_url,
            "database_url": self.house.url,
            # Each request looks.
            "reload_seconds": 1e-9,
            "clock": HouseClock(house=self.house),
            "secret_key": self.house.post.secret_key,
            "staff": (PETRA, PAUL),
            "mail_server": MailServer(host="mail.example", port=25),
        }
        return Settings(**{**told, **self.changed})

    @property
    def base_path(self) -> str:
        return self.settings.base_path

    @property
    def cookie(self) -> str:
        """What the browser keeps of its session; empty without one."""
        kept = self.client.get_cookie(COOKIE, path=f"{self.base_path}/staff")
        return "" if kept is None else kept.value

    @property
    def csrf(self) -> str:
        """What the forms of this session bring along."""
        name = access.id_in_cookie(self.settings, self.cookie)
        return "" if name is None else access.csrf_of(self.settings, name)

    def link(self, address: str = PETRA) -> str:
        """Return the path of a new sign-in link, as `impulscal staff-link` makes it."""
        made = access.make_link(self.house.database, self.settings, address, self.house.now)
        return self.base_path + made.removeprefix(self.settings.base_url)

    def sign_in(self, address: str = PETRA) -> "Desk":
        answer = self.client.post(self.link(address))
        assert answer.status_code == 303, answer.text
        return self

    def get(self, path: str) -> TestResponse:
        """Open a page, say ``/staff/outbox``."""
        return self.client.get(self.base_path + path)

    def post(self, path: str, **fields: Any) -> TestResponse:
        """Send a form of ours: with its CSRF token, from our own address."""
        return self.client.post(
            self.base_path + path,
            data={"csrf": self.csrf, **fields},
            headers={"Sec-Fetch-Site": "same-origin"},
        )
