"""``/sitemap.xml``: every public page with its languages and the last change.

After https://www.sitemaps.org/protocol.html; the languages as search engines want them:
each page of a group names the whole group.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from xml.etree import ElementTree as ET

from flask import Blueprint, Response, abort

from impulscal.edition import Edition
from impulscal.language import LANGUAGES
from impulscal.links import Links
from impulscal.web.addresses import site
from impulscal.web.representation import respond

__all__ = ["blueprint", "sitemap"]

blueprint = Blueprint("sitemap", __name__)

# More a sitemap must not name (sitemaps.org).
_MOST = 50_000


@dataclass(frozen=True, slots=True)
class _Page:
    """A page in its languages, by tag; the first is the one for all others."""

    addresses: Mapping[str, str]
    modified_at: datetime


@blueprint.get("/sitemap.xml")
def show_sitemap() -> Response:
    """Answer with the addresses of all pages that search engines may list."""
    shelf = site().editions.current()
    if shelf.waiting and not shelf.editions:
        abort(503)
    editions = tuple(sorted(shelf.editions.values(), key=lambda edition: edition.series.id))
    representation = site().representations.get(
        editions,
        "/sitemap.xml",
        lambda: sitemap(editions, site().settings.base_url),
        content_type="application/xml; charset=utf-8",
    )
    return respond(representation, site().editions)


def sitemap(editions: Iterable[Edition], base_url: str) -> bytes:
    """Return the sitemap of all ``editions`` below ``base_url``."""
    root = ET.Element(
        "urlset",
        {
            "xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9",
            "xmlns:xhtml": "http://www.w3.org/1999/xhtml",
        },
    )
    pages = [page for edition in editions for page in _pages(edition, base_url)]
    for address, page in islice(_addresses(pages), _MOST):
        url = ET.SubElement(root, "url")
        ET.SubElement(url, "loc").text = address
        ET.SubElement(url, "lastmod").text = f"{page.modified_at:%Y-%m-%dT%H:%M:%SZ}"
        for tag, href in _alternates(page):
            ET.SubElement(url, "xhtml:link", {"rel": "alternate", "hreflang": tag, "href": href})
    ET.indent(root, " ")
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _addresses(pages: Iterable[_Page]) -> Iterator[tuple[str, _Page]]:
    for page in pages:
        for address in page.addresses.values():
            yield address, page


def _alternates(page: _Page) -> Iterator[tuple[str, str]]:
    yield from page.addresses.items()
    yield "x-default", next(iter(page.addresses.values()))


def _pages(edition: Edition, base_url: str) -> Iterator[_Page]:
    """Yield the series' page, its sessions and its changes.

    The start page is left out: of one series it is that page, of several a mere list.
    """
    series = edition.series
    languages = dict.fromkeys((series.language, *LANGUAGES))
    links = {tag: Links(base_url=base_url, series=series, language=tag) for tag in languages}
    homes = {tag: there.series_page() for tag, there in links.items()}
    yield _Page(homes, edition.modified_at)
    for session in edition.sessions:
        pages = {tag: there.session_page(session.id) for tag, there in links.items()}
        yield _Page(pages, session.revision.revised_at)
    changes = {tag: f"{home}changes/" for tag, home in homes.items()}
    yield _Page(changes, edition.modified_at)
