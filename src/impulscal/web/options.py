"""The options of a feed's address: ``?deadlines=1&alarm=30&topic=…&cancelled=visible``."""

import re

from flask import Response
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, NotFound

from impulscal.edition import Edition
from impulscal.errors import Message, _
from impulscal.language import translate
from impulscal.schedule.model import slug
from impulscal.vcalendar.feed import Options

__all__ = ["parse"]

_MAX_ALARM = 10080


def parse(query: MultiDict[str, str], edition: Edition, language: str) -> Options:
    """Read the options; an unknown parameter is ignored, an empty value is not given.

    Args:
        query: The query of the address.
        edition: What is asked for; it knows every topic ever published.
        language: In which to say what is wrong.

    Raises:
        BadRequest: A known option has a bad value; plain text says what is allowed.
        NotFound: A topic was never published; plain text lists the topics.
    """
    return Options(
        deadlines=_deadlines(query.get("deadlines", ""), language),
        alarm=_alarm(query.get("alarm", ""), language),
        topics=_topics(query.getlist("topic"), edition, language),
        cancelled_visible=_cancelled(query.get("cancelled", ""), language),
    )


def _deadlines(value: str, language: str) -> bool:
    if value not in ("", "0", "1"):
        raise _bad("deadlines", value, _("1 (with deadlines) or 0 (without)"), language)
    return value == "1"


def _cancelled(value: str, language: str) -> bool:
    if value not in ("", "visible"):
        raise _bad("cancelled", value, _("visible"), language)
    return value == "visible"


def _alarm(value: str, language: str) -> int | None:
    if not value:
        return None
    if not re.fullmatch("[0-9]{1,6}", value) or int(value) > _MAX_ALARM:
        raise _bad("alarm", value, _("0 to {most} (minutes)", most=_MAX_ALARM), language)
    return int(value)


def _topics(values: list[str], edition: Edition, language: str) -> tuple[str, ...]:
    wanted = {slug(value): value for value in values if value.strip()}
    for name, value in wanted.items():
        if name not in edition.topics:
            listed = ", ".join(sorted(edition.listed_topics)) or "–"
            message = _("Unknown topic “{value}”. Possible: {topics}.", value=value, topics=listed)
            raise NotFound(response=_plain(message, 404, language))
    return tuple(sorted(wanted))


def _bad(name: str, value: str, allowed: Message, language: str) -> BadRequest:
    message = _(
        "Bad value for “{name}”: “{value}”. Allowed: {allowed}.",
        name=name,
        value=value,
        allowed=allowed,
    )
    return BadRequest(response=_plain(message, 400, language))


def _plain(message: Message, status: int, language: str) -> Response:
    text = translate(message, language) + "\n"
    response = Response(text, status=status, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response
