"""``impulscal changes``: what subscribers would see change if the files were published now."""

from pathlib import Path

import click
import pytz

from impulscal.cli.drafts import Draft, at_option, drafts, files_argument, settings_for
from impulscal.cli.terminal import lang_option, say, terminal_language
from impulscal.errors import _
from impulscal.publication import Outcome
from impulscal.wording.changes import change_sentence

__all__ = ["changes"]


# Public in pytz, absent from its stubs.
_ZONE_DATA: str = pytz.OLSON_VERSION  # type: ignore[attr-defined]


@click.command()
@files_argument
@at_option
@lang_option
@click.pass_context
def changes(context: click.Context, *, files: tuple[Path, ...], at: str | None) -> None:
    """Tell what subscribers would see change if the files were published now."""
    refused = False
    for draft in drafts(settings_for(files, at)):
        _tell(draft)
        refused = refused or draft.refused
    if refused:
        context.exit(1)


def _tell(draft: Draft) -> None:
    if draft.refused:
        say(
            _(
                "{path} has errors; nothing of it would be published. "
                "`impulscal check` names them.",
                path=draft.path,
            )
        )
        return
    if draft.published.outcome is Outcome.SUPERSEDED:
        say(
            _(
                "{path} was published before and another file took its place since. "
                "Save it again if it is the right one.",
                path=draft.path,
            )
        )
    if not draft.published.changes:
        say(_("{path}: nothing would change for subscribers.", path=draft.path))
    for change in draft.published.changes:
        click.echo(change_sentence(change, terminal_language(), zone_data=_ZONE_DATA))
