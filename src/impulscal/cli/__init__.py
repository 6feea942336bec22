"""The commands: the clock, the terminal, the exit codes."""

import click

from impulscal import __version__
from impulscal.cli.build import build
from impulscal.cli.changes import changes
from impulscal.cli.check import check
from impulscal.cli.plan import plan
from impulscal.cli.replies import replies
from impulscal.cli.restore import restore
from impulscal.cli.schema import schema
from impulscal.cli.serve import serve
from impulscal.cli.show import show
from impulscal.cli.terminal import Commands, lang_option

__all__ = ["main"]


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="impulscal")
@lang_option
def main() -> None:
    """Publish series of events as calendar feeds that stay right for years.

    You write sessions.yaml; impulscal checks it, remembers what it published, and
    serves feeds and pages. Only `serve`, `build` and `restore` ever write anything.

    \b
    A first visit:
      impulscal check        what is wrong with sessions.yaml, and how to mend it
      impulscal changes      what subscribers would see change
      impulscal serve        serve feeds and pages at http://127.0.0.1:8000/

    \b
    Settings come from the environment:
      IMPULSCAL_SCHEDULE        files or folders, separated as in PATH (sessions.yaml)
      IMPULSCAL_BASE_URL        public address (http://127.0.0.1:8000)
      IMPULSCAL_DATABASE_URL    the history (sqlite:///instance/impulscal.sqlite3)
      IMPULSCAL_RELOAD_SECONDS  how often the files are looked at; 0 never (2)
      IMPULSCAL_NOW             a fixed clock, for tests and demonstrations

    Exit codes: 0 fine, 1 problems, 2 wrong use.
    """  # noqa: D301 -- click wants the character itself, not a backslash and a b


for command in (check, changes, show, plan, serve, replies, build, restore, schema):
    main.add_command(command)
