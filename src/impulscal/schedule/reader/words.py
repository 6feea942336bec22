"""How ids, languages, zones, colours, numbers and other single words are spelled."""

import difflib
import functools
import re
from collections.abc import Iterable

import pytz
from babel import Locale

from impulscal.errors import Message, _
from impulscal.schedule.clock import Rhythm, is_zone
from impulscal.schedule.colors import COLORS
from impulscal.schedule.model import Status
from impulscal.schedule.reader.bad_value import BadValueError
from impulscal.schedule.reader.problems import Code

__all__ = [
    "RESERVED",
    "nearest",
    "one_line",
    "parse_boolean",
    "parse_color",
    "parse_id",
    "parse_language",
    "parse_places",
    "parse_rhythm",
    "parse_status",
    "parse_zone",
    "shortened",
    "suggestion",
]

RESERVED = frozenset(
    {
        "api",
        "changes",
        "de",
        "embed",
        "en",
        "favicon",
        "feeds",
        "healthz",
        "metrics",
        "robots",
        "share",
        "sitemap",
        "staff",
        "static",
    }
)
"""Words that addresses need for themselves (INTERFACE.md 2)."""

ID = r"[a-z0-9-]{1,40}"
LANGUAGE = r"[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|[0-9]{3}))?"
TRUE = ("true", "yes", "on", "ja")
FALSE = ("false", "no", "off", "nein")
BOOLEANS = TRUE + FALSE
_MAX_PLACES = 1_000_000


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word nearest to ``word``, None where none is near."""
    return next(iter(difflib.get_close_matches(word[:80], list(known), n=1)), None)


def suggestion(word: str, known: Iterable[str]) -> Message | str:
    """Return the question whether the nearest known word was meant; "" where none is near."""
    found = nearest(word, known)
    return "" if found is None else _(" Did you mean “{word}”?", word=found)


def shortened(text: str) -> str:
    """Return the beginning of ``text``, short enough for a message."""
    return text if len(text) <= 60 else f"{text[:59]}…"


def one_line(text: str) -> str:
    """Return ``text`` with its line ends turned into blanks."""
    return " ".join(line.strip() for line in text.splitlines()) if "\n" in text else text


def parse_id(text: str) -> str:
    """Return ``text`` if it may be the id of a series or session.

    Raises:
        BadValueError: ``bad-id``.
    """
    if re.fullmatch(ID, text) is None:
        message = _(
            "“{text}” cannot be an id. Use 1 to 40 of the letters a to z, digits and hyphens.",
            text=shortened(text),
        )
        raise BadValueError(Code.BAD_ID, message)
    if text in RESERVED:
        message = _(
            "“{text}” cannot be an id: the addresses need this word. Choose another.", text=text
        )
        raise BadValueError(Code.BAD_ID, message)
    return text


def parse_language(text: str) -> str:
    """Return the language tag (BCP 47) in its usual spelling: ``de``, ``pt-BR``, ``zh-Hant``.

    Raises:
        BadValueError: ``bad-language``.
    """
    if text in {"de", "en"}:
        return text
    language, *rest = text.split("-")
    if re.fullmatch(LANGUAGE, text) is None or language.lower() not in _languages():
        message = _(
            "“{text}” is no language known here. Write its code: de, en, fr, tr, uk …",
            text=shortened(text),
        )
        raise BadValueError(Code.BAD_LANGUAGE, message)
    spelled = [part.title() if len(part) == 4 else part.upper() for part in rest]
    return "-".join([language.lower(), *spelled])


@functools.cache
def _languages() -> frozenset[str]:
    return frozenset(Locale("en").languages)


def parse_zone(text: str) -> str:
    """Return ``text`` if it is an IANA zone name.

    Raises:
        BadValueError: ``bad-zone``.
    """
    if not is_zone(text):
        message = _(
            "There is no time zone “{text}”. Write its IANA name, like Europe/Berlin.{hint}",
            text=shortened(text),
            hint=suggestion(text, pytz.common_timezones),
        )
        raise BadValueError(Code.BAD_ZONE, message)
    return text


def parse_color(text: str) -> str:
    """Return the CSS3 colour name ``text`` in lower case.

    Raises:
        BadValueError: ``bad-color``.
    """
    name = text.lower()
    if name not in COLORS:
        message = _(
            "“{text}” is no colour name of CSS3. Write one like turquoise or steelblue.{hint}",
            text=shortened(text),
            hint=suggestion(name, COLORS),
        )
        raise BadValueError(Code.BAD_COLOR, message)
    return name


def parse_status(text: str) -> Status:
    """Return the status of a session.

    Raises:
        BadValueError: ``bad-status``.
    """
    try:
        return Status(text)
    except ValueError:
        message = _(
            "“{text}” is no status. Write tentative, confirmed or cancelled.{hint}",
            text=shortened(text),
            hint=suggestion(text, list(Status)),
        )
        raise BadValueError(Code.BAD_STATUS, message) from None


def parse_boolean(text: str) -> bool:
    """Return whether ``text`` says yes.

    Raises:
        BadValueError: ``bad-type``.
    """
    word = text.lower()
    if word in TRUE or word in FALSE:
        return word in TRUE
    message = _("“{text}” is neither yes nor no. Write true or false.", text=shortened(text))
    raise BadValueError(Code.BAD_TYPE, message)


def parse_places(text: str) -> int:
    """Return the number of places: at least one.

    Raises:
        BadValueError: ``bad-number``.
    """
    if re.fullmatch(r"[0-9]{1,7}", text) and 1 <= int(text) <= _MAX_PLACES:
        return int(text)
    message = _(
        "“{text}” is no number of places. Write a whole number from 1, in digits only. "
        "If all are taken, write “full: true”.",
        text=shortened(text),
    )
    raise BadValueError(Code.BAD_NUMBER, message)


def parse_rhythm(text: str) -> str:
    """Return the recurrence rule ``text`` in upper case (RFC 5545 3.3.10).

    Raises:
        BadValueError: ``bad-rhythm``.
    """
    rule = text.upper()
    try:
        Rhythm(rule)
    except ValueError:
        message = _(
            "“{text}” is no rhythm. Write an RRULE of RFC 5545 without COUNT, UNTIL and times of "
            "day, like FREQ=MONTHLY;BYDAY=2TU (every second Tuesday of the month).",
            text=shortened(text),
        )
        raise BadValueError(Code.BAD_RHYTHM, message) from None
    return rule
