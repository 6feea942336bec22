"""The peers that answer with Python: Flask and Django under gunicorn and granian, Radicale."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from icalendar import Calendar

from benchmarks.places import PROGRAMS
from benchmarks.servers import Server, free_port, running

__all__ = ["granian", "gunicorn", "radicale"]

_RADICALE = """\
[server]
hosts = 127.0.0.1:{port}
[auth]
type = none
[rights]
type = owner_only
[storage]
filesystem_folder = {folder}
[web]
type = internal
[logging]
level = error
"""


@contextmanager
def gunicorn(name: str, app: str, *, path: str, **settings: str) -> Iterator[Server]:
    """Run ``app`` of this package with one worker that keeps connections open."""
    port = free_port()
    command = [str(PROGRAMS / "gunicorn"), f"benchmarks.peers.{app}", "--bind", f"127.0.0.1:{port}"]
    # The only kind of worker of its own that keeps connections.
    command += ["--worker-class", "gthread", "--threads", "4", "--keep-alive", "60"]
    told = {f"BENCHMARK_{key}": value for key, value in settings.items()}
    with running(name, command, port=port, path=path, settings=told) as server:
        yield server


@contextmanager
def granian(name: str, app: str, *, path: str, **settings: str) -> Iterator[Server]:
    """Run ``app`` of this package with one worker."""
    port = free_port()
    module, _colon, attribute = app.partition(":")
    factory = ["--factory"] if attribute.endswith("()") else []
    command = [
        str(PROGRAMS / "granian"),
        "--interface",
        "wsgi",
        "--workers",
        "1",
        "--no-ws",
        *factory,
    ]
    # As many threads as `impulscal serve` has.
    command += ["--blocking-threads", "16", "--port", str(port)]
    command.append(f"benchmarks.peers.{module}:{attribute.removesuffix('()')}")
    told = {f"BENCHMARK_{key}": value for key, value in settings.items()}
    with running(name, command, port=port, path=path, settings=told) as server:
        yield server


@contextmanager
def radicale(folder: Path, calendar: bytes) -> Iterator[Server]:
    """Run Radicale with ``calendar`` at ``/peer/calendar/``, as if it had been uploaded.

    It is written as Radicale writes it, since an upload waits for the disk a thousand times.
    """
    port = free_port()
    collection = folder / "collections" / "collection-root" / "peer" / "calendar"
    collection.mkdir(parents=True)
    (collection / ".Radicale.props").write_text('{"tag": "VCALENDAR"}')
    for number, item in enumerate(_items(calendar)):
        (collection / f"{number}.ics").write_bytes(item)
    file = folder / "config"
    file.write_text(_RADICALE.format(port=port, folder=folder / "collections"))
    command = [str(PROGRAMS / "radicale"), "--config", str(file)]
    with running("Radicale", command, port=port, path="/.web/") as server:
        yield server


def _items(feed: bytes) -> Iterator[bytes]:
    """Yield a file for each event, with the zone that it names."""
    calendar = Calendar.from_ical(feed)
    (zone,) = calendar.walk("VTIMEZONE")
    for event in calendar.walk("VEVENT"):
        item = Calendar()
        item.add("version", "2.0")
        item.add("prodid", "-//peer//peer//DE")
        item.add_component(zone)
        item.add_component(event)
        rendered: bytes = item.to_ical()
        yield rendered
