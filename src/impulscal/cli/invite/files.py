"""``impulscal invite --out``: drafts and files for staff who send from their own program."""

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from impulscal.cli.invite.told import tell_letter
from impulscal.cli.progress import progress
from impulscal.cli.terminal import say
from impulscal.errors import ImpulscalError, _, reason_of
from impulscal.history.transaction import Transaction
from impulscal.invitations.address import key_of
from impulscal.invitations.drafts import eml, ics, stem
from impulscal.invitations.guests import guests_of_session
from impulscal.invitations.model import Listed, PrivateSession
from impulscal.settings import Settings

__all__ = ["People", "show_files", "who_comes", "write_files"]

People = Sequence[Listed | None]
"""For whom there are files; None stands for a draft to nobody yet."""


def who_comes(
    transaction: Transaction, private: PrivateSession, listed: Sequence[Listed]
) -> tuple[Listed, ...]:
    """Return those of a guest list who have not signed off, as far as the database knows."""
    away = {
        key_of(guest.address)
        for guest in guests_of_session(transaction, private.series.id, private.session.id)
        if guest.signed_off_at is not None
    }
    return tuple(person for person in listed if key_of(person.address) not in away)


def write_files(private: PrivateSession, people: People, folder: Path, settings: Settings) -> None:
    """Write a draft and a calendar file for each of ``people``, and tell what to do next.

    Args:
        private: The session.
        people: Whom they are for.
        folder: Is made; files of the same names are replaced.
        settings: For the public address and the sender.

    Raises:
        NoJoinLinkError: There is no participation link.
        ImpulscalError: The files cannot be written.
    """
    with progress(_("Writing")) as told:
        for number, person in enumerate(people, start=1):
            for name, data in _files(private, person, settings):
                _write(folder / name, data)
            told(number, len(people))
    say(_("{folder}: {count} files", folder=folder, count=2 * len(people)))
    say(_("Open the .eml file in Outlook and press Send."))
    say(_("With another program: attach the .ics file to a mail of your own."))
    if private.session.cancelled:
        say(_("The drafts tell that the session is cancelled; no participation link is in them."))
    else:
        say(_("Contains the participation link. Do not publish."))


def show_files(private: PrivateSession, people: People, folder: Path, settings: Settings) -> None:
    """Tell which files would be written, and what stands in the first draft.

    Raises:
        NoJoinLinkError: There is no participation link.
    """
    for person in people:
        for name in _names(private, person):
            click.echo(str(folder / name))
    click.echo()
    for person in people[:1]:
        tell_letter(next(data for _name, data in _files(private, person, settings)))


def _files(
    private: PrivateSession, person: Listed | None, settings: Settings
) -> Iterator[tuple[str, bytes]]:
    draft, calendar = _names(private, person)
    language = None if person is None else person.language
    base_url = settings.base_url
    yield draft, eml(private, person, base_url=base_url, mail_from=settings.mail_from)
    yield calendar, ics(private, language, base_url=base_url)


def _names(private: PrivateSession, person: Listed | None) -> tuple[str, str]:
    name = stem(private, person)
    return f"{name}.eml", f"{name}.ics"


def _write(path: Path, data: bytes) -> None:
    """Put ``data`` at ``path``, for its owner alone: whole or not at all."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            beside.unlink(missing_ok=True)  # of a process that died
            beside.touch(mode=0o600, exist_ok=False)
            beside.write_bytes(data)
            beside.replace(path)
        except OSError:
            with contextlib.suppress(OSError):
                beside.unlink()
            raise
    except OSError as error:
        raise ImpulscalError(
            _("{path} cannot be written: {reason}.", path=path, reason=reason_of(error))
        ) from error
