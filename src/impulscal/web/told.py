"""The texts of the file as HTML, marked with their language where it is not the page's."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from babel.lists import format_list
from markupsafe import Markup, escape

from impulscal.errors import _
from impulscal.language import locale_of, spoken, translate
from impulscal.schedule.model import Person, Text
from impulscal.wording import markdown, people
from impulscal.wording.lines import one_line
from impulscal.wording.typography import tied

__all__ = ["hours_together", "lang", "path_of", "prose", "told", "told_names"]


def lang(text: Text, language: str) -> Markup:
    """Return the attributes of an element that holds ``text`` on a page in ``language``.

    ``dir="auto"``: text from right to left sets itself.
    """
    return _mark(text.choose(language)[0], language) + Markup(' dir="auto"')


def told(text: Text, language: str) -> Markup:
    """Return ``text`` on one line in ``<bdi>``: its direction drags nothing along."""
    tag, wording = text.choose(language)
    return Markup("<bdi{}>{}</bdi>").format(_mark(tag, language), tied(one_line(wording)))


def told_names(persons: Iterable[Person], language: str) -> Markup:
    """Return ``persons`` as one enumeration, each in its language."""
    listed = [
        Markup("<bdi{}>{}</bdi>").format(
            _mark(somebody.name.choose(language)[0], language),
            tied(people.person(somebody, language)),
        )
        for somebody in persons
    ]
    return Markup(format_list(listed, locale=locale_of(language)))  # noqa: S704 -- escaped above


def _mark(tag: str, language: str) -> Markup:
    return Markup("") if tag == spoken(language) else Markup(' lang="{}"').format(tag)


_HEADING = re.compile(r"(</?h)([1-6])>")
_OUTSIDE = re.compile(r'(<a href="https?://[^"]*">.*?)(</a>)', re.DOTALL)


def prose(text: Text, language: str, *, below: int = 2) -> Markup:
    """Return a text in Markdown as HTML.

    Args:
        text: As the file has it.
        language: Of the page.
        below: Level of the page's heading above; the text's own go on below it.
    """
    safe = markdown.html(text.in_language(language))
    highest = min((int(level) for _tag, level in _HEADING.findall(safe)), default=1)
    safe = _HEADING.sub(
        lambda found: f"{found[1]}{min(6, int(found[2]) - highest + below + 1)}>", safe
    )
    outside = escape(translate(_("(external page)"), language))
    safe = _OUTSIDE.sub(rf'\1<span class="sr" lang="{spoken(language)}"> {outside}</span>\2', safe)
    return Markup(safe)  # noqa: S704 -- made of harmless tags by nh3


_HOURS = re.compile(r"\d\d:\d\d–\d\d:\d\d\S*")


def hours_together(period: str) -> Markup:
    """Return a period as HTML in which no line ends between the two times."""
    return Markup(  # noqa: S704 -- escaped first
        _HOURS.sub(r'<span class="hours">\g<0></span>', str(escape(period)))
    )


def path_of(address: str) -> str:
    """Return the path of one of our own addresses: how pages link to each other."""
    return urlsplit(address).path
