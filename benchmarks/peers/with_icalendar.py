"""Flask with icalendar, the way most feeds are served: rendered for every request.

Run by ``BENCHMARK_FACTS=… gunicorn "benchmarks.peers.with_icalendar:make_app()"``.
"""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, Response, request
from icalendar import Calendar, Event

__all__ = ["calendar_of", "event_of", "load_facts", "make_app"]


def load_facts(file: Path) -> dict[str, Any]:
    """Return the facts of ``file`` as an application has them: moments are datetimes."""
    facts: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    for event in facts["events"]:
        zone = ZoneInfo(event["zone"])
        for name in ("dtstart", "dtend"):
            event[name] = datetime.fromisoformat(event[name]).astimezone(zone)
        for name in ("dtstamp", "created", "last-modified"):
            event[name] = datetime.fromisoformat(event[name])
    return facts


def calendar_of(facts: dict[str, Any]) -> Calendar:
    """Return the calendar with the events of ``facts`` and the zone that was given."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//peer//peer//DE")
    calendar.add("name", facts["name"])
    calendar.add_component(Calendar.from_ical(facts["timezone"]))
    for event in facts["events"]:
        calendar.add_component(event_of(event))
    return calendar


def event_of(facts: dict[str, Any]) -> Event:
    """Return the event of ``facts`` with the properties that our feed has."""
    event = Event()
    for name in ("uid", "dtstamp", "last-modified", "created", "sequence", "dtstart", "dtend"):
        event.add(name, facts[name])
    for name in ("summary", "description", "location", "url"):
        event.add(name, facts[name])
    event.add("categories", [facts["category"]])
    event.add("status", facts["status"])
    event.add("transp", facts["transp"])
    event.add("x-microsoft-cdo-busystatus", "FREE")
    return event


def make_app() -> Flask:
    """Make the application; its only address is ``/feed.ics``."""
    app = Flask(__name__)
    facts = load_facts(Path(os.environ["BENCHMARK_FACTS"]))

    @app.get("/feed.ics")
    def feed() -> Response:
        response = Response(calendar_of(facts).to_ical(), content_type="text/calendar")
        response.add_etag()
        return response.make_conditional(request)  # type: ignore[return-value]

    return app
