"""An answer as it is sent: whole, as a head, as 304, packed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from impulscal.front.at_once import take_time
from impulscal.front.codings import CODINGS, best_coding, is_packable
from impulscal.front.conditions import is_known, seconds_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

__all__ = ["Answer", "Form"]

_VARY = ("Vary", "Accept-Encoding")

_NOT_MODIFIED = "304 Not Modified"

Headers = list[tuple[str, str]]

# Characters of Accept-Encoding; browsers send some thirty.
_LONGEST_ACCEPTED = 500

# What describes a body that a 304 does not have (RFC 9110 15.4.5).
_OF_THE_BODY = ("content-type", "content-length", "content-disposition", "content-encoding")


@dataclass(frozen=True, slots=True)
class Form:
    """One coding of an answer: the body and the headers that go with it."""

    body: bytes
    headers: Headers
    headers_without_body: Headers


class Answer:
    """A 200 with a validator.

    Attributes:
        modified: Of Last-Modified, seconds since 1970, or None.
        size: Bytes that it takes at most, whatever forms are asked for.
    """

    __slots__ = ("_entity_tag", "_forms", "_last_modified", "_packable", "modified", "size")

    def __init__(self, headers: Sequence[tuple[str, str]], body: bytes) -> None:
        """Take what the application answered to a plain GET."""
        told = {name.lower(): value for name, value in headers}
        self._entity_tag = told["etag"].removeprefix("W/") if "etag" in told else None
        self._last_modified = told.get("last-modified")
        self.modified = None if self._last_modified is None else seconds_of(self._last_modified)
        self._packable = is_packable(told.get("content-type", ""))
        self._forms: dict[str | None, Form] = {None: self._form(headers, body)}
        # Packed it is smaller, but perhaps kept in every coding.
        self.size = len(body) * (1 + self._packable)

    @property
    def plain(self) -> Form:
        """The answer as it is."""
        return self._forms[None]

    def send(
        self,
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
        *,
        packed: bool = True,
    ) -> Iterable[bytes]:
        """Answer a GET or HEAD: whole, as a head, or that the client has it already.

        Args:
            environ: Of WSGI.
            start_response: Likewise.
            packed: Whether it may be packed, once for each coding.

        Raises:
            NotAtOnceError: It would have to be packed first, and that was not wanted.
        """
        form = self._form_for(environ) if packed else self.plain
        # PEP 3333: the server may change the list that it is given.
        if is_known(environ, self._entity_tag, self._last_modified):
            start_response(_NOT_MODIFIED, list(form.headers_without_body))
            return []
        start_response("200 OK", list(form.headers))
        return [form.body] if environ["REQUEST_METHOD"] == "GET" else []

    def _form_for(self, environ: "WSGIEnvironment") -> Form:
        accepted = environ.get("HTTP_ACCEPT_ENCODING") if self._packable else None
        # What is asked is remembered, so of a header without end only the beginning counts.
        coding = best_coding(accepted[:_LONGEST_ACCEPTED]) if accepted else None
        form = self._forms.get(coding)
        if form is None:
            take_time(environ)
            form = self._packed(coding)
        return form

    def _packed(self, coding: str | None) -> Form:
        assert coding is not None  # noqa: S101 -- as it is it is there from the beginning
        plain = self._forms[None]
        body = CODINGS[coding](plain.body)
        # Other bytes: the validator becomes a weak one (RFC 9110 8.8.1).
        headers = [
            (name, f"W/{self._entity_tag}" if name.lower() == "etag" else value)
            for name, value in plain.headers
            if name.lower() != "content-length"
        ]
        headers += [("Content-Encoding", coding), ("Content-Length", str(len(body)))]
        form = self._forms[coding] = Form(body, headers, _without_body(headers))
        return form

    def _form(self, headers: Sequence[tuple[str, str]], body: bytes) -> Form:
        told = list(headers)
        if self._packable and _VARY not in told:
            told.append(_VARY)
        return Form(body, told, _without_body(told))


def _without_body(headers: Headers) -> Headers:
    return [(name, value) for name, value in headers if name.lower() not in _OF_THE_BODY]
