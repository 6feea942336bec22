"""django-ical as its own papers show it: ``BENCHMARK_FACTS=… gunicorn …:application``."""

import os
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import path
from django_ical.views import ICalFeed

from benchmarks.peers.with_icalendar import load_facts

settings.configure(
    SECRET_KEY="nothing is signed with it",  # noqa: S106 -- Django asks for one
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    # For the 304s that it could give, as its papers say.
    MIDDLEWARE=["django.middleware.http.ConditionalGetMiddleware"],
)
django.setup()

_FACTS = load_facts(Path(os.environ["BENCHMARK_FACTS"]))


class Sessions(ICalFeed):  # type: ignore[misc]  # it tells no types
    """The feed.

    Attributes:
        limit: How many events, None for all.
    """

    limit: ClassVar[int | None] = None
    product_id = "-//peer//peer//DE"
    timezone = "Europe/Berlin"
    title = _FACTS["name"]
    link = "/"
    file_name = "feed.ics"

    def items(self) -> list[dict[str, Any]]:
        """Return the events."""
        return list(_FACTS["events"][: self.limit])

    def item_guid(self, item: dict[str, Any]) -> str:
        """Return UID."""
        return str(item["uid"])

    def item_title(self, item: dict[str, Any]) -> str:
        """Return SUMMARY."""
        return str(item["summary"])

    def item_description(self, item: dict[str, Any]) -> str:
        """Return DESCRIPTION."""
        return str(item["description"])

    def item_link(self, item: dict[str, Any]) -> str:
        """Return URL."""
        return str(item["url"])

    def item_location(self, item: dict[str, Any]) -> str:
        """Return LOCATION."""
        return str(item["location"])

    def item_start_datetime(self, item: dict[str, Any]) -> datetime:
        """Return DTSTART."""
        return _moment(item, "dtstart")

    def item_end_datetime(self, item: dict[str, Any]) -> datetime:
        """Return DTEND."""
        return _moment(item, "dtend")

    def item_timestamp(self, item: dict[str, Any]) -> datetime:
        """Return DTSTAMP."""
        return _moment(item, "dtstamp")

    def item_created(self, item: dict[str, Any]) -> datetime:
        """Return CREATED."""
        return _moment(item, "created")

    def item_updateddate(self, item: dict[str, Any]) -> datetime:
        """Return LAST-MODIFIED."""
        return _moment(item, "last-modified")

    def item_categories(self, item: dict[str, Any]) -> list[str]:
        """Return CATEGORIES."""
        return [item["category"]]

    def item_status(self, item: dict[str, Any]) -> str:
        """Return STATUS."""
        return str(item["status"])

    def item_transparency(self, item: dict[str, Any]) -> str:
        """Return TRANSP."""
        return str(item["transp"])


def _moment(item: dict[str, Any], name: str) -> datetime:
    found: datetime = item[name]
    return found


urlpatterns = [path("feed.ics", Sessions())]

application = get_wsgi_application()
