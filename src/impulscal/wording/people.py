"""People by name, role and organisation."""

from collections.abc import Iterable

from babel.lists import format_list

from impulscal.language import locale_of
from impulscal.schedule.model import Person
from impulscal.wording.lines import one_line

__all__ = ["names", "person"]


def person(somebody: Person, language: str) -> str:
    """Return ``Frank Schmitz (Fachbereich Sozialplanung, Stadt Saarbrücken)``."""
    name = one_line(somebody.name.in_language(language))
    told = [text for text in (somebody.role, somebody.organisation) if text is not None]
    details = ", ".join(one_line(text.in_language(language)) for text in told)
    return f"{name} ({details})" if details else name


def names(people: Iterable[Person], language: str) -> str:
    """Return all ``people`` as one enumeration."""
    listed = [person(somebody, language) for somebody in people]
    return format_list(listed, locale=locale_of(language))
