"""Answers that can be given at once, kept apart from those that take their time.

A server that has one thread for all that is at hand, and others for the rest, first asks with
``environ[AT_ONCE]`` set. Whatever would have to work or wait says so instead, and is asked
again elsewhere.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

__all__ = ["AT_ONCE", "NotAtOnceError", "take_time"]

AT_ONCE = "front.at_once"
"""Where a server writes True if it wants an answer that is at hand, or none."""


class NotAtOnceError(Exception):
    """The answer takes time, and one that does was not wanted. Nothing was done yet."""


def take_time(environ: "WSGIEnvironment") -> None:
    """Say that the answer takes time from here.

    Raises:
        NotAtOnceError: Only what is at hand is wanted.
    """
    if environ.get(AT_ONCE):
        raise NotAtOnceError
