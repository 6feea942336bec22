"""Messages of the outbox, for people and for programs."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from impulscal.cli.columns import printable, table
from impulscal.cli.kinds import kind_word, state_word
from impulscal.cli.terminal import screen_columns, terminal_language
from impulscal.errors import Message, _
from impulscal.invitations.model import Guest, OutboxMessage, State
from impulscal.language import translate

__all__ = ["as_json", "as_lines"]

Guests = Mapping[int, Guest]
"""By the id that messages name them with."""


def as_json(message: OutboxMessage, guests: Guests) -> dict[str, Any]:
    """Return ``message`` without its text."""
    guest = guests.get(message.guest or 0)
    return {
        "id": message.id,
        "state": str(message.state),
        "kind": str(message.kind),
        "series": None if guest is None else guest.series,
        "session": None if guest is None else guest.session,
        "recipient": message.recipient,
        "message_id": message.message_id,
        "queued_at": _stamp(message.queued_at),
        "attempts": message.attempts,
        "attempted_at": _stamp(message.attempted_at),
        "due_at": _stamp(message.due_at) if message.state in _TRIED else None,
        "sent_at": _stamp(message.sent_at),
        "reply": message.reply,
    }


def as_lines(messages: Sequence[OutboxMessage], guests: Guests, *, now: datetime) -> Iterator[str]:
    """Yield a table; below each message what it tells, and the mail server's words."""
    if not messages:
        return
    columns = screen_columns()
    rows = [[_words(word) for word in _HEADER]]
    rows += [_row(message, now) for message in messages]
    head, *lines = table(rows, columns)
    yield head
    for message, line in zip(messages, lines, strict=True):
        yield line
        yield from textwrap.wrap(
            _told(message, guests),
            columns,
            initial_indent=_INDENT,
            subsequent_indent=_INDENT,
            break_on_hyphens=False,
        )
    yield ""


_INDENT = " " * 6

_TRIED = (State.QUEUED, State.SENDING, State.FAILED)

_HEADER = (
    _("ID"),
    _("STATE"),
    # Translators: Heading over how long ago messages were written.
    _("AGE"),
    _("ATTEMPTS"),
    # Translators: Heading over when messages are tried again.
    _("NEXT"),
    _("RECIPIENT"),
)


def _row(message: OutboxMessage, now: datetime) -> list[str]:
    return [
        str(message.id),
        state_word(message.state),
        _duration(now - message.queued_at),
        str(message.attempts),
        _next(message, now),
        printable(message.recipient),
    ]


def _told(message: OutboxMessage, guests: Guests) -> str:
    guest = guests.get(message.guest or 0)
    told = kind_word(message.kind)
    if guest is not None:
        told = f"{told}, {guest.series}/{guest.session}"
    # An answer to somebody who was tried again meanwhile still tells why.
    return f"{told}: {printable(message.reply)}" if message.reply else told


def _next(message: OutboxMessage, now: datetime) -> str:
    if message.state is State.QUEUED or (message.state is State.FAILED and message.due_at <= now):
        return _words(_("now"))
    if message.state is State.FAILED:
        return _words(_("in {duration}", duration=_duration(message.due_at - now)))
    return "–"


def _duration(duration: timedelta) -> str:
    minutes = max(round(duration.total_seconds() / 60), 0)
    if minutes < 60:
        return _words(_("{count} min", count=minutes))
    if minutes < 48 * 60:
        return _words(_("{count} h", count=round(minutes / 60)))
    return _words(_("{count} d", count=round(minutes / 60 / 24)))


def _stamp(when: datetime | None) -> str | None:
    return None if when is None else when.isoformat(timespec="seconds")


def _words(message: Message) -> str:
    return translate(message, terminal_language())
