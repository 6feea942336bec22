"""What can go wrong, and the words for it.

    ImpulscalError              shown to the user without a traceback
    ├── UsageError              wrong use of a command or a setting (exit 2)
    ├── HistoryError            the history cannot be read or written
    └── NoEditionError          there is nothing that could be served

Anything else that is raised is a bug and keeps its traceback.
"""

import errno
from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = [
    "HistoryError",
    "ImpulscalError",
    "Message",
    "NoEditionError",
    "UsageError",
    "_",
    "reason_of",
]


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence for people that is not yet in any language.

    Attributes:
        template: The English sentence with ``{named}`` places; the key of the
            translation. Extracted into the ``.po`` files.
        values: What goes into the places. A value that is itself a ``Message`` is
            translated too.
    """

    template: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        """The English sentence: for logs and tracebacks."""
        return self.template.format(**self.values)


def _(template: str, /, **values: object) -> Message:
    """Mark ``template`` for translation and hold it with its values.

    The short name is gettext's custom: ``pybabel extract`` finds it by that.
    """
    return Message(template, values)


# Why a file cannot be read or a port not be used; stands in brackets or behind a colon.
_REASONS = {
    errno.ENOENT: _("there is no such file"),
    errno.ENOTDIR: _("there is no such file"),
    errno.EISDIR: _("it is a folder"),
    errno.EACCES: _("it is not allowed"),
    errno.EPERM: _("it is not allowed"),
    errno.EADDRINUSE: _("another program uses it"),
}


def reason_of(error: OSError) -> Message:
    """Return why the system refused; in its own words where they are not common ones."""
    known = _REASONS.get(error.errno or 0)
    return known or Message("{reason}", {"reason": error.strerror or error})


class ImpulscalError(Exception):
    """Something a user can mend; ``message`` says what happened and what to do."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


class UsageError(ImpulscalError):
    """A command or a setting was used wrongly."""


class HistoryError(ImpulscalError):
    """The history cannot be read or written."""


class NoEditionError(ImpulscalError):
    """There never was an edition that could be served."""
