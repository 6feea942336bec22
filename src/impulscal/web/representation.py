"""What an address answers: bytes with both validators, kept as long as their edition.

Also the last good bytes of each address: if a new edition cannot be rendered, a
subscribed address goes on answering with them (Thunderbird switches a subscription
off after an error; CLIENTS.md 11).
"""

import hashlib
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from operator import is_

from flask import Response, request
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.http import http_date

from impulscal.edition import Edition
from impulscal.errors import HistoryError
from impulscal.front import QUERY
from impulscal.history.hurry import hurried
from impulscal.web.editions import Editions
from impulscal.web.release import release

__all__ = ["Representation", "Representations", "respond"]

_log = logging.getLogger("impulscal")

# Distinct addresses are few: pages, sessions, variants. The bound keeps combinations of
# options, which strangers can choose, from filling the memory.
_MOST_BYTES = 32 * 1024 * 1024

# How long somebody who asks for an address waits for what the history knows of it, in seconds.
_HURRY = 1.0

# Stands for all combinations of options that have no stamp of their own. No path is like that.
_ALL_OTHERS = "*"

# A clock that stands still (IMPULSCAL_NOW) never catches up with the seconds that
# edits under it are stamped ahead.
_TOLERANCE_OF_A_FIXED_CLOCK = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Representation:
    """The bytes of one address in one edition.

    Attributes:
        address: Path and canonical options under which it may be given again as long as
            the editions stay; None where it may not.
        digest: SHA-256 of ``body``, hexadecimal; the strong ETag.
        last_modified: UTC, or None where the history could not be asked or knows more
            than the edition does.
        disposition: ``inline`` or ``attachment`` with a file name, or None.
        timezone: Of the series; a clock that stands without an offset is read in it.
    """

    body: bytes
    digest: str
    content_type: str
    last_modified: datetime | None
    address: str | None = None
    disposition: str | None = None
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True)
class _Kept:
    """A representation, and what it was made from.

    Attributes:
        undated: Whether the history is still to be asked for its Last-Modified.
    """

    editions: tuple[Edition, ...]
    representation: Representation
    undated: bool = False

    def shows(self, editions: Sequence[Edition]) -> bool:
        """Tell whether it was made from just these editions."""
        return len(editions) == len(self.editions) and all(map(is_, editions, self.editions))

    def is_newer_than(self, editions: Sequence[Edition]) -> bool:
        """Tell whether it was made from later editions, as far as both have as many."""
        made = [
            (kept.made, asked.made) for kept, asked in zip(self.editions, editions, strict=False)
        ]
        return all(kept >= asked for kept, asked in made) and any(
            kept > asked for kept, asked in made
        )


@dataclass(frozen=True, slots=True)
class _Ask:
    """What was asked for; see ``Representations.get``."""

    editions: tuple[Edition, ...]
    address: str
    render: Callable[[], bytes]
    content_type: str
    disposition: str | None


