"""What guests answer by mail: ``mailboxes`` and ``incoming`` read it, ``answers`` judges it."""

from impulscal.invitations.replies.answers import Outcome, Result, take

__all__ = ["Outcome", "Result", "take"]
