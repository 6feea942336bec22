"""A small application behind the front, which counts how often it is asked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.test import Client, TestResponse

from impulscal.front import QUERY, Front

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

__all__ = ["ADDRESS", "BODY", "House"]

ADDRESS = "/kalender.ics"
BODY = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
MODIFIED = "Thu, 20 May 2021 07:00:00 GMT"


@dataclass
class House:
    """What is served, its version, its clock, and what has been asked of it."""

    body: bytes = BODY
    status: str = "200 OK"
    headers: dict[str, str] = field(
        default_factory=lambda: {
            "Content-Type": "text/calendar",
            "ETag": '"one"',
            "Last-Modified": MODIFIED,
        }
    )
    query: str | None = ""
    version: object = field(default_factory=object)
    is_ahead: bool = False
    most_bytes: int = 1024 * 1024
    asked: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.front = Front(
            self.answer, lambda: self.version, lambda _stamp: not self.is_ahead, self.most_bytes
        )
        self.client = Client(self.front)

    def answer(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        self.asked.append(dict(environ))
        if self.query is not None:
            environ[QUERY] = self.query
        length = ("Content-Length", str(len(self.body)))
        start_response(self.status, [*self.headers.items(), length])
        return [self.body]

    def get(self, address: str = ADDRESS, **headers: str) -> TestResponse:
        return self.client.get(address, headers=_named(headers))

    def head(self, address: str = ADDRESS, **headers: str) -> TestResponse:
        return self.client.head(address, headers=_named(headers))


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


@pytest.fixture
def house() -> House:
    return House()
