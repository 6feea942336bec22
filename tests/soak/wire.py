"""HTTP/1.1 as it goes over the wire, byte for byte: libraries mend too much."""

import asyncio
import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count

__all__ = ["Answer", "Connection", "DroppedError", "NoHttpError"]

_numbers = count(1)


class DroppedError(Exception):
    """The connection ended before the answer did."""


class NoHttpError(Exception):
    """What came is no answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One exchange.

    Attributes:
        request: As it was sent.
        head: Status line and headers as they came.
        headers: By names in lower case.
        asked_at: Before the request was sent, seconds of the monotonic clock.
        told_at: After the last byte had come.
    """

    request: bytes
    head: bytes
    status: int
    headers: Mapping[str, str]
    body: bytes
    asked_at: float
    told_at: float

    def shown(self, most_bytes: int = 3000) -> str:
        """Return the exchange for a message, long bodies cut."""
        body = self.body[:most_bytes]
        left = len(self.body) - len(body)
        return f"{self.request!r}\n→ {self.head!r}\n{body!r}" + (f" … {left} more" if left else "")


@dataclass(slots=True)
class Connection:
    """A connection that is kept; one worker of the server answers all that is asked on it.

    Attributes:
        oldest: The oldest version of the schedule that may still be told here.
    """

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    opened_at: float
    number: int = field(default_factory=lambda: next(_numbers))
    oldest: int = 0
    asked: int = 0

    @classmethod
    async def open(cls, port: int) -> "Connection":
        """Connect.

        Raises:
            OSError: Nobody listens.
        """
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        return cls(reader, writer, time.monotonic())

    async def ask(self, method: str, target: str, headers: Mapping[str, str]) -> Answer:
        """Ask and read the whole answer.

        Raises:
            DroppedError: The server ended the connection.
            NoHttpError: The answer is none.
        """
        lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {headers[name]}" for name in headers)]
        request = ("\r\n".join(lines) + "\r\n\r\n").encode()
        asked_at = time.monotonic()
        self.asked += 1
        try:
            self.writer.write(request)
            await self.writer.drain()
            head = await self.reader.readuntil(b"\r\n\r\n")
            status, told = _parse(head)
            length = 0 if method == "HEAD" or status == 304 else _length(told, head)
            body = await self.reader.readexactly(length)
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise DroppedError(repr(error)) from error
        return Answer(
            request=request,
            head=head,
            status=status,
            headers=told,
            body=body,
            asked_at=asked_at,
            told_at=time.monotonic(),
        )

    async def close(self) -> None:
        """End the connection; it may have ended before."""
        self.writer.close()
        with contextlib.suppress(OSError):
            await self.writer.wait_closed()


def _parse(head: bytes) -> tuple[int, Mapping[str, str]]:
    first, *lines = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    version, _space, rest = first.partition(" ")
    if version != "HTTP/1.1" or not rest[:3].isdecimal():
        raise NoHttpError(f"no status line: {head!r}")
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or name.lower() in headers:
            raise NoHttpError(f"{line!r} twice, or no header: {head!r}")
        headers[name.lower()] = value.strip()
    return int(rest[:3]), headers


def _length(headers: Mapping[str, str], head: bytes) -> int:
    length = headers.get("content-length", "")
    if not length.isdecimal() or "transfer-encoding" in headers:
        raise NoHttpError(f"a body without a length: {head!r}")
    return int(length)
