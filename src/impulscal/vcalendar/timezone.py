"""VTIMEZONE (RFC 5545 3.6.5): the last rule of a zone, and nothing before it.

Outlook keeps one STANDARD and one DAYLIGHT and passes over UNTIL (MS-OXCICAL
2.1.3.1.1.19), vobject and Horde misread earlier observances. So a zone is described by
the rule that holds for ever, and times that this rule does not govern are written in
UTC. icalendar's own generator writes lists of RDATE, which Outlook reads an hour wrong.
"""

import functools
from datetime import timedelta

from impulscal.vcalendar.lines import as_wall, component, content_line
from impulscal.vcalendar.zone_rule import (
    MARGIN,
    UTC_RULE,
    Observance,
    Rule,
    governs,
    last_rule,
    rule_of,
)

__all__ = ["MARGIN", "UTC_RULE", "Rule", "governs", "last_rule", "rule_of", "vtimezone"]


@functools.cache
def vtimezone(rule: Rule) -> bytes:
    """Return the VTIMEZONE of ``rule`` (RFC 5545 3.6.5)."""
    daylight = b"" if rule.daylight is None else _rendered("DAYLIGHT", rule.daylight)
    standard = _rendered("STANDARD", rule.standard)
    return component("VTIMEZONE", content_line("TZID", rule.zone), daylight, standard)


def _rendered(name: str, observance: Observance) -> bytes:
    yearly = b""
    if observance.day is not None:
        month, weekday = observance.day
        # The parts in the order in which the RFC's own examples have them.
        yearly = content_line("RRULE", f"FREQ=YEARLY;BYMONTH={month};BYDAY={weekday}")
    return component(
        name,
        content_line("DTSTART", as_wall(observance.onset)),
        yearly,
        content_line("TZOFFSETFROM", _offset(observance.offset_from)),
        content_line("TZOFFSETTO", _offset(observance.offset_to)),
        content_line("TZNAME", observance.name),
    )


def _offset(offset: timedelta) -> str:
    """Return an offset from UTC: ``+0100``, with seconds only where it has some (3.3.14)."""
    sign = "-" if offset < timedelta() else "+"
    minutes, seconds = divmod(round(abs(offset).total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{sign}{hours:02}{minutes:02}" + (f"{seconds:02}" if seconds else "")
