"""``impulscal serve``: the server."""

import os

import click
from granian import Granian
from granian.constants import Interfaces

from impulscal.cli.drafts import at_option, settings_for
from impulscal.cli.terminal import lang_option, note
from impulscal.errors import _

__all__ = ["serve"]


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
@at_option
@lang_option
def serve(*, host: str, port: int, workers: int, at: str | None) -> None:
    """Serve feeds and pages until it is stopped; look at the files meanwhile."""
    # The workers are processes of their own: what they need travels in the environment.
    os.environ.setdefault("IMPULSCAL_BASE_URL", f"http://{_host(host)}:{port}")
    settings = settings_for(at=at)
    if at is not None:
        os.environ["IMPULSCAL_PREVIEW_AT"] = at
        note(_("Preview of {moment}: the history is only read.", moment=at))
    note(_("Serving {address}", address=f"{settings.base_url}/"))
    server = Granian(
        "impulscal.web:create_app",
        factory=True,
        interface=Interfaces.WSGI,
        address=host,
        port=port,
        workers=workers,
        log_access=False,
        websockets=False,
    )
    server.serve()


def _host(host: str) -> str:
    if host in ("0.0.0.0", "::"):  # noqa: S104 -- compared, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
