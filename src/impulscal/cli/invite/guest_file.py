"""The guest list that a command was given."""

import sys
from operator import itemgetter
from pathlib import Path

from impulscal.cli.columns import printable
from impulscal.cli.terminal import note
from impulscal.errors import ImpulscalError, Message, UsageError, _, reason_of
from impulscal.invitations.guest_list import GuestList, read_guest_list
from impulscal.invitations.guest_list.rows import MAX_BYTES

__all__ = ["bad_rows", "guest_file"]

_STANDARD_INPUT = "-"


def guest_file(path: str) -> GuestList:
    """Read a guest list and tell every row of it that cannot be used, or gets no message.

    Args:
        path: ``-`` for standard input.

    Raises:
        UsageError: There is no such file.
        UnreadableListError: It holds no guest list.
    """
    found = read_guest_list(_read(path), "" if path == _STANDARD_INPUT else path)
    rows = [(problem.line, problem.message) for problem in found.problems]
    rows += [(double.line, double.message) for double in found.doubled]
    for line, message in sorted(rows, key=itemgetter(0)):
        where = {"path": printable(path), "line": line, "problem": message}
        note(Message("{path}:{line}: {problem}", where))
    return found


def bad_rows(path: str | None, found: GuestList | None) -> ImpulscalError | None:
    """Return the error for a list that cannot be used as a whole; None where it can."""
    if found is None or not found.problems:
        return None
    return ImpulscalError(
        _(
            "{path}: Entries that cannot be used: {bad}. Nothing is sent and nothing written, so "
            "that nobody is left out unnoticed. Mend the list, or say --skip-bad-rows.",
            path=printable(path or ""),
            bad=len(found.problems),
        )
    )


def _read(path: str) -> bytes:
    if path == _STANDARD_INPUT:
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    try:
        with Path(path).open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(
            _("{path} cannot be read ({reason}).", path=path, reason=reason_of(error))
        ) from error
