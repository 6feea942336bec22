"""What messages tell, where they stand and what guests answered, in one or two words."""

from collections.abc import Collection, Iterator, Mapping

from impulscal.errors import Message, _
from impulscal.invitations.model import Kind, Partstat, State
from impulscal.wording.changes import FACT_NAMES

__all__ = ["KIND_WORDS", "PARTSTAT_WORDS", "STATE_WORDS", "fact_words"]

KIND_WORDS: Mapping[Kind, Message] = {
    # Translators: What a message tells, as it stands in a table.
    Kind.INVITATION: _("invitation"),
    Kind.MOVED: _("new date"),
    Kind.CHANGED: _("change"),
    Kind.CANCELLED: _("cancellation"),
    Kind.SIGNED_OFF: _("sign-off"),
    Kind.REINSTATED: _("takes place after all"),
    Kind.SIGN_IN: _("sign-in link"),
}

STATE_WORDS: Mapping[State, Message] = {
    # Translators: Where a message of the outbox stands.
    State.QUEUED: _("queued"),
    State.SENDING: _("sending"),
    State.SENT: _("sent"),
    State.FAILED: _("failed"),
    State.GIVEN_UP: _("given up"),
}

PARTSTAT_WORDS: Mapping[Partstat, Message] = {
    Partstat.ACCEPTED: _("accepted"),
    Partstat.TENTATIVE: _("tentative"),
    Partstat.DECLINED: _("declined"),
    Partstat.NEEDS_ACTION: _("no reply"),
}

# What only guests are told stands beside what everybody is.
_FACTS = {**FACT_NAMES, "join_url": _("participation link")}


def fact_words(facts: Collection[str]) -> Iterator[Message]:
    """Yield the names of ``facts`` as people know them."""
    return (name for fact, name in _FACTS.items() if fact in facts)
