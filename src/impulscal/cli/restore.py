"""``impulscal restore``: a lost history from what was published."""

from datetime import datetime
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import click

from impulscal import __version__
from impulscal.cli.drafts import settings_for
from impulscal.cli.terminal import lang_option, say
from impulscal.errors import ImpulscalError, UsageError, _, reason_of
from impulscal.history.data import merge
from impulscal.history.database import Database
from impulscal.history.document import Document, read_document
from impulscal.history.revisions import Revision
from impulscal.schedule.reader.problems import MAX_BYTES

__all__ = ["published_document", "restore", "take_in"]

_TIMEOUT_SECONDS = 30


@click.command()
@click.argument("source")
@lang_option
def restore(*, source: str) -> None:
    """Rebuild a lost history from a published /{series}.json.

    SOURCE is its address, like https://termine.example.de/stadtimpuls.json, or a saved
    copy of it. What the history knows already is kept: no SEQUENCE is ever lowered, and a
    second time changes nothing.

    Exit codes: 0 fine, 1 the address does not answer or the history refuses,
    2 SOURCE is no such file or something else.
    """
    settings = settings_for()
    document = published_document(source, now=settings.clock.now())
    database = Database.open(settings.database_url)
    added = take_in(database, document)
    database.close()
    if not added:
        say(_("{series}: the history knows all of it; nothing changed.", series=document.series))
        return
    say(
        _(
            "{series}: restored. Sessions: {sessions}, revisions written: {revisions}.",
            series=document.series,
            sessions=len({revision.session for revision in added}),
            revisions=len(added),
        )
    )


def published_document(source: str, *, now: datetime) -> Document:
    """Read a published ``/{series}.json``.

    Args:
        source: Its address, or the path of a saved copy.
        now: The moment; nothing can come from later.

    Raises:
        UsageError: There is no such file, or it is something else.
        ImpulscalError: The address does not answer.
    """
    data = _fetched(source) if _is_address(source) else _read(Path(source))
    return read_document(data, now=now)


def take_in(database: Database, document: Document) -> tuple[Revision, ...]:
    """Merge ``document`` into the history and return what was added.

    Raises:
        ImpulscalError: It is another series of the same name.
        HistoryError: The history cannot be written.
    """
    with database.writing() as transaction:
        transaction.add_series(document.series, document.domain)
        transaction.lock(document.series)
        known = transaction.history(document.series).domain
        if known != document.domain:
            raise ImpulscalError(
                _(
                    "The history knows {series} with the domain {known}, this comes from "
                    "{domain}: it is another series. Nothing was written.",
                    series=document.series,
                    known=known,
                    domain=document.domain,
                )
            )
        added = merge(transaction, document.series, document.revisions)
        transaction.add_topics(document.series, document.topics)
    return added


def _is_address(source: str) -> bool:
    return source.lower().startswith(("http://", "https://"))


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(
            _("{path} cannot be read ({reason}).", path=path, reason=reason_of(error))
        ) from error


def _fetched(address: str) -> bytes:
    try:
        request = Request(address, headers={"User-Agent": f"impulscal/{__version__}"})  # noqa: S310 -- http and https only
        with urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 -- likewise
            data: bytes = answer.read(MAX_BYTES + 1)
    except HTTPError as error:
        error.close()
        reason: object = f"{error.code} {error.reason}"
    except URLError as error:
        reason = reason_of(error.reason) if isinstance(error.reason, OSError) else error.reason
    except (OSError, HTTPException, ValueError) as error:
        reason = str(error) or type(error).__name__
    else:
        return data
    raise ImpulscalError(
        _(
            "{address} does not answer with a schedule: {reason}. Open it in a browser to see "
            "whether the server is there.",
            address=address,
            reason=reason,
        )
    )
