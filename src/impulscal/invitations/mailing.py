"""A mailing: many guests of one session told in parts, as they were shown to be due."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from impulscal.history.database import Database
from impulscal.invitations.inviting import Inviting
from impulscal.invitations.model import Kind, PrivateSession
from impulscal.invitations.post import Post

__all__ = ["Mailing"]

# About half a second of writing. Others who write (a guest who signs off, a file that is
# published) wait for a part, not for a thousand letters.
_PART = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing:
    """What is told, and by whom it is written.

    Attributes:
        private: The session as it was shown; if another one is published meanwhile, the
            rest is not told and stays due.
        post: Writes the messages.
        now: The moment of queueing: DTSTAMP.
    """

    private: PrivateSession
    post: Post
    now: datetime

    def queue(
        self,
        database: Database,
        guests: Sequence[int],
        progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> int:
        """Queue what ``guests`` are due, whatever it is; return how many messages.

        Args:
            database: With the guests.
            guests: Their ids.
            progress: Is told how many are done, and of how many.

        Raises:
            NoJoinLinkError: Somebody would be invited and there is no link.
            OvertakenError: Another schedule was published meanwhile.
            UsageError: Nobody can be named as sender.
        """
        count = 0
        for first in range(0, len(guests), _PART):
            progress(first, len(guests))
            part = frozenset(guests[first : first + _PART])
            with database.writing() as transaction:
                inviting = Inviting(transaction, self.private, self.post, self.now)
                count += len(inviting.send(frozenset(Kind), only=part))
        progress(len(guests), len(guests))
        return count
