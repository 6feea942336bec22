"""What a file may cost: an attack is refused before it is paid for."""

from impulscal.errors import Message, _
from impulscal.schedule.reader.problems import Code, Place
from impulscal.schedule.reader.tree import ListNode, MapNode, Node, Spot, Tree, place_at

__all__ = [
    "MAX_DEPTH",
    "MAX_PART",
    "MAX_SESSIONS",
    "MAX_TEXT",
    "MAX_VALUES",
    "Budget",
    "RefusedError",
    "check_parts",
    "too_deep",
]

MAX_DEPTH = 50
"""Levels of nesting; a schedule needs six."""
MAX_VALUES = 500_000
"""Values in a file, aliases written out; a session with everything has about forty."""
MAX_SESSIONS = 10_000
"""Sessions in a file; calendars give up at a tenth of it."""
MAX_PART = 10_000
"""Values in one session, or in all but the sessions; aliases written out."""
MAX_CHARACTERS = 64 * 1024 * 1024
"""Characters in a file, aliases written out: twice the largest file."""
MAX_TEXT = 100_000
"""Characters in one text: forty printed pages."""

_INHERITED = ("location", "moderators", "registration")
"""Keys of the series whose values stand in every session, and may be long."""


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

    def spend_text(self, where: Spot, text: str) -> None:
        """Count one text.

        Raises:
            RefusedError: ``too-large`` at ``where``.
        """
        length = len(text)
        self.spend(where, 1, length)
        if length > MAX_TEXT:
            message = _("This text has more than {count} characters. Shorten it.", count=MAX_TEXT)
            raise RefusedError(place_at(where), Code.TOO_LARGE, message)


def too_deep(where: Spot) -> RefusedError:
    """Return the refusal of more than ``MAX_DEPTH`` levels."""
    message = _("More than {depth} levels stand in one another here.", depth=MAX_DEPTH)
    return RefusedError(place_at(where), Code.BAD_YAML, message)


def check_parts(tree: Tree) -> None:
    """Check the number of sessions, the size of each, of the rest, and of what is inherited.

    A value of a form costs a hundred times what it costs in the tree. What stands below
    ``x-`` is never read and only counts where it is repeated.

    Raises:
        RefusedError: ``too-large`` at what is too much.
    """
    if not isinstance(tree.root, MapNode):
        return
    size = 0
    for key, node in tree.root.values.items():
        if key == "sessions" and isinstance(node, ListNode):
            _check_sessions(node.items)
        elif not key.startswith("x-"):
            size += node.size
            _check_part(node.spot, size)
    _check_inherited(tree)


def _check_sessions(sessions: list[Node]) -> None:
    if len(sessions) > MAX_SESSIONS:
        message = _(
            "The file holds more than {count} sessions. Split the series into several files.",
            count=MAX_SESSIONS,
        )
        raise RefusedError(sessions[MAX_SESSIONS].place, Code.TOO_LARGE, message)
    for session in sessions:
        _check_part(session.spot, session.size)


def _check_inherited(tree: Tree) -> None:
    sessions = len(tree.items(("sessions",)))
    for key in _INHERITED:
        node = tree.node(("series", key))
        if node is not None and (
            node.size * sessions > MAX_VALUES or node.length * sessions > MAX_CHARACTERS
        ):
            message = _(
                "Every session inherits this: together more than {values} values or {characters} "
                "characters. Shorten it.",
                values=MAX_VALUES,
                characters=MAX_CHARACTERS,
            )
            raise RefusedError(node.place, Code.TOO_LARGE, message)


def _check_part(where: Spot, size: int) -> None:
    if size > MAX_PART:
        message = _("More than {count} values stand here. Shorten this part.", count=MAX_PART)
        raise RefusedError(place_at(where), Code.TOO_LARGE, message)
