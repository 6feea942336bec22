"""Whether a client already has what would be sent (RFC 9110 13)."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

__all__ = ["is_known", "seconds_of"]

_ENTITY_TAG = re.compile(r'(?:W/)?("[^"]*")')

# An HTTP-date has 29 characters, obsolete forms up to 33.
_LONGEST_DATE = 40


def is_known(environ: Mapping[str, Any], entity_tag: str | None, last_modified: str | None) -> bool:
    """Tell whether the request of ``environ`` is to be answered with 304 (RFC 9110 13.2.2).

    If-None-Match goes before If-Modified-Since; tags are compared weakly (13.1.2), and a
    date that is none is ignored (13.1.3).

    Args:
        environ: Of WSGI.
        entity_tag: The opaque part of the ETag in its quotes, or None.
        last_modified: The header's value, or None.
    """
    tags = environ.get("HTTP_IF_NONE_MATCH")
    if tags is not None:
        if entity_tag is None:
            return False
        return tags == entity_tag or tags.strip() == "*" or entity_tag in _ENTITY_TAG.findall(tags)
    since = environ.get("HTTP_IF_MODIFIED_SINCE")
    if since is None or last_modified is None:
        return False
    return since == last_modified or _is_since(since, last_modified)


def seconds_of(date: str) -> float | None:
    """Return the HTTP-date ``date`` in seconds since 1970, or None where it is none."""
    if len(date) > _LONGEST_DATE:
        return None
    try:
        moment: datetime = parsedate_to_datetime(date)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None


def _is_since(since: str, last_modified: str) -> bool:
    known, modified = seconds_of(since), seconds_of(last_modified)
    return known is not None and modified is not None and modified <= known
