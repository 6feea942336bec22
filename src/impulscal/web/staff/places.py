"""How much is done at once in the staff area, so that feeds always find a thread.

Servers have a timeout for headers only: whoever sends half a form and falls silent keeps the
thread that reads it for as long as they like. What is not read costs nothing. And what takes
seconds of work is done one at a time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import BoundedSemaphore

from flask import current_app, request
from werkzeug.exceptions import ServiceUnavailable

__all__ = ["PLACES", "BusyError", "Places", "places", "read_form", "taken"]

PLACES = "impulscal.staff_places"
"""Where the application keeps its ``Places``."""

# In seconds; a form takes a moment.
_RETRY_AFTER = 5


class BusyError(ServiceUnavailable):
    """As much of a kind is being done as this process bears; it will soon be less."""

    def __init__(self) -> None:
        """Prepare an answer that says when to come again."""
        super().__init__(retry_after=_RETRY_AFTER)


@dataclass(frozen=True, slots=True)
class Places:
    """How much of each kind may go on at once in this process.

    Together far less than ``impulscal serve`` has threads.

    Attributes:
        strangers: Forms read of whoever has no session, though they may have had one.
        members: Forms read of whoever is signed in. Their own, so that no stranger is in
            their way.
        checks: Files checked: a large bad one takes seconds and some hundred MB.
        drafts: Drafts packed, at some milliseconds a guest.
    """

    strangers: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(2))
    members: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(6))
    checks: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(1))
    drafts: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(1))


def places() -> Places:
    """Return those of the application."""
    found = current_app.extensions[PLACES]
    assert isinstance(found, Places)  # noqa: S101 -- register_staff puts them there
    return found


@contextmanager
def taken(kind: BoundedSemaphore) -> Iterator[None]:
    """Take a place while something is done.

    Raises:
        BusyError: There is none.
    """
    if not kind.acquire(blocking=False):
        raise BusyError
    try:
        yield
    finally:
        kind.release()


def read_form(*, member: bool) -> None:
    """Read the form of the current request, whose fields are then at hand.

    Args:
        member: Whether it comes from somebody who is signed in.

    Raises:
        BusyError: Too many are being read.
        HTTPException: It is too large, or ended too early.
    """
    with taken(places().members if member else places().strangers):
        # Flask reads it here and keeps it.
        _read = request.form
