"""``impulscal changes``: what subscribers would see change if the files were published now."""

from pathlib import Path

import click
import pytz

from impulscal.cli.drafts import Draft, at_option, drafts, files_argument, settings_for
from impulscal.cli.terminal import lang_option, terminal_language
from impulscal.errors import Message, _
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
    are taken. Nothing is published and nothing written.

    Exit codes: 0 fine, 1 a file has errors and would not be published, 2 wrong use.
    """
    found = list(drafts(settings_for(files, at)))
    for draft in found:
        for line in _lines(draft):
            # Two series may both have a #2.
            click.echo(f"{draft.path}: {line}" if len(found) > 1 else line)
    if any(draft.refused for draft in found):
        context.exit(1)


def _lines(draft: Draft) -> list[str]:
    if draft.refused:
        return [_words(_("Nothing would be published: the file has errors. {check}", check=_CHECK))]
    lines = [] if draft.superseded is None else [_words(draft.superseded)]
    language = terminal_language()
    steps = [
        change_sentence(change, language, zone_data=_ZONE_DATA)
        for change in draft.published.changes
    ]
    return [*lines, *(steps or [_words(_("Nothing would change for subscribers."))])]


_CHECK = _("`impulscal check` names them.")


def _words(message: Message) -> str:
    return translate(message, terminal_language())
