"""``impulscal subscribers``: about how many people subscribe, and with which programs."""

import csv
import io
from collections.abc import Iterable
from datetime import UTC, date, timedelta
from typing import Any

import click

from impulscal.cli.columns import printable_json
from impulscal.cli.drafts import settings_for
from impulscal.cli.kept import open_kept
from impulscal.cli.subscribers_told import as_lines
from impulscal.cli.terminal import lang_option
from impulscal.errors import UsageError, _
from impulscal.settings import Settings
from impulscal.subscribers.clients import REACH
from impulscal.subscribers.estimate import ORDINARY_DAYS, course_of, estimate_of
from impulscal.subscribers.store import RETENTION_DAYS, Asked, asked

__all__ = ["subscribers"]


@click.command(short_help="Tell about how many people subscribe, and with which programs.")
@click.option("--series", metavar="ID", help="Of this series alone.")
@click.option(
    "--days",
    default=28,
    show_default=True,
    type=click.IntRange(1, RETENTION_DAYS),
    help="How far to look back, today included.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json", "csv")),
    default="text",
    show_default=True,
    help="For people, or each day and kind of program for programs.",
)
@lang_option
def subscribers(*, series: str | None, days: int, form: str) -> None:
    """Tell about how many people subscribe, estimated from how often feeds are asked for.

    No address is kept: a day's programs are counted under a random salt, which is erased when
    the day is over. docs/operating.md tells the method and its error.
    """
    settings = settings_for()
    today = settings.clock.now().astimezone(UTC).date()
    # For an ordinary day all are read that it is the median of, however few are wanted.
    read = max(days, ORDINARY_DAYS + 1)
    known, rows = _read(settings, series, today - timedelta(days=read - 1))
    wanted = [row for row in rows if row.day > today - timedelta(days=days)]
    if form == "json":
        click.echo(printable_json([_told(row) for row in wanted]))
    elif form == "csv":
        click.echo(_as_csv(wanted), nl=False)
    else:
        courses = [course_of(one, rows, today=today, days=read) for one in known]
        click.echo("\n".join(as_lines(courses, days)))


def _read(
    settings: Settings, series: str | None, since: date
) -> tuple[tuple[str, ...], tuple[Asked, ...]]:
    """Return the series that are wanted, and their counts.

    Raises:
        UsageError: There is no such series.
    """
    nothing = _("There is no database, so nothing was counted. IMPULSCAL_DATABASE_URL names it.")
    with open_kept(settings, nothing) as database, database.reading() as transaction:
        known = transaction.series()
        rows = asked(transaction, since=since, series=series)
    if series is None:
        return known, rows
    if series not in known:
        raise UsageError(
            _(
                "There is no series “{series}”. There are: {known}.",
                series=series,
                known=_list(known),
            )
        )
    return (series,), rows


def _list(known: Iterable[str]) -> str:
    return ", ".join(known) or "–"


def _told(row: Asked) -> dict[str, Any]:
    found = estimate_of(row)
    return {
        "day": row.day.isoformat(),
        "series": row.series,
        "client": str(row.family),
        "reach": str(REACH[row.family]),
        "requests": row.requests,
        "clients": found.likely,
        "low": found.low,
        "high": found.high,
    }


def _as_csv(rows: Iterable[Asked]) -> str:
    stream = io.StringIO()
    names = ("day", "series", "client", "reach", "requests", "clients", "low", "high")
    writer = csv.DictWriter(stream, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(_told(row) for row in rows)
    return stream.getvalue()
