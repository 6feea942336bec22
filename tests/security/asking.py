"""Requests that anybody may send: every rule of the application, filled with sense and junk."""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

__all__ = ["METHODS", "Asked", "faults", "made_up"]

METHODS = (
    *("GET", "GET", "GET", "HEAD", "OPTIONS", "POST", "POST", "PUT", "PATCH", "DELETE"),
    *("TRACE", "CONNECT", "PROPFIND", "REPORT", "MKCALENDAR", "get", "X" * 300),
)
"""Those of browsers and of calendar programs, and some that are nobody's."""

_JUNK = (
    *("", ".", "..", "../..", "%2e%2e%2f", "a/b", "a\\b", "\x00", "\r\nX-Evil: 1", "\n", "\t", " "),
    *("<script>", "{{7*7}}", "{0.__class__}", "%(x)s", "%s%n", "'", '"', ";", "&", "?", "#", "//"),
    *("//boese.example", "https://boese.example", "javascript:alert(1)", "é", "\udcff", "\xff\xfe"),
    *("\u202e", "\u2028", "ﷺ", "a" * 300, "9" * 400, "-1", "1e400", "NaN", "nan", "true", "null"),
)

_SENSE = {
    "lang": ("de", "en"),
    "series": ("stadtimpuls", "staff", "feeds"),
    "session": ("2", "1", "embed", "share", "changes", "sign-off"),
    "variant": ("google", "deadlines", "reminder"),
    "accent": ("00595e", "ffffff"),
    "name": ("style.css", "site.js", "1-0123456789.png", "stadtimpuls-2"),
    "guest": ("1", "2", "0"),
    "rest": ("outbox", "sign-in/x", "stadtimpuls/2/guests/1"),
}

_OPTIONS = (
    *("deadlines", "alarm", "topic", "cancelled", "texts", "limit", "past", "theme", "accent"),
    *("lang", "next", "page", "q", "utm_source", "fbclid", "_method", "callback", "csrf", "email"),
)

_VALUES = ("1", "0", "30", "10080", "visible", "de", "en", "dark", "00595e", "7", "100", "x")

