"""``impulscal plan``: the next sessions by the rhythm, as YAML to paste."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import count, islice
from pathlib import Path

import click

from impulscal.cli.drafts import files_argument, paths, read_at, settings_for
from impulscal.cli.proposal import Proposed, proposal
from impulscal.cli.terminal import lang_option, note
from impulscal.errors import ImpulscalError, UsageError, _
from impulscal.history.database import Database
from impulscal.saved_file import load
from impulscal.schedule.clock import Rhythm
from impulscal.schedule.model import Schedule
from impulscal.schedule.reader import Problem
from impulscal.schedule.reader.times import LAST_YEAR
from impulscal.settings import Settings

__all__ = ["plan"]


@click.command(short_help="Propose the next sessions by the rhythm.")
@files_argument
@click.option(
    "--count",
    "wanted",
    default=5,
    show_default=True,
    type=click.IntRange(1, 100),
    help="How many sessions.",
)
@lang_option
def plan(*, files: tuple[Path, ...], wanted: int) -> None:
    """Propose the next sessions by the rhythm of the series, as YAML to paste.

    They follow the last session of the file, or today if that is over, and get ids that
    were never used. Paste them at the end of the sessions and fill in the titles.
    """
    settings = settings_for(files)
    history = Database.copy(settings.database_url)
    for path in paths(settings):
        known: set[str] = set()
        schedule, data = _read(path, settings)
        if history is not None:
            with history.reading() as transaction:
                known = set(transaction.history(schedule.series.id).revisions)
        today = settings.clock.now(schedule.series.timezone).date()
        dates = _dates(schedule, today, wanted)
        note(_("To paste at the end of the sessions of {path}, titles filled in:", path=path))
        if len(dates) < wanted:
            note(_("The rhythm has no more dates before {year}.", year=LAST_YEAR + 1))
        new = zip(_ids(schedule, known), dates, strict=False)
        written = proposal(data, schedule, [Proposed(*pair) for pair in new])
        for day in written.left_out:
            note(_("{day} is left out: its clock never shows that time.", day=day))
        click.echo(written.text, nl=False)


def _read(path: Path, settings: Settings) -> tuple[Schedule, bytes]:
    loaded = load(path, read_ns=settings.clock.file_time_ns())
    if not isinstance(loaded, Problem):
        schedule = read_at(loaded.data, path, settings.clock).schedule
        if schedule is not None:
            return schedule, loaded.data
    raise ImpulscalError(_("{path} has errors. `impulscal check` names them.", path=path))


def _dates(schedule: Schedule, today: date, wanted: int) -> list[date]:
    series = schedule.series
    if series.rhythm is None:
        raise UsageError(
            _(
                "The series {id} has no rhythm. Write for example "
                "“rhythm: FREQ=MONTHLY;BYDAY=2TU” below “series:”.",
                id=series.id,
            )
        )
    days = [session.start.date() for session in schedule.sessions]
    # Counted from the first session: “every second month” depends on where it began.
    every = Rhythm(series.rhythm).dates(min([*days, today]), date(LAST_YEAR, 12, 31))
    after = max([*days, today])
    return list(islice((day for day in every if day > after), wanted))


def _ids(schedule: Schedule, known: Iterable[str]) -> Iterator[str]:
    taken = {*known, *schedule.withdrawn, *(session.id for session in schedule.sessions)}
    highest = max((int(name) for name in taken if name.isdigit()), default=0)
    return (str(number) for number in count(highest + 1))