class Representations:
    """Renders each address once for an edition and remembers the result.

    Attributes:
        timing: Gives what stands around each rendering, to measure it.
    """

    def __init__(self, editions: Editions) -> None:
        self.timing: Callable[[], AbstractContextManager[object]] = nullcontext
        self._editions = editions
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()
        self._rendering: dict[str, threading.Event] = {}

    def get(
        self,
        editions: tuple[Edition, ...],
        address: str,
        render: Callable[[], bytes],
        *,
        content_type: str,
        disposition: str | None = None,
    ) -> Representation:
        """Return the representation of ``address``; if rendering fails, the last good one.

        Args:
            editions: What is served now, as far as it is shown at the address.
            address: Path and canonical options.
            render: Makes the bytes; a pure function of the editions.
            content_type: Value of the header.
            disposition: Value of Content-Disposition.

        Raises:
            ServiceUnavailable: It cannot be rendered and never was.
        """
        while True:
            kept = self._kept.get(address)
            if kept is not None and kept.shows(editions):
                return self._again(kept, address)
            rendered = self._begin(address)
            if rendered is None:
                break
            if kept is not None:
                # The front may give it to nobody else: it is about to be outdated.
                return replace(kept.representation, address=None)
            rendered.wait()
        try:
            return self._rendered(_Ask(editions, address, render, content_type, disposition))
        finally:
            self._rendering.pop(address).set()

    def described(
        self, edition: Edition, address: str, body: bytes, *, content_type: str
    ) -> Representation:
        """Return the representation of bytes that are not rendered, and are not kept here.

        Args:
            edition: What is served now.
            address: What the history calls them; without options.
            body: The bytes.
            content_type: Value of the header.
        """
        representation = Representation(
            body=body,
            digest=hashlib.sha256(body).hexdigest(),
            content_type=content_type,
            last_modified=None,
            timezone=edition.series.timezone,
        )
        return self._dated(_Kept((edition,), representation), address).representation

    def _begin(self, address: str) -> threading.Event | None:
        """Begin to render ``address``; return what tells the end if somebody else has begun."""
        with self._lock:
            begun = self._rendering.get(address)
            if begun is None:
                self._rendering[address] = threading.Event()
            return begun

    def _again(self, kept: _Kept, address: str) -> Representation:
        again = kept
        if kept.undated and not self._editions.history_failed:
            again = self._dated(kept, address)
        with self._lock:
            # Somebody may have rendered something newer meanwhile.
            if self._kept.get(address) is kept:
                self._kept[address] = again
                self._kept.move_to_end(address)
        return again.representation

    def _rendered(self, ask: _Ask) -> Representation:
        """Render, while nobody else does so at this address."""
        before = self._kept.get(ask.address)
        if before is not None and before.is_newer_than(ask.editions):
            # Who asked before others is told nothing older than they were.
            return replace(before.representation, address=None)
        try:
            with self.timing(), hurried(_HURRY):
                body = ask.render()
        except HistoryError as error:
            _log.warning("%s cannot be rendered: %s", ask.address, error)
            return replace(_last_good(before), address=None)
        except Exception:  # noqa: BLE001 -- whatever it is, the address goes on
            _log.exception("%s cannot be rendered.", ask.address)
            representation = _last_good(before)
            # These editions will not do better the next time.
            self._keep(ask.address, _Kept(ask.editions, representation))
            return representation
        representation = Representation(
            body=body,
            digest=hashlib.sha256(body).hexdigest(),
            content_type=ask.content_type,
            last_modified=None,
            address=None if ask.editions else ask.address,
            disposition=ask.disposition,
            timezone=ask.editions[0].series.timezone if ask.editions else "UTC",
        )
        kept = _Kept(ask.editions, representation, undated=bool(ask.editions))
        kept = self._dated(kept, ask.address)
        self._keep(ask.address, kept)
        return kept.representation

    def _dated(self, kept: _Kept, address: str) -> _Kept:
        """Return ``kept`` with its date; as it is where the history does not answer."""
        representation = kept.representation
        if not kept.editions or self._editions.history_hangs:
            return kept
        try:
            with hurried(_HURRY):
                date = self._last_modified(kept.editions, address, representation.digest)
        except HistoryError as error:
            _log.warning("No Last-Modified for %s: %s", address, error)
            return kept
        dated = replace(
            representation,
            last_modified=date,
            # Without its date it is asked for again.
            address=None if date is None else address,
        )
        return replace(kept, representation=dated, undated=False)

    def _keep(self, address: str, kept: _Kept) -> None:
        with self._lock:
            before = self._kept.pop(address, None)
            self._bytes -= 0 if before is None else len(before.representation.body)
            self._kept[address] = kept
            self._bytes += len(kept.representation.body)
            while self._bytes > _MOST_BYTES and len(self._kept) > 1:
                _oldest, dropped = self._kept.popitem(last=False)
                self._bytes -= len(dropped.representation.body)

    def _last_modified(
        self, editions: tuple[Edition, ...], address: str, digest: str
    ) -> datetime | None:
        # None of the single ones goes back, so their maximum does not.
        stamps = [self._last_modified_in(edition, address, digest) for edition in editions]
        known = [stamp for stamp in stamps if stamp is not None]
        return max(known, default=None) if len(known) == len(stamps) else None

    def _last_modified_in(self, edition: Edition, address: str, digest: str) -> datetime | None:
        series, database = edition.series, self._editions.database()
        with database.reading() as transaction:
            known = transaction.last_modified(series.id, address, digest)
        if known is not None:
            return known
        stamp = self._renewed(edition, address, digest)
        if stamp is None and "?" in address:
            stamp = self._renewed(edition, _ALL_OTHERS, self._ground(edition))
        return stamp

    def _renewed(self, edition: Edition, address: str, digest: str) -> datetime | None:
        series = edition.series
        with self._editions.database().writing() as transaction:
            return transaction.renew_last_modified(
                series.id,
                address,
                digest,
                modified_at=edition.modified_at,
                now=self._editions.settings.clock.now(series.timezone),
            )

    def _ground(self, edition: Edition) -> str:
        """Return a digest of all that any representation of ``edition`` is made from."""
        topics = sorted(edition.topics.items())
        told = (edition.digest, edition.modified_at, edition.next_turn, topics)
        ground = (release(), self._editions.settings.base_url, *told)
        return hashlib.sha256("\n".join(map(str, ground)).encode()).hexdigest()


def _last_good(kept: _Kept | None) -> Representation:
    if kept is None:
        raise ServiceUnavailable
    return kept.representation


def respond(representation: Representation, editions: Editions, *, max_age: int = 300) -> Response:
    """Answer with ``representation`` whole; the front sees to conditions and packing."""
    response = Response(representation.body, content_type=representation.content_type)
    response.set_etag(representation.digest)
    response.headers["Cache-Control"] = f"public, max-age={max_age}"
    last_modified = representation.last_modified
    ahead = last_modified is not None and _is_ahead(
        last_modified, representation.timezone, editions
    )
    if last_modified is not None and not ahead:
        response.headers["Last-Modified"] = http_date(last_modified)
    if representation.address is not None and not ahead:
        request.environ[QUERY] = representation.address.partition("?")[2]
    if representation.disposition is not None:
        response.headers["Content-Disposition"] = representation.disposition
    return response


def _is_ahead(last_modified: datetime, timezone: str, editions: Editions) -> bool:
    # RFC 9110 8.8.2.1: no Last-Modified later than the moment of the answer.
    clock = editions.settings.clock
    tolerance = timedelta() if clock.fixed is None else _TOLERANCE_OF_A_FIXED_CLOCK
    return clock.ahead(last_modified, timezone) > tolerance
