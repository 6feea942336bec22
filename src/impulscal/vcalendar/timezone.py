"""VTIMEZONE (RFC 5545 3.6.5): the last rule of a zone, and nothing before it.

Outlook keeps one STANDARD and one DAYLIGHT and passes over UNTIL (MS-OXCICAL
2.1.3.1.1.19), vobject and Horde misread earlier observances. So a zone is described by
the rule that holds for ever, and times that this rule does not govern are written in
UTC. icalendar's own generator writes lists of RDATE, which Outlook reads an hour wrong.
"""

import icalendar
from icalendar.prop import vRecur

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


def vtimezone(rule: Rule) -> icalendar.Timezone:
    """Return the VTIMEZONE of ``rule`` (RFC 5545 3.6.5)."""
    component = icalendar.Timezone()
    component.add("tzid", rule.zone)
    if rule.daylight is not None:
        component.add_component(_rendered(icalendar.TimezoneDaylight(), rule.daylight))
    component.add_component(_rendered(icalendar.TimezoneStandard(), rule.standard))
    return component


class _YearlyDay(vRecur):
    """RRULE with its parts in the order in which the RFC's own examples have them."""

    canonical_order = ("FREQ", "BYMONTH", "BYDAY")  # type: ignore[assignment]  # typed by its length


def _rendered(part: icalendar.Component, observance: Observance) -> icalendar.Component:
    part.add("dtstart", observance.onset)
    if observance.day is not None:
        month, weekday = observance.day
        part.add("rrule", _YearlyDay({"FREQ": "YEARLY", "BYMONTH": month, "BYDAY": weekday}))
    part.add("tzoffsetfrom", observance.offset_from)
    part.add("tzoffsetto", observance.offset_to)
    part.add("tzname", observance.name)
    return part
