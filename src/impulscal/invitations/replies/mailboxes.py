"""Where mail lies: single files, mboxes, Maildirs and a stream. Only read, never changed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from impulscal.errors import ImpulscalError, _, reason_of
from impulscal.invitations.replies.incoming import MOST_BYTES

__all__ = ["StoredMail", "mails", "read_stream"]

_CHUNK = 64 * 1024

# Sentences that begin with “From” should be quoted in an mbox, and are not always.
_POSTMARK = re.compile(rb"From .*[0-9]:[0-9]{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMail:
    """A message and where it lies.

    Attributes:
        name: Path; in an mbox with the number of the message, from 1.
        data: At most one byte more than ``MOST_BYTES``.
        alone: Whether it was asked for by itself, not with the mailbox that it lies in.
    """

    name: str
    data: bytes
    alone: bool


def mails(path: Path) -> Iterator[StoredMail]:
    """Yield the messages of a file, an mbox (RFC 4155) or a Maildir; subfolders are their own.

    Raises:
        ImpulscalError: It cannot be read, or is a folder and no Maildir.
    """
    try:
        if path.is_dir():
            yield from _maildir(path)
        else:
            yield from _file(path)
    except OSError as error:
        raise ImpulscalError(
            _(
                "{path} cannot be read ({reason}).",
                path=error.filename or path,
                reason=reason_of(error),
            )
        ) from error


def read_stream(stream: BinaryIO) -> bytes:
    """Return at most one byte more than ``MOST_BYTES``, and read the rest.

    Whoever writes into a pipe that closes early takes that for a failure.
    """
    data = stream.read(MOST_BYTES + 1)
    while stream.read(_CHUNK):
        pass
    return data


def _maildir(folder: Path) -> Iterator[StoredMail]:
    """Yield the messages of ``new`` and ``cur``; those in ``tmp`` are not whole yet."""
    inside = [folder / "new", folder / "cur"]
    if not all(part.is_dir() for part in inside):
        raise ImpulscalError(
            _(
                "{folder} is no Maildir: it has no folders new and cur. Name files, or a Maildir.",
                folder=folder,
            )
        )
    for file in [file for part in inside for file in sorted(part.iterdir())]:
        if file.name.startswith("."):
            continue
        try:
            with file.open("rb") as stream:
                data = stream.read(MOST_BYTES + 1)
        except FileNotFoundError:  # a mail program has moved it; the next run finds it
            continue
        yield StoredMail(name=str(file), data=data, alone=False)


def _file(path: Path) -> Iterator[StoredMail]:
    with path.open("rb") as stream:
        if stream.read(5) == b"From ":
            stream.seek(0)
            for number, data in enumerate(_mbox(stream), 1):
                yield StoredMail(name=f"{path}:{number}", data=data, alone=False)
        else:
            stream.seek(0)
            yield StoredMail(name=str(path), data=stream.read(MOST_BYTES + 1), alone=True)


def _mbox(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the messages between the lines ``From somebody Thu May 20 12:15:00 2021``."""
    message = bytearray()
    after_empty = True
    while line := stream.readline(_CHUNK):
        if after_empty and _POSTMARK.match(line) and message:
            yield bytes(message)
            message.clear()
        message += line[: MOST_BYTES + 1 - len(message)]
        after_empty = line in (b"\n", b"\r\n")
    if message:
        yield bytes(message)
