"""What a schedule must keep of what was already published.

A truncated or renamed file must never cancel a series, and an id is for ever.
"""

from collections.abc import Iterator
from datetime import datetime

from impulscal.history.revisions import ChangeKind, History
from impulscal.schedule.model import Schedule
from impulscal.schedule.reader import Places, Problem
from impulscal.schedule.reader.problems import (
    changed_domain,
    removed_id,
    reused_id,
)

__all__ = ["breaches", "left_behind"]


def breaches(
    history: History, schedule: Schedule, places: Places, *, now: datetime
) -> Iterator[Problem]:
    """Yield an error for everything that ``schedule`` breaks of ``history``.

    Args:
        history: The history of the same series.
        schedule: What is to be published.
        places: Where things stand in its file.
        now: The moment; what is over by then may go.
    """
    series = schedule.series
    if history.domain is not None and history.domain != series.domain:
        yield changed_domain(places.domain, history.domain, series.domain)
    there = {session.id for session in schedule.sessions} | schedule.withdrawn
    for revision in history.revisions.values():
        if revision.present and revision.session not in there and not revision.over(now):
            yield removed_id(places.sessions, revision.session)
    for session in schedule.sessions:
        before = history.revisions.get(session.id)
        if before is None or session.id in schedule.withdrawn:
            continue
        was_held = before.held and before.over(now) and ChangeKind.WITHDRAWN not in before.kinds
        if was_held and session.start > now:
            yield reused_id(places.session_id(session.id), session.id)


def left_behind(history: History, *, now: datetime) -> bool:
    """Tell whether subscribers of this series still wait for one of its sessions."""
    return any(
        revision.present and not revision.over(now) for revision in history.revisions.values()
    )
