"""What the head of a page tells machines: templates include ``metadata.html``."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint
from markupsafe import Markup

from impulscal.edition import Edition, PublishedSession
from impulscal.language import LANGUAGES, locale_of
from impulscal.links import Links
from impulscal.web.jsonld import event, event_series, summary, written
from impulscal.web.pictures import Picture
from impulscal.wording.lines import one_line
from impulscal.wording.titles import marked_title

__all__ = ["Metadata", "blueprint", "metadata"]

blueprint = Blueprint("metadata", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a page tells of itself.

    Attributes:
        canonical: The address of the page, absolute, without options.
        languages: Tag and address of the page in every language, and ``x-default``.
        locale, other_locales: As Open Graph writes them: ``de_DE``.
        picture, picture_address: The first one of the session and where it stands.
        json_ld: For a ``script`` element; None where the page is about no thing.
    """

    canonical: str
    languages: tuple[tuple[str, str], ...]
    title: str
    description: str | None
    locale: str
    other_locales: tuple[str, ...]
    picture: Picture | None
    picture_address: str | None
    json_ld: Markup | None


@blueprint.app_template_global()
def metadata(
    edition: Edition,
    links: Links,
    here: str,
    session: PublishedSession | None = None,
    pictures: Sequence[Picture] = (),
) -> Metadata:
    """Return what a page of a series tells of itself.

    Args:
        edition: What is served.
        links: Addresses in the language of the page.
        here: The rest of the address after the series' page.
        session: Whose page it is, if it is one's.
        pictures: Those of the session.
    """
    series, language = edition.series, links.language
    about = session.public.teaser or session.public.description if session else None
    known = dict.fromkeys((series.language, *LANGUAGES))
    pages = {tag: _in_language(links, tag).series_page() + here for tag in known}
    locale = str(locale_of(language))
    addresses = [pages[language] + picture.name for picture in pictures]
    return Metadata(
        canonical=pages[language],
        languages=(*pages.items(), ("x-default", pages[series.language])),
        title=marked_title(series, session, language)
        if session
        else one_line(series.title.in_language(language)),
        description=summary(about or series.subtitle or series.description, language),
        locale=locale,
        other_locales=tuple(other for tag in LANGUAGES if (other := str(locale_of(tag))) != locale),
        picture=pictures[0] if pictures else None,
        picture_address=addresses[0] if pictures else None,
        json_ld=_json_ld(edition, links, here, session, addresses),
    )


def _json_ld(
    edition: Edition,
    links: Links,
    here: str,
    session: PublishedSession | None,
    pictures: list[str],
) -> Markup | None:
    if session is not None:
        image = {"image": pictures} if pictures else {}
        return written({**event(edition, session, links), **image})
    return written(event_series(edition, links)) if here == "" else None


def _in_language(links: Links, language: str) -> Links:
    return Links(base_url=links.base_url, series=links.series, language=language)
