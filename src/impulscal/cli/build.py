"""``impulscal build``: the public site as static files."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click

from impulscal.cli.drafts import at_option, settings_for
from impulscal.cli.restore import published_document, take_in
from impulscal.cli.terminal import lang_option, note, say, terminal_language
from impulscal.errors import ImpulscalError, UsageError, _
from impulscal.export import MARKER, export
from impulscal.history.database import Database
from impulscal.language import translate
from impulscal.publication import Outcome
from impulscal.saved_file import load, schedule_files
from impulscal.schedule.reader import Problem, read
from impulscal.settings import Settings
from impulscal.web import create_app
from impulscal.web.shelf import Report

__all__ = ["build"]


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--previous",
    metavar="ADDRESS",
    help="Where the site is published: a lost history is taken over from there.",
)
@click.option("--first", is_flag=True, help="Nothing was ever published: begin a history.")
@at_option
@lang_option
def build(*, folder: Path, previous: str | None, first: bool, at: str | None) -> None:
    """Publish the whole site into FOLDER, for any web host.

    The old site in FOLDER is replaced as a whole, or stays as it is. With an empty
    history the one of the earlier export in FOLDER is taken over, so that no SEQUENCE
    falls.

    Exit codes: 0 fine, 1 the schedule has errors or the files cannot be written,
    2 wrong use.
    """
    settings = settings_for(at=at)
    if at is None:
        _take_over(settings, folder, previous, first=first)
    else:
        settings = replace(settings, preview=True)
    app = create_app(settings)
    _refuse_broken(app.extensions["impulscal"].editions.current().reports)
    with _progress() as told:
        count = export(app, settings.base_path, folder, progress=told)
    say(
        _(
            "{folder}: {count} files for {address}",
            folder=folder,
            count=count,
            address=settings.base_url,
        )
    )


def _refuse_broken(reports: Iterable[Report]) -> None:
    for report in reports:
        if report.outcome is Outcome.REFUSED:
            raise ImpulscalError(
                _(
                    "{path} has errors; nothing was written. `impulscal check` names them.",
                    path=report.path,
                )
            )
        if report.outcome is Outcome.SUPERSEDED:
            note(
                _("{path}: a newer file was published since; that one is built.", path=report.path)
            )


def _take_over(settings: Settings, folder: Path, previous: str | None, *, first: bool) -> None:
    """Fill an empty history with what was published.

    Raises:
        UsageError: There is nothing to take over, and nobody said that this is the first.
    """
    database = Database.open(settings.database_url)
    with database.reading() as transaction:
        empty = not transaction.series()
    if empty:
        sources = list(_sources(settings, folder, previous))
        for source in sources:
            take_in(database, published_document(source, now=settings.clock.now()))
        if not sources and not first:
            raise UsageError(
                _(
                    "The history is empty, and {folder} holds no earlier export. Say --first if "
                    "nothing was ever published, or --previous ADDRESS where it was: subscribers "
                    "would miss changes otherwise.",
                    folder=folder,
                )
            )
    database.close()


def _sources(settings: Settings, folder: Path, previous: str | None) -> Iterator[str]:
    for series in _series(settings):
        if previous is not None:
            yield f"{previous.rstrip('/')}/{series}.json"
        elif (folder / MARKER).is_file() and (folder / f"{series}.json").is_file():
            yield str(folder / f"{series}.json")


def _series(settings: Settings) -> Iterator[str]:
    for path in schedule_files(settings.schedules):
        loaded = load(path, read_ns=settings.clock.file_time_ns())
        if not isinstance(loaded, Problem):
            reading = read(loaded.data, folder=path.parent, now=settings.clock.now())
            if reading.schedule is not None:
                yield reading.schedule.series.id


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Show what is being written, on a terminal only."""
    if not sys.stderr.isatty():
        yield lambda _address: None
        return

    def tell(address: str) -> None:
        click.echo(f"\r\x1b[K{_writing(address)}", nl=False, err=True)

    yield tell
    click.echo("\r\x1b[K", nl=False, err=True)


def _writing(address: str) -> str:
    return translate(_("Writing {address}", address=address), terminal_language())[:79]
