"""The terminal: its language, and how errors end a command."""

import importlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TextIO, TypeVar

import click

from impulscal.cli.columns import printable_lines
from impulscal.cli.wrong_use import WrongUseError
from impulscal.errors import ImpulscalError, Message, UsageError
from impulscal.language import LANGUAGES, translate

__all__ = ["Commands", "lang_option", "note", "say", "screen_columns", "terminal_language"]

_Command = TypeVar("_Command", bound=Callable[..., Any])


def terminal_language() -> str:
    """Return ``--lang``, else the language of the locale, German or English."""
    context = click.get_current_context(silent=True)
    chosen = None if context is None else context.find_root().meta.get("lang")
    if chosen:
        return str(chosen)
    # In the order of POSIX (Base Definitions, 8.2): the first that is not empty decides.
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return "de" if value.startswith("de") else "en"
    return "en"


def screen_columns() -> int:
    """Return how wide a table may be."""
    if not sys.stdout.isatty():
        return _COLUMNS
    return shutil.get_terminal_size((_COLUMNS, 24)).columns


# Where there is no terminal that could tell.
_COLUMNS = 100


def say(message: Message) -> None:
    """Print ``message`` on standard output."""
    click.echo(_shown(message))


def note(message: Message) -> None:
    """Print ``message`` beside the result, on standard error."""
    click.echo(_shown(message), err=True)


def _shown(message: Message) -> str:
    """Return ``message`` in the language of the terminal; it may quote what strangers wrote."""
    return printable_lines(translate(message, terminal_language()))


def lang_option(command: _Command) -> _Command:
    """Give ``command`` the option ``--lang``."""
    return click.option(
        "--lang",
        type=click.Choice(LANGUAGES),
        expose_value=False,
        callback=_choose,
        help="Language of the messages; otherwise that of the locale.",
    )(command)


def _choose(context: click.Context, _option: click.Parameter, value: str | None) -> None:
    if value:
        context.find_root().meta["lang"] = value


class Commands(click.Group):
    """A group whose commands end with 1 on a problem and with 2 on wrong use.

    Only errors that a user can mend are told in a sentence; anything else is a bug
    and keeps its traceback. Commands are listed in the order in which people meet them, and
    imported when they are asked for: all of them together take longer than most need.
    """

    def __init__(self, *arguments: Any, modules: Mapping[str, str], **options: Any) -> None:
        """Make a group.

        Args:
            arguments: As click has them.
            modules: By the name of a command, the module in which it stands under that name,
                a hyphen being an underscore there.
            options: As click has them.
        """
        super().__init__(*arguments, **options)
        self._modules = modules

    def make_context(self, *arguments: Any, **options: Any) -> click.Context:
        """Read the command line as far as it concerns the group."""
        with _wrong_use_told():
            return super().make_context(*arguments, **options)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        for stream in (sys.stdout, sys.stderr):
            _show_what_you_can(stream)
        try:
            with _wrong_use_told():
                return super().invoke(ctx)
        except ImpulscalError as error:
            note(error.message)
            ctx.exit(2 if isinstance(error, UsageError) else 1)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, in the order in which they were added."""
        del ctx
        return list(self._modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, or None where there is none of that name."""
        del ctx
        if cmd_name not in self._modules:
            return None
        module = importlib.import_module(self._modules[cmd_name])
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command


@contextmanager
def _wrong_use_told() -> Iterator[None]:
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise
    except click.UsageError as error:
        if terminal_language() == "en":
            raise
        raise WrongUseError(error, terminal_language()) from error


def _show_what_you_can(stream: TextIO) -> None:
    # A terminal that is not in UTF-8 shows “?” for what it lacks, instead of a traceback.
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")
