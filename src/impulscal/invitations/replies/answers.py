"""Answers of guests: matched with who was invited, and written down (RFC 5546 3.2.3, 6.1.2).

UIDs are public, so knowing one proves nothing: an answer counts only if it comes from the
address that was invited, to the date that this address was told last.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from impulscal.history.database import Database
from impulscal.history.transaction import Transaction
from impulscal.invitations.address import BadAddressError, key_of
from impulscal.invitations.guests import guests_of_address, remember_answer
from impulscal.invitations.model import Guest, Partstat
from impulscal.invitations.replies.incoming import MOST_BYTES, IncomingMail, read_mail
from impulscal.vcalendar.reply import Answer, NotAnAnswerError, read_answer

__all__ = ["Outcome", "Result", "take"]

# By how much the clock of a guest may be ahead. An answer from the year 9999 would be the
# last one for ever.
_AHEAD = timedelta(days=1)


class Outcome(StrEnum):
    """What became of a message; all but the first change nothing."""

    RECORDED = "recorded"
    KNOWN = "known"
    OVERTAKEN = "overtaken"
    OLDER_DATE = "older-date"
    SIGNED_OFF = "signed-off"
    NOT_INVITED = "not-invited"
    NO_GUEST = "no-guest"
    OTHER_SENDER = "other-sender"
    FORGED = "forged"
    FOREIGN = "foreign"
    IN_FUTURE = "in-future"
    UNDECIDED = "undecided"
    DELEGATED = "delegated"
    COUNTER = "counter"
    OTHER_METHOD = "other-method"
    UNREADABLE = "unreadable"
    TNEF = "tnef"
    NO_CALENDAR = "no-calendar"
    TOO_LARGE = "too-large"


_DECISIONS: dict[str, Partstat | Outcome] = {
    "ACCEPTED": Partstat.ACCEPTED,
    "TENTATIVE": Partstat.TENTATIVE,
    "DECLINED": Partstat.DECLINED,
    "DELEGATED": Outcome.DELEGATED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of a message; nothing in it tells who wrote it.

    Attributes:
        series, session: Ids; None where the message is about no session of ours.
        answer: What was answered; None where that cannot be told.
    """

    outcome: Outcome
    series: str | None = None
    session: str | None = None
    answer: Partstat | None = None


def take(database: Database, data: bytes, *, now: datetime) -> Result:
    """Write down what a guest answers in a message; the same one again changes nothing.

    Who declines is not signed off: that is what the link in the invitation is for, and no
    place is given away by what a program sends by itself.

    Args:
        database: Holds the guests.
        data: The message, whoever wrote it.
        now: The moment.

    Raises:
        HistoryError: The database cannot be used; nothing was written.
    """
    if len(data) > MOST_BYTES:
        return Result(outcome=Outcome.TOO_LARGE)
    try:
        mail = read_mail(data)
        answer = _answer(mail)
    except Exception:  # noqa: BLE001 -- strangers send what no library has foreseen
        return Result(outcome=Outcome.UNREADABLE)
    if isinstance(answer, Outcome):
        return Result(outcome=answer)
    with database.writing() as transaction:
        return _Matching(transaction, mail, answer, now).result()


def _answer(mail: IncomingMail) -> Answer | Outcome:
    """Return the first object that can be read; programs send copies of one, not several."""
    if not mail.calendars:
        return Outcome.TNEF if mail.tnef else Outcome.NO_CALENDAR
    for text in mail.calendars:
        try:
            return read_answer(text)
        except NotAnAnswerError as error:
            if error.method is not None:
                return Outcome.COUNTER if error.method == "COUNTER" else Outcome.OTHER_METHOD
    return Outcome.UNREADABLE


@dataclass(frozen=True, slots=True)
class _Matching:
    """One answer on its way into the database."""

    transaction: Transaction
    mail: IncomingMail
    answer: Answer
    now: datetime

    def result(self) -> Result:
        """Return what becomes of the answer, and write it down where it counts."""
        about = self._session()
        if about is None:
            return Result(outcome=Outcome.FOREIGN)
        series, session = about
        decision = self._decision()
        if isinstance(decision, Outcome):
            return Result(outcome=decision, series=series, session=session)
        outcome = self._outcome(series, session, decision)
        return Result(outcome=outcome, series=series, session=session, answer=decision)

    def _session(self) -> tuple[str, str] | None:
        """Return the series and session with the answer's UID (``Series.uid``)."""
        found = re.fullmatch(r"([a-z0-9-]+)\.([a-z0-9-]+)@(.+)", self.answer.uid)
        if found is None:
            return None
        session, series, domain = found.groups()
        if domain != self.transaction.history(series).domain:
            return None
        return series, session

    def _decision(self) -> Partstat | Outcome:
        """Return what the sender answers for themselves, or why that does not count."""
        sender = _key(self.mail.sender)
        answers = {one.partstat for one in self.answer.respondents if _key(one.address) == sender}
        if self.mail.forged:
            return Outcome.FORGED
        if sender is None or len(answers) != 1:
            return Outcome.OTHER_SENDER
        if self.answer.dtstamp > self.now + _AHEAD:
            return Outcome.IN_FUTURE
        return _DECISIONS.get(answers.pop(), Outcome.UNDECIDED)

    def _outcome(self, series: str, session: str, decision: Partstat) -> Outcome:
        """Write the answer down if it counts; return what became of it."""
        self.transaction.lock(series)
        found = guests_of_address(self.transaction, self.mail.sender or "")
        guest = next((one for one in found if (one.series, one.session) == (series, session)), None)
        if guest is None:
            return Outcome.NO_GUEST
        ignored = self._ignored(guest)
        if ignored is None:
            remember_answer(self.transaction, guest, decision, at=self.answer.dtstamp)
        return ignored or Outcome.RECORDED

    def _ignored(self, guest: Guest) -> Outcome | None:
        """Return why an answer of ``guest`` does not count; by the numbers of RFC 5546 2.1.5."""
        if guest.signed_off_at is not None:
            return Outcome.SIGNED_OFF
        if guest.told is None or not guest.invited:
            return Outcome.NOT_INVITED
        if self.answer.sequence != guest.told.sequence:
            older = self.answer.sequence < guest.told.sequence
            return Outcome.OLDER_DATE if older else Outcome.FOREIGN
        if guest.answered_at is not None and self.answer.dtstamp < guest.answered_at:
            return Outcome.OVERTAKEN
        return Outcome.KNOWN if self.answer.dtstamp == guest.answered_at else None


def _key(address: str | None) -> str | None:
    try:
        return key_of(address or "")
    except BadAddressError:
        return None
