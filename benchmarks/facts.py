"""The facts of our feed as plain data, so that every peer renders the very same sessions."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from icalendar import Calendar

__all__ = ["write_facts"]


def write_facts(file: Path, feed: bytes) -> Path:
    """Write what ``feed`` says of its events and its time zone to ``file``, as JSON."""
    calendar = Calendar.from_ical(feed)
    (zone,) = calendar.walk("VTIMEZONE")
    told = {
        "name": str(calendar["name"]),
        "timezone": zone.to_ical().decode(),
        "events": [_event(event) for event in calendar.walk("VEVENT")],
    }
    file.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    return file


def _event(event: Any) -> dict[str, Any]:
    texts = ("uid", "summary", "description", "location", "url", "status", "transp")
    moments = ("dtstart", "dtend", "dtstamp", "created", "last-modified")
    return {
        **{name: str(event[name]) for name in texts},
        **{name: _iso(event[name].dt) for name in moments},
        "category": str(event["categories"].cats[0]),
        "sequence": int(event["sequence"]),
        "zone": str(event["dtstart"].dt.tzinfo),
    }


def _iso(moment: datetime) -> str:
    return moment.isoformat()
