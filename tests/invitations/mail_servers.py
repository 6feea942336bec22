"""Real mail servers for tests: aiosmtpd in a thread, and certificates for it."""

import asyncio
import ssl
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, NoReturn, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from impulscal.settings import MailServer

__all__ = ["Authority", "Misdeed", "PostOffice", "Received"]


class Misdeed(Enum):
    """What a mail server may do instead of answering."""

    DROP = "closes the connection"
    HANG = "never answers"
    TAKE_AND_DROP = "takes the message and closes the connection"


@dataclass(frozen=True)
class Received:
    """A message as the server took it."""

    sender: str
    recipients: tuple[str, ...]
    data: bytes
    encrypted: bool
    user: str | None


@dataclass
class PostOffice:
    """An SMTP server on a free port that takes all mail, unless ``answers`` say otherwise.

    Attributes:
        answers: By stage what it says to those who come, one after the other; after that it
            says yes. Stages: CONNECT, EHLO, MAIL, RCPT, DATA, and TEXT for its end.
        context: With one it offers STARTTLS.
        implicit: Whether the connection is encrypted from the beginning.
        login: User name and password, if it asks for them.
        heard: Is told each stage before it is answered.
        together: How many have to be there before anybody is served.
    """

    answers: dict[str, list[str | Misdeed]] = field(default_factory=dict)
    context: ssl.SSLContext | None = None
    implicit: bool = False
    login: tuple[str, str] | None = None
    heard: Callable[[str], None] = lambda _stage: None
    together: int = 1
    received: list[Received] = field(default_factory=list)
    stages: list[str] = field(default_factory=list)
    port: int = 0

    def __enter__(self) -> Self:
        self._open: set[_Counter] = set()
        self._all_there = asyncio.Event()
        self._loop = asyncio.new_event_loop()
        # In the thread from the beginning: a browser's driver may keep a loop in this one.
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        listening = self._loop.create_server(
            lambda: _Counter(self, self._open, self._loop),
            "127.0.0.1",
            self.port,
            ssl=self.context if self.implicit else None,
        )
        self._server = asyncio.run_coroutine_threadsafe(listening, self._loop).result()
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_error: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _close(self) -> None:
        self._server.close()
        for counter in self._open:
            assert isinstance(counter.transport, asyncio.Transport)
            counter.transport.abort()
        for counter in tuple(self._open):
            await counter.gone.wait()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*left, return_exceptions=True)

    @property
    def connections(self) -> int:
        return self.stages.count("CONNECT")

    @property
    def to(self) -> list[str]:
        """To whom mail came, in its order."""
        return [address for message in self.received for address in message.recipients]

    def server(self, **settings: Any) -> MailServer:
        """Return what makes impulscal send there."""
        told: dict[str, Any] = {"host": "127.0.0.1", "per_minute": 0, "port": self.port}
        return MailServer(**told | settings)

    async def wait_for_all(self) -> None:
        if self.connections >= self.together:
            self._all_there.set()
        await self._all_there.wait()

    def answer(self, stage: str) -> str | Misdeed | None:
        """Return what is to be said, or None for yes."""
        self.stages.append(stage)
        self.heard(stage)
        waiting = self.answers.get(stage)
        return waiting.pop(0) if waiting else None

    async def handle_DATA(  # noqa: N802 -- aiosmtpd's name
        self, server: "_Counter", session: Session, envelope: Envelope
    ) -> str:
        answer = self.answer("TEXT")
        if answer is None or answer is Misdeed.TAKE_AND_DROP:
            self._keep(session, envelope)
        if isinstance(answer, Misdeed):
            await server.misbehave(answer)
        return answer or f"250 Taken as number {len(self.received)}"

    def _keep(self, session: Session, envelope: Envelope) -> None:
        assert envelope.mail_from is not None
        assert isinstance(envelope.content, bytes)
        login = session.auth_data
        self.received.append(
            Received(
                sender=envelope.mail_from,
                recipients=tuple(envelope.rcpt_tos),
                data=envelope.content,
                encrypted=session.ssl is not None or self.implicit,
                user=login.login.decode() if isinstance(login, LoginPassword) else None,
            )
        )


class _Counter(SMTP):
    """Serves one customer."""

    def __init__(
        self, office: PostOffice, counters: "set[_Counter]", loop: asyncio.AbstractEventLoop
    ) -> None:
        self._office = office
        self._counters = counters
        self.gone = asyncio.Event()
        super().__init__(
            office,
            hostname="mail.example",
            tls_context=None if office.implicit else office.context,
            auth_required=office.login is not None,
            authenticator=self._authenticate,
            loop=loop,
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._counters.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self._counters.discard(self)
        self.gone.set()

    def _authenticate(self, *arguments: Any) -> AuthResult:
        given = arguments[-1]
        right = tuple(each.decode() for each in given) == self._office.login
        return AuthResult(success=right, handled=False, auth_data=given)

    async def _handle_client(self) -> None:
        if await self._says_yes("CONNECT"):
            await self._office.wait_for_all()
            await super()._handle_client()
        elif self.transport is not None:
            self.transport.close()

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802 -- aiosmtpd's name
        if await self._says_yes("EHLO"):
            await super().smtp_EHLO(hostname)

    async def smtp_HELO(self, hostname: str) -> None:  # noqa: N802 -- aiosmtpd's name
        if await self._says_yes("HELO"):
            await super().smtp_HELO(hostname)

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802 -- aiosmtpd's name
        if await self._says_yes("MAIL"):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802 -- aiosmtpd's name
        if await self._says_yes("RCPT"):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 -- aiosmtpd's name
        if await self._says_yes("DATA"):
            await super().smtp_DATA(arg)

    async def _says_yes(self, stage: str) -> bool:
        answer = self._office.answer(stage)
        if isinstance(answer, Misdeed):
            await self.misbehave(answer)
        if answer is not None:
            await self.push(str(answer).encode())
        return answer is None

    async def misbehave(self, misdeed: Misdeed) -> NoReturn:
        if misdeed is not Misdeed.HANG and self.transport is not None:
            self.transport.close()
        # Until the customer is gone.
        await asyncio.Event().wait()
        raise AssertionError


@dataclass
class Authority:
    """A certificate authority of one's own."""

    folder: Path

    def __post_init__(self) -> None:
        self._run("req", "-x509", *_KEY, "-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=CA")

    @property
    def file(self) -> Path:
        return self.folder / "ca.crt"

    def issue(self, host: str) -> tuple[Path, Path]:
        """Return certificate and key for ``host``: ``DNS:…`` or ``IP:…``."""
        name = host.partition(":")[2]
        paths = self.folder / f"{name}.crt", self.folder / f"{name}.key"
        self._run("req", *_KEY, "-keyout", str(paths[1]), "-out", "asked", "-subj", f"/CN={name}")
        extensions = self.folder / "extensions"
        extensions.write_text(
            f"subjectAltName={host}\nauthorityKeyIdentifier=keyid\nsubjectKeyIdentifier=hash\n",
            encoding="ascii",
        )
        self._run(
            *("x509", "-req", "-in", "asked", "-CA", "ca.crt", "-CAkey", "ca.key"),
            *("-CAcreateserial", "-extfile", "extensions", "-out", str(paths[0])),
        )
        return paths

    def context(self, host: str) -> ssl.SSLContext:
        """Return what a server needs that calls itself ``host``."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*self.issue(host))
        return context

    def _run(self, *command: str) -> None:
        subprocess.run(
            ["openssl", *command], cwd=self.folder, check=True, capture_output=True, timeout=60
        )


_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
