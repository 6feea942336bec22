"""The commands: the clock, the terminal, the exit codes."""

import click

from impulscal import __version__
from impulscal.cli.terminal import Commands, lang_option

__all__ = ["main"]


_MODULES = {
    "check": "impulscal.cli.check",
    "changes": "impulscal.cli.changes",
    "show": "impulscal.cli.show",
    "plan": "impulscal.cli.plan",
    "serve": "impulscal.cli.serve",
    "subscribers": "impulscal.cli.subscribers",
    "invite": "impulscal.cli.invite",
    "outbox": "impulscal.cli.outbox",
    "replies": "impulscal.cli.replies",
    "staff-link": "impulscal.cli.staff_link",
    "forget": "impulscal.cli.forget",
    "export": "impulscal.cli.forget",
    "build": "impulscal.cli.build",
    "restore": "impulscal.cli.restore",
    "schema": "impulscal.cli.schema",
    "count-polls": "impulscal.cli.count_polls",
}


@click.group(
    cls=Commands, modules=_MODULES, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__, prog_name="impulscal")
@lang_option
def main() -> None:
    """Publish series of events as calendar feeds that stay right for years.

    You write sessions.yaml; impulscal checks it, remembers what it published, and
    serves feeds and pages. It invites the people who registered, and tells them what
    changes. `check`, `changes`, `show`, `plan`, `subscribers` and `export` never write
    anything.

    \b
    A first visit:
      impulscal check        what is wrong with sessions.yaml, and how to mend it
      impulscal changes      what subscribers would see change
      impulscal serve        serve feeds and pages at http://127.0.0.1:8000/
      impulscal invite 2 --guests list.csv --dry-run
                             who would get which invitation

    \b
    Settings come from the environment:
      IMPULSCAL_SCHEDULE        files or folders, separated as in PATH (sessions.yaml)
      IMPULSCAL_BASE_URL        public address (http://127.0.0.1:8000)
      IMPULSCAL_DATABASE_URL    the history (sqlite:///instance/impulscal.sqlite3)
      IMPULSCAL_RELOAD_SECONDS  how often the files are looked at; 0 never (2)
      IMPULSCAL_NOW             a fixed clock, for tests and demonstrations
      IMPULSCAL_SMTP_URL        the mail server, smtp://user:password@host:587?starttls=1
      IMPULSCAL_SECRET_KEY      a long random text; signs links and cookies
      IMPULSCAL_MAIL_FROM       sender of invitations (the organizer)
      IMPULSCAL_STAFF           e-mail addresses that may sign in at /staff/
      IMPULSCAL_RETENTION_DAYS  when guests are forgotten after their session (30)
      IMPULSCAL_PROXIES         through how many proxies of yours requests come (0)
      IMPULSCAL_METRICS_TOKEN   who brings it along may read /metrics
      IMPULSCAL_ACCESS_LOG      1 writes a line for each request (0)

    Exit codes: 0 fine, 1 problems, 2 wrong use.
    """  # noqa: D301 -- click wants the character itself, not a backslash and a b
