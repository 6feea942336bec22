"""The error of a value that is not spelled as its key wants it."""

from impulscal.errors import Message
from impulscal.schedule.reader.problems import Code

__all__ = ["BadValueError"]


class BadValueError(ValueError):
    """A value cannot be understood; code and message say why.

    Its place is known only to whoever holds the tree.
    """

    def __init__(self, code: Code, message: Message) -> None:
        super().__init__(str(message))
        self.code = code
        self.message = message
