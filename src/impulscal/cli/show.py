"""``impulscal show``: the sessions with state and revision, or one of them in full."""

from collections.abc import Sequence
from pathlib import Path

import click

from impulscal.cli.drafts import at_option, drafts, settings_for
from impulscal.cli.terminal import lang_option, note, say, terminal_language
from impulscal.edition import Edition, PublishedSession
from impulscal.errors import UsageError, _
from impulscal.language import translate
from impulscal.links import Links
from impulscal.publication import Outcome
from impulscal.schedule.lifecycle import state
from impulscal.wording.dates import period
from impulscal.wording.description import description
from impulscal.wording.status import status_words
from impulscal.wording.titles import marked_title

__all__ = ["show"]


@click.command()
@click.argument("session", required=False)
@click.option("--file", "files", multiple=True, type=click.Path(path_type=Path))
@at_option
@lang_option
@click.pass_context
def show(
    context: click.Context, *, session: str | None, files: tuple[Path, ...], at: str | None
) -> None:
    """List the sessions with state and revision, or show the text of one SESSION."""
    settings = settings_for(files, at)
    editions = []
    for draft in drafts(settings):
        if draft.published.edition is None:
            note(
                _(
                    "{path} has errors and is not shown. `impulscal check` names them.",
                    path=draft.path,
                )
            )
        else:
            editions.append(draft.published.edition)
            if draft.published.outcome is Outcome.SUPERSEDED:
                note(_("{path}: a newer file was published since; shown is that.", path=draft.path))
    if session is None:
        _list(editions)
    else:
        _show(editions, session, settings.base_url)
    if not editions:
        context.exit(1)


def _list(editions: Sequence[Edition]) -> None:
    language = terminal_language()
    for edition in editions:
        click.echo(edition.series.title.in_language(language))
        if not edition.sessions:
            say(_("No sessions yet."))
        rows = [_row(edition, session, language) for session in edition.sessions]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            click.echo(f"  {'  '.join(cells)}".rstrip())


def _row(edition: Edition, session: PublishedSession, language: str) -> tuple[str, ...]:
    badge, sentence = status_words(session, state(session.public, edition.moment), language)
    revision = session.revision
    return (
        session.id,
        f"{session.public.start:%Y-%m-%d %H:%M}",
        f"SEQUENCE {revision.sequence}",
        f"{revision.revised_at.astimezone(session.public.start.tzinfo):%Y-%m-%d %H:%M:%S}",
        f"{badge}. {sentence}".strip() if sentence else badge,
        marked_title(edition.series, session, language),
    )


def _show(editions: Sequence[Edition], wanted: str, base_url: str) -> None:
    language = terminal_language()
    found = [(edition, edition.by_id[wanted]) for edition in editions if wanted in edition.by_id]
    if not found:
        known = ", ".join(session.id for edition in editions for session in edition.sessions)
        raise UsageError(
            _("There is no session {id}. There are: {known}.", id=wanted, known=known or "–")
        )
    for edition, session in found:
        links = Links(base_url=base_url, series=edition.series, language=language)
        badge, sentence = status_words(session, state(session.public, edition.moment), language)
        revision = session.revision
        click.echo(marked_title(edition.series, session, language))
        click.echo(period(session.public.start, session.public.end, language))
        click.echo(f"{badge}. {sentence}" if sentence else badge)
        numbers = _(
            "SEQUENCE {sequence} in the feed, {schedule} in the single file; UID {uid}",
            sequence=revision.sequence,
            schedule=revision.schedule_sequence,
            uid=edition.series.uid(session.id),
        )
        click.echo(translate(numbers, language))
        click.echo()
        page = links.session_page(session.id)
        click.echo(description(edition.series, session, language, page).plain())
