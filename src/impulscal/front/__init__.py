"""Answers from memory what an application has answered before.

WSGI middleware that knows HTTP (RFC 9110) and nothing of calendars; the application behind
it need not know that it is there. The application gives whole answers to GET; HEAD,
conditional requests and packing are done here, for what is kept and what is not alike.
"""

from impulscal.front.answer import Answer
from impulscal.front.at_once import AT_ONCE, NotAtOnceError
from impulscal.front.front import QUERY, Front
from impulscal.front.memory import Kept, Key
from impulscal.front.opening import Opening
from impulscal.front.paths import WHOLE_PATH, PlainPaths

__all__ = [
    "AT_ONCE",
    "QUERY",
    "WHOLE_PATH",
    "Answer",
    "Front",
    "Kept",
    "Key",
    "NotAtOnceError",
    "Opening",
    "PlainPaths",
]
