"""``impulscal changes``: what subscribers would see change if the files were published now."""

from collections.abc import Iterator
from pathlib import Path

import click
import pytz

from impulscal.cli.drafts import (
    Draft,
    at_option,
    drafts_in,
    files_argument,
    history_copy,
    settings_for,
)
from impulscal.cli.terminal import lang_option, terminal_language
from impulscal.errors import Message, _
from impulscal.history.database import Database
from impulscal.invitations.inviting import outdated
from impulscal.language import translate
from impulscal.wording.changes import change_sentence

__all__ = ["changes"]


# Public in pytz, absent from its stubs.
_ZONE_DATA: str = pytz.OLSON_VERSION  # type: ignore[attr-defined]


@click.command(short_help="Tell what subscribers would see change.")
@files_argument
@at_option
@lang_option
@click.pass_context
def changes(context: click.Context, *, files: tuple[Path, ...], at: str | None) -> None:
    """Tell what subscribers would see change if the files were published now.

    FILE is a file or a folder of .yaml files; without any, those of IMPULSCAL_SCHEDULE
    are taken. Nothing is published, nothing written and nobody told. Where people were
    invited, it also says how many invitations would be out of date.

    Exit codes: 0 fine, 1 a file has errors and would not be published, 2 wrong use.
    """
    settings = settings_for(files, at)
    with history_copy(settings) as database:
        found = list(drafts_in(database, settings))
        for draft in found:
            stale = list(_outdated(draft, database, several=len(found) > 1))
            for line in _lines(draft, stale):
                # Two series may both have a #2.
                click.echo(f"{draft.path}: {line}" if len(found) > 1 else line)
    if any(draft.refused for draft in found):
        context.exit(1)


def _lines(draft: Draft, stale: list[str]) -> list[str]:
    """Return what to tell of ``draft`` and of the invitations it leaves out of date."""
    if draft.refused:
        return [_words(_("Nothing would be published: the file has errors. {check}", check=_CHECK))]
    lines = [] if draft.superseded is None else [_words(draft.superseded)]
    language = terminal_language()
    steps = [
        change_sentence(change, language, zone_data=_ZONE_DATA)
        for change in draft.published.changes
    ]
    if steps:
        return [*lines, *steps, *stale]
    # On one line: whoever reads that nothing would change reads no further.
    return [*lines, " ".join([*stale, _words(_("Nothing would change for subscribers."))])]


_CHECK = _("`impulscal check` names them.")


def _outdated(draft: Draft, database: Database, *, several: bool) -> Iterator[str]:
    """Yield for each session with guests how many of them would have to be told."""
    edition = draft.published.edition
    if edition is None:
        return
    schedule = None if draft.superseded else draft.reading.schedule
    with database.reading() as transaction:
        found = outdated(transaction, edition, schedule, now=edition.moment)
    for session, steps in found.items():
        name = f"#{session}" if session.isdigit() else session
        wanted = f"{edition.series.id}/{session}" if several else session
        yield _words(
            _(
                "1 invitation would be out of date: {session}. `impulscal invite {wanted} "
                "--update` sends the update.",
                session=name,
                wanted=wanted,
            )
            if len(steps) == 1
            else _(
                "{count} invitations would be out of date: {session}. `impulscal invite {wanted} "
                "--update` sends updates.",
                count=len(steps),
                session=name,
                wanted=wanted,
            )
        )


def _words(message: Message) -> str:
    return translate(message, terminal_language())
