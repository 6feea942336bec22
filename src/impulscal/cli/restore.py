"""``impulscal restore``: a lost history from what was published."""

import json
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import click

from impulscal import __version__
from impulscal.cli.drafts import settings_for
from impulscal.cli.terminal import lang_option, say
from impulscal.errors import UsageError, _
from impulscal.history.data import NOT_OURS, merge, revision_from_json
from impulscal.history.database import Database
from impulscal.schedule.reader.problems import MAX_BYTES

__all__ = ["restore"]

_FORMAT = 1
_TIMEOUT_SECONDS = 30


@click.command()
@click.argument("source")
@lang_option
def restore(*, source: str) -> None:
    """Rebuild a lost history from a published /{series}.json.

    SOURCE is its address or a saved copy. What is known is merged: a SEQUENCE is
    never lowered.
    """
    document = _document(source)
    try:
        series, domain = str(document["series"]["id"]), str(document["series"]["domain"])
        topics = {str(slug): str(name) for slug, name in document["topics"].items()}
        found = [revision_from_json(entry) for entry in document["revisions"]]
    except (KeyError, TypeError, AttributeError) as error:
        raise UsageError(NOT_OURS) from error
    database = Database.open(settings_for().database_url)
    with database.writing() as transaction:
        transaction.add_series(series, domain)
        transaction.lock(series)
        added = merge(transaction, series, found)
        transaction.add_topics(series, topics)
    sessions = {revision.session for revision in added}
    say(
        _(
            "{series}: {sessions} session(s) restored, {revisions} revision(s) written.",
            series=series,
            sessions=len(sessions),
            revisions=len(added),
        )
    )


def _document(source: str) -> Any:
    data = _fetched(source) if source.startswith(("http://", "https://")) else _read(Path(source))
    try:
        document = json.loads(data)
    except ValueError as error:
        raise UsageError(NOT_OURS) from error
    if not isinstance(document, dict) or document.get("format") != _FORMAT:
        raise UsageError(NOT_OURS)
    return document


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(
            _("{path} cannot be read: {reason}.", path=path, reason=error.strerror)
        ) from error


def _fetched(address: str) -> bytes:
    request = Request(address, headers={"User-Agent": f"impulscal/{__version__}"})  # noqa: S310 -- http and https only
    try:
        with urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 -- likewise
            data: bytes = answer.read(MAX_BYTES + 1)
    except (URLError, OSError) as error:
        raise UsageError(
            _("{address} cannot be fetched: {reason}.", address=address, reason=error)
        ) from error
    return data
