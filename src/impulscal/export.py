"""The public site as static files: the same bytes that the server gives.

The addresses come from the application itself: every rule that names only languages,
series, sessions and variants, and whatever the pages link to beyond that. So a new
page is exported without being named here.
"""

import re
import shutil
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from urllib.parse import unquote, urlsplit

from flask import Flask
from werkzeug.test import TestResponse

from impulscal.edition import Edition
from impulscal.errors import ImpulscalError, UsageError, _, reason_of
from impulscal.language import LANGUAGES
from impulscal.links import VARIANTS

__all__ = ["MARKER", "export"]

MARKER = ".impulscal"
"""Name of the file by which an earlier export is known; nothing else is replaced."""

_MARKER_TEXT = "This folder was written by `impulscal build`, which replaces it as a whole.\n"

# What tells a machine about this server has no place on another one.
_LIVE = {"health.show_health", "metrics.show_metrics"}


def export(app: Flask, base_path: str, folder: Path, *, progress: Callable[[str], None]) -> int:
    """Write the whole public site into ``folder`` and return the number of files.

    All is written beside it and then takes its place: a failure leaves the old site
    whole.

    Args:
        app: The application; its editions are what is written.
        base_path: Path of the public address, without a closing slash; links on pages
            begin with it, files do not.
        folder: New, empty, or an earlier export.
        progress: Called with each address that is written.

    Raises:
        UsageError: ``folder`` holds something else.
        ImpulscalError: An address does not answer, or the files cannot be written.
    """
    _refuse_other_folders(folder)
    try:
        with _replacing(folder) as fresh:
            (fresh / MARKER).write_text(_MARKER_TEXT)
            count = 0
            for address, answer in _answers(app, base_path):
                progress(address)
                _write(fresh, address, answer)
                count += 1
    except OSError as error:
        raise ImpulscalError(
            _(
                "{folder} cannot be written ({reason}). The site there is as it was.",
                folder=folder,
                reason=reason_of(error),
            )
        ) from error
    return count


def _refuse_other_folders(folder: Path) -> None:
    if not folder.exists():
        return
    if not folder.is_dir() or (any(folder.iterdir()) and not (folder / MARKER).is_file()):
        raise UsageError(
            _(
                "{folder} holds something that `impulscal build` did not write, and would be "
                "replaced as a whole. Name a new or empty folder.",
                folder=folder,
            )
        )


@contextmanager
def _replacing(folder: Path) -> Iterator[Path]:
    """Give a new folder that takes the place of ``folder`` when all went well."""
    folder = folder.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    # mkdtemp makes a folder for its owner alone; what is inside takes the usual rights.
    workshop = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        fresh, old = workshop / "new", workshop / "old"
        fresh.mkdir()
        yield fresh
        if folder.exists():
            folder.rename(old)
        try:
            fresh.rename(folder)
        except OSError:
            if old.exists():
                old.rename(folder)
            raise
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def _answers(app: Flask, base_path: str) -> Iterator[tuple[str, TestResponse]]:
    client = app.test_client()
    waiting = deque(_addresses(app))
    known = set(waiting)
    while waiting:
        address = waiting.popleft()
        answer = client.get(address)
        if answer.status_code != 200:
            raise ImpulscalError(
                _(
                    "{address} answers with {status}. Nothing was changed; the log above says why.",
                    address=address,
                    status=answer.status_code,
                )
            )
        yield address, answer
        for found in _linked(answer, address, base_path):
            if found not in known:
                known.add(found)
                waiting.append(found)
    yield "/404.html", client.get("/404.html")


def _addresses(app: Flask) -> Iterator[str]:
    """Yield the addresses that the rules of the application can name by themselves."""
    editions: tuple[Edition, ...] = tuple(
        app.extensions["impulscal"].editions.current().editions.values()
    )
    adapter = app.url_map.bind("")
    for rule in app.url_map.iter_rules():
        names = rule.arguments
        if rule.endpoint in _LIVE or names - {"lang", "series", "session", "variant"}:
            continue
        for edition in editions:
            choices = {
                "lang": LANGUAGES,
                "series": (edition.series.id,),
                "session": tuple(edition.by_id),
                "variant": tuple(VARIANTS),
            }
            order = sorted(names)
            for values in product(*(choices[name] for name in order)):
                yield adapter.build(rule.endpoint, dict(zip(order, values, strict=True)))


class _Links(HTMLParser):
    """Collects what a page links to and loads."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag refers to."""
        del tag  # whatever refers, counts
        self.found += [value for name, value in attrs if name in ("href", "src") and value]


def _linked(answer: TestResponse, address: str, base_path: str) -> Iterator[str]:
    """Yield the addresses of this site that ``answer`` names, without base path and query."""
    if answer.mimetype == "text/html":
        parser = _Links()
        parser.feed(answer.text)
        links = parser.found
    elif answer.mimetype == "text/css":
        links = re.findall(r"url\(\"([^\")]+)\"\)", answer.text)
    else:
        return
    for link in links:
        parts = urlsplit(link)
        if parts.scheme or parts.netloc or not parts.path:
            continue
        if parts.path.startswith("/"):
            path = parts.path.removeprefix(base_path)
        else:
            path = f"{address.rpartition('/')[0]}/{parts.path}"
        yield path.rstrip("/") or "/"


def _write(folder: Path, address: str, answer: TestResponse) -> None:
    path = unquote(address).strip("/")
    is_page = answer.mimetype == "text/html" and not path.endswith(".html")
    file = folder / path / "index.html" if is_page else folder / path
    # Addresses are ids and fixed words, but one that a page names could be anything.
    if not file.resolve().is_relative_to(folder.resolve()):
        raise ImpulscalError(_("{address} leads out of the folder.", address=address))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(answer.data)
