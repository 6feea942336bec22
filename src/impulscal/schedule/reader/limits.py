"""What a file may cost: an attack is refused before it is paid for."""

from impulscal.errors import Message, _
from impulscal.schedule.reader.problems import Code, Place
from impulscal.schedule.reader.tree import Spot, place_at

__all__ = ["MAX_DEPTH", "MAX_TEXT", "MAX_VALUES", "Budget", "RefusedError", "too_deep"]

MAX_DEPTH = 50
"""Levels of nesting; a schedule needs six."""
MAX_VALUES = 1_000_000
"""Values in a file, aliases written out; a session with everything has about forty."""
MAX_CHARACTERS = 64 * 1024 * 1024
"""Characters in a file, aliases written out: twice the largest file."""
MAX_TEXT = 100_000
"""Characters in one text: forty printed pages."""


class RefusedError(Exception):
    """The file cannot be read on; the problem tells why."""

    def __init__(self, place: Place, code: Code, message: Message) -> None:
        super().__init__(str(message))
        self.place = place
        self.code = code
        self.message = message


class Budget:
    """Counts what a file holds, aliases written out."""

    def __init__(self) -> None:
        self._values = 0
        self._characters = 0

    def spend(self, where: Spot, values: int, characters: int) -> None:
        """Count ``values`` and ``characters`` more.

        Raises:
            RefusedError: ``too-large`` at ``where``.
        """
        self._values += values
        self._characters += characters
        if self._values > MAX_VALUES or self._characters > MAX_CHARACTERS:
            message = _(
                "The file holds more than {values} values or {characters} characters, repeated "
                "ones (*name) counted each time. Split the series into several files.",
                values=MAX_VALUES,
                characters=MAX_CHARACTERS,
            )
            raise RefusedError(place_at(where), Code.TOO_LARGE, message)

    def check_text(self, where: Spot, text: str) -> None:
        """Check the length of one text.

        Raises:
            RefusedError: ``too-large`` at ``where``.
        """
        if len(text) > MAX_TEXT:
            message = _("This text has more than {count} characters. Shorten it.", count=MAX_TEXT)
            raise RefusedError(place_at(where), Code.TOO_LARGE, message)


def too_deep(where: Spot) -> RefusedError:
    """Return the refusal of more than ``MAX_DEPTH`` levels."""
    message = _("More than {depth} levels stand in one another here.", depth=MAX_DEPTH)
    return RefusedError(place_at(where), Code.BAD_YAML, message)
