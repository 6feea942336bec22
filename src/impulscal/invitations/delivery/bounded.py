"""SMTP with answers that end: in time, and before they fill the memory.

Python's smtplib reads an answer for as long as its lines say that more follow, and its
timeout begins anew with whatever arrives. On an unencrypted line anybody can speak for the
server.
"""

import smtplib
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

__all__ = ["BoundedSMTP", "BoundedSMTPOverTLS", "EndlessAnswerError"]

# RFC 5321 4.5.3.1.5 has lines of 512 octets. The longest answer known is that to EHLO, with
# about 20 lines.
_LINES = 100
_BYTES = 64 * 1024


class EndlessAnswerError(smtplib.SMTPServerDisconnected):
    """The server's answer is longer than any that makes sense."""


class BoundedSMTP(smtplib.SMTP):
    """smtplib's SMTP, with a limit to each answer and to how long it takes.

    Attributes:
        patience: In timeouts, how long the next command may take with its answer.
    """

    patience = 1
    _deadline: float | None = None

    def send(self, s: "Buffer | str") -> None:
        """Send ``s``; from now on the time for its answer runs."""
        self._deadline = self._latest()
        if self.sock is not None:
            self.sock.settimeout(self.timeout * self.patience)
        super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        """Return code and text of an answer; the code is -1 where there is none.

        Raises:
            EndlessAnswerError: It is too long.
            SMTPServerDisconnected: It did not come in time, or the connection ended.
        """
        # The greeting comes unasked.
        deadline, self._deadline = self._deadline or self._latest(), None
        try:
            return self._reply(deadline)
        except smtplib.SMTPServerDisconnected:
            self.close()
            raise
        except OSError as error:
            self.close()
            raise smtplib.SMTPServerDisconnected(f"Connection closed: {error}") from error

    def _latest(self) -> float:
        return time.monotonic() + self.timeout * self.patience

    def _reply(self, deadline: float) -> tuple[int, bytes]:
        if self.sock is not None and self.file is None:
            self.file = self.sock.makefile("rb")
        lines: list[bytes] = []
        room = _BYTES
        while len(lines) < _LINES:
            line = self._line(deadline, room)
            room -= len(line)
            lines.append(line[4:].strip(b" \t\r\n"))
            code = line[:3]
            if not code.isdigit() or line[3:4] != b"-":
                return int(code) if code.isdigit() else -1, b"\n".join(lines)
        raise EndlessAnswerError

    def _line(self, deadline: float, room: int) -> bytes:
        """Read a line piece by piece: also one that drips has to end in time."""
        line = b""
        while not line.endswith(b"\n"):
            if len(line) >= room:
                raise EndlessAnswerError
            left = deadline - time.monotonic()
            if left <= 0 or self.sock is None or self.file is None:
                raise TimeoutError("timed out")
            self.sock.settimeout(left)
            there = self.file.peek()
            if not there:
                raise smtplib.SMTPServerDisconnected("Connection closed")
            line += self.file.read((there.find(b"\n") + 1) or len(there))
        return line


class BoundedSMTPOverTLS(BoundedSMTP, smtplib.SMTP_SSL):
    """The same, encrypted from the beginning."""