_HEADERS = (
    *("Accept", "Accept-Encoding", "Accept-Language", "Accept-Charset", "Authorization", "Cookie"),
    *("Host", "Origin", "Referer", "Range", "If-Range", "If-Match", "If-None-Match", "Upgrade"),
    *("If-Modified-Since", "If-Unmodified-Since", "User-Agent", "Forwarded", "X-Forwarded-For"),
    *("X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "X-Forwarded-Port", "Via"),
    *("X-Original-URL", "X-Rewrite-URL", "X-HTTP-Method-Override", "X-Host", "Sec-Fetch-Site"),
    *("Content-Type", "Content-Length", "Content-Encoding", "Transfer-Encoding", "Depth", "TE"),
    *("Expect", "Connection", "Cache-Control", "Pragma", "Date", "X-Script-Name", "Prefer"),
)

_HEADER_VALUES = (
    *("*", "*/*", "gzip, br", "br;q=1, identity;q=0", "gzip;q=0.5, *;q=0", '"x"', 'W/"x", "y"'),
    *("boese.example", "https://boese.example", "kalender.example:80", "host=boese.example"),
    *("/boese", "http", "bytes=0-10", "bytes=5-1,9-", "POST", "same-origin", "cross-site", "null"),
    *(
        "Thu, 20 May 2021 07:00:00 GMT",
        "Thu, 01 Jan 9999 00:00:00 GMT",
        "0",
        "-1",
        "1",
        "99999999999",
    ),
    *("application/x-www-form-urlencoded", "multipart/form-data", "application/json", "text/xml"),
    *("multipart/form-data; boundary=x", "text/html; charset=utf-7", "chunked", "websocket"),
    *("impulscal_staff=x; impulscal_staff=y", "a=b;;=;\xff", "Basic YTpi", "Bearer x", "infinity"),
)

_BODIES = (
    *(b"", b"\x00" * 50, b"{", b"a=b&c=%zz&=&&;", b'{"a":' * 50, b"<?xml version='1.0'?><a/>"),
    b"--x\r\nContent-Disposition: form-data; name=file; filename=../../x.csv\r\n\r\na@b.c\r\n--x--",
    b"--x\r\nContent-Disposition: form-data\r\n\r\n",
    *(urlencode({"email": value, "csrf": "x", "list": value}).encode() for value in _JUNK[6:10]),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request. Headers hold what a server hands on: no line breaks, Latin-1."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def send(self, client: FlaskClient) -> TestResponse:
        """Send it past all that a client would mend, as a server hands it on."""
        wire = {
            "PATH_INFO": _wire(self.path),
            "QUERY_STRING": _wire(self.query),
            "REQUEST_METHOD": self.method,
            "CONTENT_LENGTH": str(len(self.body)),
        }
        for name, value in self.headers.items():
            plain = name.upper().replace("-", "_")
            key = plain if plain in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{plain}"
            wire[key] = value
        answer: TestResponse = client.open("/", environ_overrides=wire, data=self.body)
        return answer


def _wire(text: str) -> str:
    """Return ``text`` as WSGI has it: bytes read as Latin-1 (PEP 3333)."""
    return text.encode("utf-8", "surrogateescape").decode("latin-1")


def made_up(app: Flask, known: Mapping[str, Sequence[str]], chance: random.Random) -> Asked:
    """Return a request to some rule of ``app``.

    Args:
        app: The application.
        known: What arguments of the rules are that lead somewhere, beside those of this file.
        chance: Which it is.
    """
    names = [chance.choice(_HEADERS) for _ in range(chance.choice((0, 0, 1, 2, 5)))]
    pairs = [_pair(chance) for _ in range(chance.choice((0, 0, 1, 2, 4)))]
    return Asked(
        method=chance.choice(METHODS),
        path=_path(app, {**_SENSE, **known}, chance),
        query="&".join(pairs),
        headers={name: _header(chance) for name in names},
        body=chance.choice(_BODIES),
    )


def _path(app: Flask, sense: Mapping[str, Sequence[str]], chance: random.Random) -> str:
    if chance.random() < 0.2:
        wild = [chance.choice((*_JUNK, *sense["series"])) for _ in range(chance.randint(0, 4))]
        return f"/{'/'.join(wild)}"

    def fill(place: re.Match[str]) -> str:
        return chance.choice(_JUNK if chance.random() < 0.3 else sense.get(place[1], ("x",)))

    rule = chance.choice(sorted(rule.rule for rule in app.url_map.iter_rules()))
    return re.sub(r"<(?:[^<>:]+:)?([^<>]+)>", fill, rule)


def _pair(chance: random.Random) -> str:
    value = chance.choice(chance.choice((_VALUES, _JUNK)))
    return chance.choice((f"{chance.choice(_OPTIONS)}={value}", value))


def _header(chance: random.Random) -> str:
    if chance.random() < 0.7:
        return chance.choice(_HEADER_VALUES)
    return "".join(chr(chance.choice((*range(32, 127), *range(160, 256)))) for _ in range(20))


# A word that no answer may hold in a header: it stands for what a header was made to say.
_EVIL = re.compile(r"x-evil|boese\.example", re.IGNORECASE)


def faults(asked: Asked, answer: TestResponse) -> list[str]:
    """Return what is wrong with the answer to ``asked``, whoever asked."""
    found = [*_of_status(asked, answer), *_of_headers(asked, answer)]
    if b"Traceback (most recent call last)" in answer.data:
        found.append("a traceback")
    if asked.method == "HEAD" and answer.data:
        found.append("a body for HEAD")
    return found


def _of_status(asked: Asked, answer: TestResponse) -> list[str]:
    found = []
    if answer.status_code >= 500:
        found.append(f"status {answer.status_code}")
    if answer.status_code == 405 and not answer.headers.get("Allow"):
        found.append("405 without Allow")
    if answer.status_code == 200 and answer.mimetype == "text/calendar" and asked.method == "GET":
        whole = answer.data.startswith(b"BEGIN:VCALENDAR\r\n")
        if not (whole and answer.data.endswith(b"END:VCALENDAR\r\n")):
            found.append("a calendar that is not whole")
        if "Content-Encoding" in answer.headers:
            found.append("a packed calendar")
    return found


def _of_headers(asked: Asked, answer: TestResponse) -> list[str]:
    headers = answer.headers
    names = [name.lower() for name, _value in headers]
    found = [f"{name} twice" for name in set(names) - {"set-cookie"} if names.count(name) > 1]
    found += [
        f"{name}: {value!r}"
        for name, value in headers
        if not value.isprintable() or not value.isascii() or _EVIL.search(name)
    ]
    found += [
        f"no {name}"
        for name in ("X-Content-Type-Options", "Referrer-Policy")
        if name not in headers
    ]
    if answer.mimetype == "text/html" and "Content-Security-Policy" not in headers:
        found.append("no policy for a page")
    # A browser takes two slashes, of either kind, for the beginning of a host.
    if re.match(r"/(?![/\\])", headers.get("Location", "/")) is None:
        found.append(f"a redirect to {headers['Location']}")
    staff = f"{asked.path}/".startswith("/staff/")
    if "Set-Cookie" in headers and not staff:
        found.append("a cookie outside the staff area")
    if (
        staff
        and headers.get("Cache-Control") != "no-store"
        and answer.status_code not in (405, 200)
    ):
        found.append(f"Cache-Control: {headers.get('Cache-Control')} in the staff area")
    return found
