"""The commands: the clock, the terminal, the exit codes."""

import click

from impulscal import __version__
from impulscal.cli.changes import changes
from impulscal.cli.check import check
from impulscal.cli.plan import plan
from impulscal.cli.restore import restore
from impulscal.cli.schema import schema
from impulscal.cli.serve import serve
from impulscal.cli.show import show
from impulscal.cli.terminal import Commands

__all__ = ["main"]


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="impulscal")
def main() -> None:
    """Publish series of events as calendar feeds that stay right for years."""


for command in (check, changes, show, serve, plan, schema, restore):
    main.add_command(command)
