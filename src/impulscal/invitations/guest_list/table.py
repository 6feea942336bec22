"""The guests of a session as a table for Excel."""

import codecs
import csv
import io
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, tzinfo

from impulscal.errors import Message, _
from impulscal.invitations.guest_list.formula import harmless
from impulscal.invitations.model import Guest, State
from impulscal.invitations.words import PARTSTAT_WORDS, STATE_WORDS
from impulscal.language import spoken, translate

__all__ = ["guest_table"]

# Excel parts CSV by its region's list separator. A line “sep=;” would tell it, and make it
# take UTF-8 for Windows-1252.
_DELIMITERS = {"de": ";", "en": ","}

_HEADINGS = (
    _("Name"),
    _("E-mail"),
    _("Language"),
    _("Added"),
    _("Message"),
    _("Reply"),
    _("Signed off"),
)

_NOTHING = Message("")


def guest_table(
    guests: Iterable[Guest],
    states: Mapping[int, State],
    language: str,
    *,
    zone: tzinfo = UTC,
) -> bytes:
    """Return CSV that Excel opens by a double click, and ``read_guest_list`` reads back.

    Args:
        guests: In the order of the rows.
        states: What became of the last message, by the guest's id.
        language: Of the headings and words; a German Excel wants semicolons.
        zone: What moments are told in.
    """
    table = io.StringIO(newline="")
    writer = csv.writer(table, delimiter=_DELIMITERS[spoken(language)])
    writer.writerow(translate(heading, language) for heading in _HEADINGS)
    for guest in guests:
        last = states.get(guest.id)
        cells = (
            guest.name,
            guest.address,
            guest.language or "",
            _moment(guest.added_at, zone),
            translate(STATE_WORDS[last] if last else _NOTHING, language),
            translate(PARTSTAT_WORDS[guest.partstat] if guest.invited else _NOTHING, language),
            _moment(guest.signed_off_at, zone),
        )
        writer.writerow(map(harmless, cells))
    return codecs.BOM_UTF8 + table.getvalue().encode()


def _moment(moment: datetime | None, zone: tzinfo) -> str:
    """Return what Excel takes for date and time in every region."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" if moment else ""
