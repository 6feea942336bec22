"""Calendar programs as subscribers: what each of them sends (CLIENTS.md 2.1), and when."""

from collections.abc import Mapping
from dataclasses import dataclass

from soak.author import FIRST, SERIES

__all__ = ["ADDRESSES", "PROGRAMS", "Address", "Program"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A subscribed address.

    Attributes:
        target: As the program asks for it.
        canonical: The same in the way in which its answers are alike.
        topic: The only topic that is shown, or None.
        single: Whether it is the file of one session.
    """

    target: str
    canonical: str
    topic: str | None = None
    single: bool = False


def _plain(target: str, topic: str | None = None) -> Address:
    return Address(target=target, canonical=target, topic=topic)


_FEED = f"/{SERIES}.ics"

ADDRESSES = (
    _plain(_FEED),
    _plain(f"/de{_FEED}"),
    _plain(f"/en{_FEED}"),
    _plain(f"/feeds/google{_FEED}"),
    _plain(f"/en/feeds/deadlines{_FEED}"),
    _plain(f"/feeds/reminder{_FEED}"),
    _plain(f"{_FEED}?deadlines=1&alarm=45"),
    _plain(f"{_FEED}?topic=stadt", topic="stadt"),
    # Trackers add what nobody knows; people add slashes.
    Address(target=f"{_FEED}?utm_source=letter", canonical=_FEED),
    Address(target=f"/{_FEED}/", canonical=_FEED),
    Address(target=f"{_FEED}?alarm=45&deadlines=1", canonical=f"{_FEED}?deadlines=1&alarm=45"),
    Address(target=f"/{SERIES}/{FIRST}.ics", canonical=f"/{SERIES}/{FIRST}.ics", single=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A calendar program.

    Attributes:
        headers: What it sends with every request, Host aside.
        by_etag: Whether it sends If-None-Match.
        by_date: Whether it sends If-Modified-Since.
        asks_head: Whether it asks HEAD before GET.
    """

    name: str
    headers: Mapping[str, str]
    by_etag: bool = False
    by_date: bool = False
    asks_head: bool = False


_CALENDARS = "text/calendar, application/calendar+json, application/calendar+xml"

PROGRAMS = (
    Program(
        name="Thunderbird",
        headers={
            "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Thunderbird/140.3",
            "Accept": "text/calendar,text/plain;q=0.8,*/*;q=0.5",
            "Accept-Encoding": "gzip, deflate, br, zstd",
        },
        by_etag=True,
        asks_head=True,
    ),
    Program(
        name="Evolution",
        headers={"User-Agent": "Evolution/3.56.2", "Accept-Encoding": "gzip, deflate"},
        by_etag=True,
    ),
    Program(
        name="Apple",
        headers={
            "User-Agent": "iOS/26.5 (23F77) dataaccessd/1.0",
            "Accept": "*/*",
            "Accept-Encoding": "gzip, deflate, br",
            "Accept-Language": "de-DE,de;q=0.9",
        },
        by_date=True,
    ),
    Program(name="Google", headers={"User-Agent": "Google-Calendar-Importer"}),
    Program(
        name="ICSx5",
        headers={"User-Agent": "ICSx5/2.4 (ical4j/3.2 okhttp/5.1 Android/16)", "Accept": "*/*"},
        by_etag=True,
        by_date=True,
    ),
    Program(
        name="Nextcloud",
        headers={"User-Agent": "Nextcloud Webcal Service", "Accept": _CALENDARS},
    ),
    Program(
        name="Outlook",
        headers={
            "User-Agent": "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0; Pro)",
            "Authorization": "Bearer",
            "X-IDCRL_ACCEPTED": "t",
        },
        by_etag=True,
        by_date=True,
    ),
    Program(
        name="Exchange",
        headers={"User-Agent": "Microsoft.Exchange/15.20", "Accept-Encoding": "gzip"},
    ),
)
