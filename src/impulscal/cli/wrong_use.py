"""What click says of wrong use, in the language of the terminal."""

from collections.abc import Iterator
from typing import IO, Any

import click

from impulscal.errors import Message, _
from impulscal.language import translate

__all__ = ["WrongUseError"]


class WrongUseError(click.UsageError):
    """Wrong use that is told in a language of ours; click itself knows English alone."""

    def __init__(self, error: click.UsageError, language: str) -> None:
        super().__init__(translate(_told(error), language), error.ctx)
        self._language = language

    def show(self, file: IO[Any] | None = None) -> None:
        """Print how the command is used, where more help is, and what is wrong."""
        for message in _lines(self):
            click.echo(translate(message, self._language), file=file, err=file is None)


def _lines(error: click.UsageError) -> Iterator[Message]:
    if error.ctx is not None:
        command = error.ctx.command_path
        pieces = " ".join(error.ctx.command.collect_usage_pieces(error.ctx))
        yield _("Usage: {usage}", usage=f"{command} {pieces}")
        yield _("`{command} --help` tells more.", command=command)
        yield Message("", {})
    yield _("Error: {message}", message=error.message)


def _told(error: click.UsageError) -> Message:
    match error:
        case click.MissingParameter():
            return _("{name} is missing.", name=_name(error))
        case click.NoSuchOption():
            return _("There is no option {name}.", name=error.option_name)
        case click.BadOptionUsage():
            return _bad_option(error)
        case click.BadParameter():
            return _("{name}: {what}", name=_name(error), what=_allowed(error))
    return _other(error)


def _bad_option(error: click.BadOptionUsage) -> Message:
    if "does not take" in error.message:
        return _("{name} takes no value.", name=error.option_name)
    return _("{name} needs a value.", name=error.option_name)


def _allowed(error: click.BadParameter) -> Message:
    """Return what may stand there, as far as the kind of the value tells it."""
    kind = None if error.param is None else error.param.type
    if isinstance(kind, click.Choice):
        return _("allowed are {choices}.", choices=", ".join(map(str, kind.choices)))
    if isinstance(kind, click.IntRange):
        lowest, highest = kind.min, kind.max
        if lowest is not None and highest is not None:
            return _("a whole number from {min} to {max} is wanted.", min=lowest, max=highest)
        return _("a whole number from {min} on is wanted.", min=lowest)
    if isinstance(kind, click.Path):
        return _("a folder is wanted, or a path to a new one.")
    return Message("{text}", {"text": error.message})


def _other(error: click.UsageError) -> Message:
    # click has no kinds for these.
    name = error.message.partition("'")[2].partition("'")[0]
    if error.message.startswith("No such command"):
        return _("There is no command {name}.", name=name)
    if error.message.startswith("Missing command"):
        return _("The command is missing.")
    if error.message.startswith("Got unexpected extra argument"):
        rest = error.message.partition("(")[2].removesuffix(")")
        return _("That is too much: {rest}", rest=rest)
    return Message("{text}", {"text": error.message})


def _name(error: click.BadParameter) -> str:
    if error.param is None or error.ctx is None:
        return str(error.param_hint or "")
    return error.param.get_error_hint(error.ctx).replace("'", "")
