"""``impulscal plan``: the next sessions by the rhythm, as YAML to paste."""

from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from pathlib import Path

import click
from dateutil.rrule import rrulestr

from impulscal.cli.drafts import files_argument, settings_for
from impulscal.cli.terminal import lang_option, note
from impulscal.errors import UsageError, _
from impulscal.history.database import Database
from impulscal.publication import load, schedule_files
from impulscal.schedule.model import Schedule
from impulscal.schedule.reader import Problem, read

__all__ = ["plan"]


@click.command()
@files_argument
@click.option("--count", default=5, show_default=True, type=click.IntRange(1, 100))
@lang_option
def plan(*, files: tuple[Path, ...], count: int) -> None:
    """Propose the next sessions by the rhythm of the series, as YAML to paste."""
    settings = settings_for(files)
    history = Database.copy(settings.database_url)
    for path in schedule_files(settings.schedules):
        loaded = load(path, read_ns=settings.clock.file_time_ns())
        reading = None
        if not isinstance(loaded, Problem):
            reading = read(loaded.data, folder=path.parent, now=settings.clock.now())
        if reading is None or reading.schedule is None:
            raise UsageError(_("{path} has errors. `impulscal check` names them.", path=path))
        schedule = reading.schedule
        known: set[str] = set()
        if history is not None:
            with history.reading() as transaction:
                known = set(transaction.history(schedule.series.id).revisions)
        now = settings.clock.now(schedule.series.timezone)
        click.echo(_proposal(schedule, known, count, now), nl=False)


def _proposal(schedule: Schedule, known: Iterable[str], count: int, now: datetime) -> str:
    series = schedule.series
    if series.rhythm is None:
        raise UsageError(
            _(
                "The series {id} has no rhythm. Write for example "
                "“rhythm: FREQ=MONTHLY;BYDAY=2TU” below “series:”.",
                id=series.id,
            )
        )
    note(_("Paste these below “sessions:” and fill in the titles."))
    starts = [session.start.replace(tzinfo=None) for session in schedule.sessions]
    today = now.replace(tzinfo=None)
    # Counted from the first session: “every second month” depends on where it began.
    rule = rrulestr(series.rhythm, dtstart=min(starts, default=today))
    after = max([*starts, today])
    dates = islice(rule.xafter(after, count=count), count)
    taken = {*known, *schedule.withdrawn, *(session.id for session in schedule.sessions)}
    number = max((int(name) for name in taken if name.isdigit()), default=0)
    return "".join(
        f"  - id: {number + step}\n    date: {date:%Y-%m-%d}\n    title:\n"
        for step, date in enumerate(dates, start=1)
    )
