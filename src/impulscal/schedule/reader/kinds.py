"""The kinds of value that a key of the file can have, for pydantic and for the JSON Schema.

Each is a parser of text (``times``, ``addresses``, ``words``) with what an editor can
check while people type. Editors read YAML by the rules of YAML 1.1 or 1.2 and may see
a number, a truth value or a date where people wrote ``12.30`` or ``yes``; patterns
apply to strings only, so the JSON types are wide.
"""

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, PlainValidator, WithJsonSchema

from impulscal.errors import _
from impulscal.schedule.colors import COLORS
from impulscal.schedule.model import Status
from impulscal.schedule.reader import addresses, times, words
from impulscal.schedule.reader.bad_value import BadValueError
from impulscal.schedule.reader.problems import Code

__all__ = [
    "Boolean",
    "Closes",
    "Color",
    "Contact",
    "Day",
    "Domain",
    "Duration",
    "Email",
    "Id",
    "Language",
    "Line",
    "Path",
    "Places",
    "Prose",
    "Rhythm",
    "StatusWord",
    "TimeOfDay",
    "Url",
    "WhenPublic",
    "Zone",
]


def _reader(parse: Callable[[str], Any]) -> PlainValidator:
    def read(value: object) -> Any:
        if isinstance(value, str):
            return parse(value)
        message = _("A single value is expected here, not a list or a mapping.")
        raise BadValueError(Code.BAD_TYPE, message)

    return PlainValidator(read)


def _text(pattern: str | None = None, **schema: Any) -> WithJsonSchema:
    if pattern is not None:
        schema["pattern"] = f"^({pattern})$"
    return WithJsonSchema({"type": "string", **schema})


def _scalar(pattern: str | None = None, **schema: Any) -> WithJsonSchema:
    if pattern is not None:
        schema["pattern"] = f"^({pattern})$"
    return WithJsonSchema({"type": ["string", "number"], **schema})


def _words(*names: str) -> str:
    """Return a pattern for ``names`` in any case: JSON Schema knows no flag for it."""
    return "|".join(
        "".join(f"[{c.upper()}{c.lower()}]" if c.isalpha() else c for c in name) for name in names
    )


_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{2}\.[0-9]{2}\.[0-9]{4}"
_TIME = r"[0-9]{1,2}[:.][0-9]{2}"
_OFFSET = (
    rf"[0-9]+\s+({_words('day', 'days', 'week', 'weeks', 'Tag', 'Tage', 'Woche', 'Wochen')})"
    rf"\s+({_words('before', 'vorher')})"
)
_MOMENT = rf"({_DAY})([ T]\s*{_TIME})?"
_HOURS = rf"[0-9]+\s*({_words('hours?', 'h', 'Stunden?', 'Std')}[.]?)"
_MINUTES = rf"[0-9]+\s*({_words('minutes?', 'Minuten?', 'min')}[.]?)"
_DURATION = rf"PT([0-9]+H)?([0-9]+M)?|{_HOURS}|({_HOURS})?\s*{_MINUTES}"

Id = Annotated[str, _reader(words.parse_id), _scalar(words.ID)]
Domain = Annotated[str, _reader(addresses.parse_domain), _text()]
Language = Annotated[str, _reader(words.parse_language), _text(words.LANGUAGE)]
Zone = Annotated[str, _reader(words.parse_zone), _text(examples=["Europe/Berlin"])]
Day = Annotated[date, _reader(times.parse_date), _text(_DAY)]
TimeOfDay = Annotated[time, _reader(times.parse_time), _scalar(_TIME)]
Duration = Annotated[timedelta, _reader(times.parse_duration), _text(_DURATION)]
Closes = Annotated[times.WhenClosed, _reader(times.parse_closes), _text(f"{_OFFSET}|{_MOMENT}")]
WhenPublic = Annotated[
    times.WhenAnnounced, _reader(times.parse_announce), _text(f"now|{_OFFSET}|{_MOMENT}")
]
Rhythm = Annotated[str, _reader(words.parse_rhythm), _text(examples=["FREQ=MONTHLY;BYDAY=2TU"])]
Email = Annotated[str, _reader(addresses.parse_email), _text(r"[^@\s]+@[^@\s]+")]
Url = Annotated[str, _reader(addresses.parse_url), _text(rf"({_words('https?://', 'mailto:')}).*")]
Contact = Annotated[str, _reader(addresses.parse_contact), _text()]
Path = Annotated[str, _reader(str), _text()]
Color = Annotated[
    str,
    _reader(words.parse_color),
    # The names for an editor to offer, and their other spellings.
    WithJsonSchema({"anyOf": [{"enum": [*COLORS]}, {"pattern": f"^({_words(*COLORS)})$"}]}),
]
StatusWord = Annotated[
    Status, _reader(words.parse_status), WithJsonSchema({"enum": [str(s) for s in Status]})
]
Boolean = Annotated[
    bool,
    _reader(words.parse_boolean),
    WithJsonSchema({"type": ["boolean", "string"], "pattern": f"^({_words(*words.BOOLEANS)})$"}),
]
Places = Annotated[
    int,
    _reader(words.parse_places),
    WithJsonSchema({"type": ["integer", "string"], "minimum": 1, "pattern": "^[0-9]+$"}),
]


def _in_languages(value: object) -> object:
    """Put a plain text under no language, so that both forms are read alike."""
    return {PLAIN: value} if isinstance(value, str) else value


def _given(by_language: dict[str, str | None]) -> dict[str, str | None] | None:
    """Return the text; None if there is no word in any language."""
    return by_language if any(by_language.values()) else None


PLAIN = ""
"""Stands for the series' language where a text is given without one."""


def _language(value: object) -> str:
    return words.parse_language(str(value)) if value != PLAIN else PLAIN


_ANY_TEXT = {"type": ["string", "number", "boolean"]}
_TEXT_SCHEMA = WithJsonSchema(
    {
        "anyOf": [
            _ANY_TEXT,
            {
                "type": "object",
                "propertyNames": {"pattern": f"^{words.LANGUAGE}$"},
                "additionalProperties": _ANY_TEXT,
            },
        ]
    }
)
_Tag = Annotated[str, PlainValidator(_language)]

Line = Annotated[
    dict[_Tag, Annotated[str, _reader(words.one_line)] | None],
    BeforeValidator(_in_languages),
    AfterValidator(_given),
    _TEXT_SCHEMA,
]
"""A text of one line, by language."""

Prose = Annotated[
    dict[_Tag, Annotated[str, _reader(str)] | None],
    BeforeValidator(_in_languages),
    AfterValidator(_given),
    _TEXT_SCHEMA,
]
"""A text of any number of lines, by language."""
