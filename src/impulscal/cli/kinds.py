"""What messages tell and where they stand, in one or two words."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from impulscal.cli.terminal import terminal_language
from impulscal.errors import Message
from impulscal.invitations import words
from impulscal.invitations.model import Kind, State
from impulscal.language import translate

__all__ = ["counted", "fact_words", "kind_word", "state_word"]


def fact_words(facts: Collection[str]) -> str:
    """Return the names of what changed, as people know them from the file."""
    return ", ".join(_words(name) for name in words.fact_words(facts))


def kind_word(kind: Kind) -> str:
    """Return what a message tells."""
    return _words(words.KIND_WORDS[kind])


def state_word(state: State) -> str:
    """Return where a message stands."""
    return _words(words.STATE_WORDS[state])


def counted(told: Iterable[str]) -> Iterator[str]:
    """Yield ``48 × invitation``, ``3 × new date``: each once, in the order they come."""
    for word, count in Counter(told).items():
        yield f"{count} × {word}"


def _words(message: Message) -> str:
    return translate(message, terminal_language())
