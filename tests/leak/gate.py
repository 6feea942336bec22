"""The leak gate: walks every public address and tells where something private is read.

The addresses are those that the rules of the application can name, those with options,
those that must not exist, whatever any answer names, and the files of the static export.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from urllib.parse import unquote, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from impulscal.export import export
from impulscal.language import LANGUAGES
from impulscal.links import VARIANTS

__all__ = ["Leak", "leaks", "public_addresses", "walk", "walk_export"]

BASE_URL = "https://kalender.example"

# Each option of an address, and what is refused: a refusal lists what is allowed.
_OPTIONS = {
    "feeds.show_feed": ("deadlines=1&alarm=30&cancelled=visible", "topic=none", "alarm=none"),
    "pages.show_series": ("deadlines=1&alarm=30&texts=en", "topic=none", "alarm=none"),
    "embed.show_frame": ("past=1&limit=100&theme=dark", "limit=none"),
    "share.show_share": ("past=1&limit=100", "limit=none"),
}

_UNKNOWN = ("/nothing", "/nothing.ics", "/nothing/1/", "/staff", "/staff/")


@dataclass(frozen=True, slots=True)
class Leak:
    """A place where something private was read, with the words around it."""

    where: str
    words: str


def leaks(where: str, told: bytes, secrets: tuple[str, ...]) -> Iterator[Leak]:
    """Yield a leak for each of ``secrets`` that is read in ``told``, however it is written.

    Folded lines (RFC 5545 3.1), percent signs, entities, escapes of JSON and characters that
    nobody sees hide nothing; neither does the difference of small and capital letters.
    """
    text = _plain(told)
    for secret in secrets:
        found = text.find(secret.casefold())
        if found >= 0:
            yield Leak(where, text[max(0, found - 60) : found + 60])


def _plain(told: bytes) -> str:
    text = told.decode("utf-8", errors="replace")
    text = re.sub(r"\r?\n[ \t]", "", text)
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda code: chr(int(code[1], 16)), text)
    # A mail begun in a page is written twice: as an address, and that in HTML.
    text = unquote(html.unescape(unquote(html.unescape(text))))
    return re.sub("[\u00ad\u200b\u2060]", "", text).casefold()


def walk(app: Flask, secrets: tuple[str, ...], *, sessions: bool = True) -> tuple[int, list[Leak]]:
    """Ask every public address of ``app``; return how many there were, and the leaks.

    Args:
        app: The application.
        secrets: What no answer may hold.
        sessions: Whether to go on to each session's own pages and whatever they name.
    """
    client = app.test_client()
    waiting = [*public_addresses(app, sessions=sessions), *_UNKNOWN]
    known = set(waiting)
    found: list[Leak] = []
    while waiting:
        address = waiting.pop()
        answer = _ask(client, address)
        told = f"{answer.headers}".encode() + answer.data
        found += leaks(address, told, secrets)
        new = {link for link in _named(answer, address) if sessions and link not in known}
        known |= new
        waiting += new
    return len(known), found


def _ask(client: FlaskClient, address: str) -> TestResponse:
    answer: TestResponse = client.get(address)
    assert answer.status_code < 500, address
    return answer


def walk_export(app: Flask, folder: Path, secrets: tuple[str, ...]) -> tuple[int, list[Leak]]:
    """Export the site into ``folder`` and read every file; return as ``walk`` does."""
    count = export(app, "", folder, progress=lambda _address: None)
    files = [file for file in folder.rglob("*") if file.is_file()]
    found: list[Leak] = []
    for file in files:
        name = str(file.relative_to(folder))
        found += leaks(name, name.encode() + b"\n" + file.read_bytes(), secrets)
    return count, found


def public_addresses(app: Flask, *, sessions: bool = True) -> Iterator[str]:
    """Yield what the rules of the application can name, with and without options."""
    assert set(_OPTIONS) <= set(app.view_functions)
    adapter = app.url_map.bind("")
    editions = app.extensions["impulscal"].editions.current().editions.values()
    for rule in app.url_map.iter_rules():
        names = sorted(rule.arguments & {"lang", "series", "session", "variant"})
        if set(names) != rule.arguments:
            continue  # named by the pages: files of the look, colours, pictures
        for edition in editions:
            choices = {
                "lang": LANGUAGES,
                "series": (edition.series.id,),
                "session": (*edition.by_id, "3", "none") if sessions else (),
                "variant": (*VARIANTS, "none"),
            }
            for values in product(*(choices[name] for name in names)):
                address = adapter.build(rule.endpoint, dict(zip(names, values, strict=True)))
                yield address
                for query in _OPTIONS.get(rule.endpoint, ()):
                    yield f"{address}?{query}"


def _named(answer: TestResponse, address: str) -> Iterator[str]:
    """Yield the addresses of this site that ``answer`` names anywhere."""
    kind = f"{answer.mimetype}"
    if not kind.startswith("text/") and "xml" not in kind:
        return
    text = html.unescape(answer.text)
    for link in re.findall(r"""(?:href|src|action)="([^"]+)"|url\("([^"]+)"\)""", text):
        yield from _own(link[0] or link[1], address)
    for link in re.findall(rf"{BASE_URL}[^\s\"'<>\\,;)]*", text):
        yield from _own(link, address)


def _own(link: str, address: str) -> Iterator[str]:
    link = link.removeprefix(BASE_URL)
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return
    path = parts.path or address.partition("?")[0]
    if not path.startswith("/"):
        path = f"{address.rpartition('/')[0]}/{path}"
    # With and without a closing slash is one address (INTERFACE 2).
    path = path.rstrip("/") or "/"
    yield f"{path}?{parts.query}" if parts.query else path
