"""The program's own words in German and English.

Messages stand in English in the code (``errors._``); the German ones stand in
``translations/de/*.po``, read as they are, so that a translator's change needs no
build step. For any other language the words are English.
"""

import functools
from collections.abc import Mapping
from importlib import resources
from typing import TYPE_CHECKING

from impulscal.errors import Message

# Babel is imported where it is asked for: it is a third of what `serve` needs to start.
if TYPE_CHECKING:
    from babel import Locale

__all__ = ["LANGUAGES", "locale_of", "spoken", "translate"]

LANGUAGES = ("de", "en")
"""The languages that the fixed words exist in."""


def spoken(language: str) -> str:
    """Return the language of the fixed words beside texts in ``language``."""
    return language if language in LANGUAGES else "en"


@functools.cache
def _locale(name: str) -> "Locale":
    from babel import Locale  # noqa: PLC0415

    return Locale.parse(name)


def locale_of(language: str) -> "Locale":
    """Return the locale that dates and numbers follow: Germany's or Britain's."""
    return _locale("de_DE" if spoken(language) == "de" else "en_GB")


def translate(message: Message, language: str) -> str:
    """Return ``message`` with its values in ``language`` (de or en; others get English)."""
    template = message.template
    if spoken(language) != "en":
        template = _catalogue(language).get(template, template)
    values = {
        name: translate(value, language) if isinstance(value, Message) else value
        for name, value in message.values.items()
    }
    return template.format(**values)


@functools.cache
def _catalogue(language: str) -> Mapping[str, str]:
    from babel.messages.pofile import read_po  # noqa: PLC0415

    folder = resources.files("impulscal").joinpath("translations", language)
    catalogue: dict[str, str] = {}
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".po"):
            with file.open("rb") as stream:
                messages = read_po(stream, locale=language)
            catalogue |= {
                message.id: str(message.string)
                for message in messages
                if isinstance(message.id, str) and message.id and message.string
            }
    return catalogue
