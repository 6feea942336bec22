"""The bodies of requests: read by few at once, so that feeds always find a thread.

Servers have a timeout for headers only: whoever sends half a form and falls silent keeps the
thread that reads it for as long as they like. What is not read costs nothing.
"""

from dataclasses import dataclass, field
from threading import BoundedSemaphore

from flask import current_app, request
from werkzeug.exceptions import ServiceUnavailable

__all__ = ["BODIES", "Bodies", "BusyError", "read_form"]

BODIES = "impulscal.staff_bodies"
"""Where the application keeps its ``Bodies``."""

# In seconds; a form takes a moment.
_RETRY_AFTER = 5


class BusyError(ServiceUnavailable):
    """As much of a kind is being done as this process bears; it will soon be less."""

    def __init__(self) -> None:
        """Prepare an answer that says when to come again."""
        super().__init__(retry_after=_RETRY_AFTER)


@dataclass(frozen=True, slots=True)
class Bodies:
    """How many are read at once in this process.

    Together far fewer than the threads of ``impulscal serve``.

    Attributes:
        strangers: Of whoever has no session, though they may have had one.
        members: Of whoever is signed in. Their own, so that no stranger is in their way.
    """

    strangers: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(2))
    members: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(6))


def read_form(*, member: bool) -> None:
    """Read the form of the current request, whose fields are then at hand.

    Args:
        member: Whether it comes from somebody who is signed in.

    Raises:
        BusyError: Too many are being read.
        HTTPException: It is too large, or ended too early.
    """
    bodies: Bodies = current_app.extensions[BODIES]
    places = bodies.members if member else bodies.strangers
    if not places.acquire(blocking=False):
        raise BusyError
    try:
        # Flask reads it here and keeps it.
        _read = request.form
    finally:
        places.release()
