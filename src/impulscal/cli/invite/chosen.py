"""The session that a command is about, in one of the series that are served."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from impulscal.cli.drafts import Draft, drafts_in
from impulscal.edition import Edition
from impulscal.errors import ImpulscalError, Message, UsageError, _
from impulscal.history.database import Database
from impulscal.history.transaction import Transaction
from impulscal.invitations.inviting import set_join_link
from impulscal.invitations.model import PrivateSession
from impulscal.invitations.private import UnknownSessionError, private_session
from impulscal.schedule.reader.leak import would_leak
from impulscal.settings import Settings

__all__ = ["Chosen", "choose", "with_join_link"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A session as it would be published now.

    Attributes:
        draft: The file that it stands in.
        private: Of the copy of the history that ``choose`` was given.
        name: What people call it on the command line: ``2`` or ``stadtimpuls/2``.
        now: The moment, in the zone of the series.
    """

    draft: Draft
    private: PrivateSession
    name: str
    now: datetime

    @property
    def data(self) -> bytes:
        """The file's bytes."""
        return self.draft.data

    @property
    def over(self) -> bool:
        """Whether the session has ended."""
        return self.private.session.revision.over(self.now)

    @property
    def places(self) -> int | None:
        """How many people can take part, as far as the file says so."""
        schedule = self.draft.reading.schedule
        sessions = () if schedule is None else schedule.sessions
        found = (one.registration for one in sessions if one.id == self.private.session.id)
        return next((one.places for one in found if one is not None), None)


def choose(database: Database, settings: Settings, wanted: str) -> Chosen:
    """Return the session that ``wanted`` names: an id, or ``SERIES/ID``.

    Args:
        database: A copy of the history; the files are published into it.
        settings: They name the files and the clock.
        wanted: As it was given.

    Raises:
        UsageError: No session is called that, or several are.
        ImpulscalError: Its file has errors, or was superseded.
    """
    found = list(drafts_in(database, settings))
    both = [(draft, draft.published.edition) for draft in found]
    editions = [(draft, edition) for draft, edition in both if edition is not None]
    prefixed = len(found) > 1
    names = list(_names(editions, prefixed=prefixed))
    series, _slash, session = wanted.rpartition("/")
    if not series:
        _refuse_guessing(found, wanted, names)
    matching = []
    with database.reading() as transaction:
        for draft, edition in editions:
            if series in ("", edition.series.id):
                private = _session(transaction, edition, session)
                if private is not None:
                    matching.append((draft, private))
    if len(matching) != 1:
        raise _none_or_many(wanted, found, names, matching)
    draft, private = matching[0]
    if draft.superseded is not None:
        reason = {"path": draft.path, "reason": draft.superseded}
        raise ImpulscalError(Message("{path}: {reason}", reason))
    return Chosen(
        draft=draft,
        private=private,
        name=f"{private.series.id}/{session}" if prefixed else session,
        now=settings.clock.now(private.series.timezone),
    )


def with_join_link(
    transaction: Transaction, private: PrivateSession, url: str | None, data: bytes
) -> PrivateSession:
    """Return the session with ``url`` remembered as its participation link.

    Args:
        transaction: A writing one.
        private: The session.
        url: None where nothing was said: then all stays as it is.
        data: The file; its link goes before.

    Raises:
        UsageError: ``url`` is no web address, is public, or the file names another one.
    """
    if url is None:
        return private
    if not url.lower().startswith(("http://", "https://")):
        raise UsageError(
            _("--join-url: this is no web address. Write it whole, beginning with https://.")
        )
    if would_leak(data, url):
        raise UsageError(
            _(
                "--join-url: this link stands in a public text of the file. Delete it there: "
                "invited people get it by mail."
            )
        )
    found = set_join_link(transaction, private, url)
    if found.join_url != url:
        raise UsageError(
            _(
                "--join-url: the file names another participation link for session {session}. "
                "Change it there (join_url).",
                session=private.session.id,
            )
        )
    return found


def _session(transaction: Transaction, edition: Edition, session: str) -> PrivateSession | None:
    try:
        return private_session(transaction, edition, session)
    except UnknownSessionError:
        return None


def _names(editions: list[tuple[Draft, Edition]], *, prefixed: bool) -> Iterator[str]:
    for _draft, edition in editions:
        for session in edition.by_id:
            yield f"{edition.series.id}/{session}" if prefixed else session


def _refuse_guessing(found: list[Draft], wanted: str, names: list[str]) -> None:
    """Refuse an id alone where it may be one of a file that cannot be read.

    Raises:
        UsageError: A file has errors, and another has not.
    """
    broken = next((draft for draft in found if draft.refused), None)
    if broken is not None and names:
        raise UsageError(
            _(
                "{path} has errors, so {id} may be meant there. Say which session you mean: "
                "{known}.",
                path=broken.path,
                id=wanted,
                known=", ".join(names),
            )
        )


def _none_or_many(
    wanted: str,
    found: list[Draft],
    names: list[str],
    matching: list[tuple[Draft, PrivateSession]],
) -> ImpulscalError:
    if matching:
        several = [f"{private.series.id}/{wanted}" for _draft, private in matching]
        return UsageError(
            _(
                "Several series have a session {id}. Say which: {known}.",
                id=wanted,
                known=", ".join(several),
            )
        )
    broken = next((draft for draft in found if draft.refused), None)
    if broken is not None:
        return ImpulscalError(
            _("{path} has errors. `impulscal check` names them.", path=broken.path)
        )
    return UsageError(
        _(
            "There is no session {id}. There are: {known}.",
            id=wanted,
            known=", ".join(names) or "–",
        )
    )
