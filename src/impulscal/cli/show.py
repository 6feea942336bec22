"""``impulscal show``: the sessions with state and revision, or one of them in full."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from impulscal.cli.columns import printable_lines, table
from impulscal.cli.drafts import at_option, drafts, settings_for
from impulscal.cli.terminal import lang_option, note, screen_columns, terminal_language
from impulscal.edition import Edition, PublishedSession
from impulscal.errors import Message, UsageError, _
from impulscal.language import translate
from impulscal.links import Links
from impulscal.schedule.lifecycle import state
from impulscal.settings import Settings
from impulscal.wording.dates import day, period, time_of_day, zone_name
from impulscal.wording.description import description
from impulscal.wording.lines import one_line
from impulscal.wording.status import status_words
from impulscal.wording.titles import marked_title

__all__ = ["show"]


@click.command(short_help="List the sessions, or show one in full.")
@click.argument("session", required=False)
@click.option(
    "--file",
    "files",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="A file or folder instead of those of IMPULSCAL_SCHEDULE; may be repeated.",
)
@at_option
@lang_option
@click.pass_context
def show(
    context: click.Context, *, session: str | None, files: tuple[Path, ...], at: str | None
) -> None:
    """List the sessions with state and revision, or show one SESSION in full.

    SESSION is an id from the file. Shown is what subscribers would get if the file were
    published now; nothing is written.
    """
    settings = settings_for(files, at)
    editions, whole = _editions(settings)
    if session is None:
        text = "\n\n".join(_listed(edition) for edition in editions)
        click.echo(printable_lines(text), nl=bool(editions))
    elif editions:
        text = "\n\n".join(_shown(editions, session, settings.base_url))
        click.echo(printable_lines(text))
    if not whole:
        context.exit(1)


def _editions(settings: Settings) -> tuple[list[Edition], bool]:
    """Return what can be shown, and whether that is all."""
    editions = []
    whole = True
    for draft in drafts(settings):
        if draft.published.edition is None:
            whole = False
            note(
                _(
                    "{path} has errors and is not shown. `impulscal check` names them.",
                    path=draft.path,
                )
            )
            continue
        editions.append(draft.published.edition)
        if draft.superseded is not None:
            note(_("{path}: a newer file was published since; shown is that.", path=draft.path))
    return editions, whole


def _listed(edition: Edition) -> str:
    language = terminal_language()
    now = edition.moment
    heading = _(
        "{title} ({id}), as of {moment}",
        title=one_line(edition.series.title.in_language(language)),
        id=edition.series.id,
        moment=f"{day(now, language)}, {time_of_day(now, language)} ({zone_name(now, language)})",
    )
    if not edition.sessions:
        none = _("No sessions yet.")
        return f"{_words(heading)}\n\n  {_words(none)}"
    rows = [[_words(word) for word in _HEADER]]
    rows += [_row(edition, session) for session in edition.sessions]
    return "\n".join([_words(heading), "", *table(rows, screen_columns())])


_HEADER = (
    _("ID"),
    _("START"),
    # Translators: Heading over words such as “Registration closed” and “Took place”.
    _("STATE"),
    _("SEQUENCE"),
    # Translators: Heading over the days on which sessions were last changed.
    _("REVISED"),
    _("TITLE"),
)


def _row(edition: Edition, session: PublishedSession) -> list[str]:
    zone = session.public.start.tzinfo
    return [
        session.id,
        f"{session.public.start:%Y-%m-%d %H:%M}",
        _state(edition, session)[0],
        str(session.revision.sequence),
        f"{session.revision.revised_at.astimezone(zone):%Y-%m-%d}",
        one_line(session.public.title.in_language(terminal_language())),
    ]


def _state(edition: Edition, session: PublishedSession) -> tuple[str, str]:
    """Return badge and sentence; the badge tells a move, too."""
    stage = state(session.public, edition.moment)
    badge, sentence = status_words(session, stage, terminal_language())
    if session.revision.moved and not session.cancelled:
        badge = _words(_("{state}, moved", state=badge))
    return badge, sentence


def _shown(editions: Sequence[Edition], wanted: str, base_url: str) -> Iterator[str]:
    found = [(edition, edition.by_id[wanted]) for edition in editions if wanted in edition.by_id]
    if not found:
        known = ", ".join(session.id for edition in editions for session in edition.sessions)
        raise UsageError(
            _("There is no session {id}. There are: {known}.", id=wanted, known=known or "–")
        )
    for edition, session in found:
        yield "\n".join(_full(edition, session, base_url))


def _full(edition: Edition, session: PublishedSession, base_url: str) -> Iterator[str]:
    language = terminal_language()
    links = Links(base_url=base_url, series=edition.series, language=language)
    revision, zone = session.revision, session.public.start.tzinfo
    yield marked_title(edition.series, session, language)
    yield period(session.public.start, session.public.end, language)
    badge, sentence = _state(edition, session)
    yield f"{badge}. {sentence}" if sentence else badge
    yield _words(
        _(
            "SEQUENCE {sequence} in the feed, {schedule} in the single file; revised {moment}",
            sequence=revision.sequence,
            schedule=revision.schedule_sequence,
            moment=f"{revision.revised_at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
        )
    )
    yield f"UID {edition.series.uid(session.id)}"
    yield ""
    yield _words(_("This is what calendars show:"))
    yield ""
    yield description(edition.series, session, language, links.session_page(session.id)).plain()


def _words(message: Message) -> str:
    return translate(message, terminal_language())
