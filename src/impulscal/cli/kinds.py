"""What messages tell and where they stand, in one or two words."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from impulscal.cli.terminal import terminal_language
from impulscal.errors import Message, _
from impulscal.invitations.model import Kind, State
from impulscal.language import translate
from impulscal.wording.changes import FACT_NAMES

__all__ = ["counted", "fact_words", "kind_word", "state_word"]

_KINDS = {
    # Translators: What a message tells, as it stands in a table.
    Kind.INVITATION: _("invitation"),
    Kind.MOVED: _("new date"),
    Kind.CHANGED: _("change"),
    Kind.CANCELLED: _("cancellation"),
    Kind.SIGNED_OFF: _("sign-off"),
    Kind.REINSTATED: _("takes place after all"),
    Kind.SIGN_IN: _("sign-in link"),
}

_STATES = {
    # Translators: Where a message of the outbox stands.
    State.QUEUED: _("queued"),
    State.SENDING: _("sending"),
    State.SENT: _("sent"),
    State.FAILED: _("failed"),
    State.GIVEN_UP: _("given up"),
}


# What only guests are told stands beside what everybody is.
_FACTS = {**FACT_NAMES, "join_url": _("participation link")}


def fact_words(facts: Collection[str]) -> str:
    """Return the names of what changed, as people know them from the file."""
    return ", ".join(_words(name) for fact, name in _FACTS.items() if fact in facts)


def kind_word(kind: Kind) -> str:
    """Return what a message tells."""
    return _words(_KINDS[kind])


def state_word(state: State) -> str:
    """Return where a message stands."""
    return _words(_STATES[state])


def counted(words: Iterable[str]) -> Iterator[str]:
    """Yield ``48 × invitation``, ``3 × new date``: each once, in the order they come."""
    for word, count in Counter(words).items():
        yield f"{count} × {word}"


def _words(message: Message) -> str:
    return translate(message, terminal_language())
