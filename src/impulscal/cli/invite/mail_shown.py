"""A whole message as people can read it: its headers, its text, its calendar part."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

from impulscal.cli.columns import printable
from impulscal.cli.terminal import terminal_language
from impulscal.errors import Message, _
from impulscal.language import translate

__all__ = ["shown_mail"]


def shown_mail(data: bytes) -> Iterator[str]:
    """Yield the lines of a message (RFC 5322): decoded, and nothing a terminal would obey."""
    mail = message_from_bytes(data, _class=EmailMessage, policy=policy.default)
    for name, value in mail.items():
        if name.lower() not in _OF_THE_TREE:
            yield printable(f"{name}: {value}")
    for part in mail.walk():
        if not part.is_multipart():
            yield ""
            yield from _part(part)


# How the message is put together; what stands in each part is told with it.
_OF_THE_TREE = ("mime-version", "content-type", "content-transfer-encoding")


def _part(part: EmailMessage) -> Iterator[str]:
    kind = part.get_content_type()
    if kind == "text/html":
        yield _words(_("[{kind}: the same words for programs that show them]", kind=kind))
        return
    if kind != "text/plain":
        yield f"[{printable(str(part['Content-Type']))}]"
    content = part.get_content()
    text = content if isinstance(content, str) else content.decode("utf-8", "replace")
    for line in text.splitlines():
        yield printable(line)


def _words(message: Message) -> str:
    return translate(message, terminal_language())
