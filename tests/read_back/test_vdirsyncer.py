"""A subscriber with vdirsyncer: from a web server into a folder, one file an event."""

import functools
import http.server
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import icalendar
import pytest

from impulscal.vcalendar.feed import Options, feed
from real_series import BASE_URL, real_edition

CONFIG = """\
[general]
status_path = "{folder}/status/"

[pair subscription]
a = "feed"
b = "calendar"
collections = null

[storage feed]
type = "http"
url = "http://127.0.0.1:{port}/stadtimpuls.ics"

[storage calendar]
type = "filesystem"
path = "{folder}/calendar/"
fileext = ".ics"
"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- given by its base
        """Say nothing: standard error is the test's own."""


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    site = tmp_path / "site"
    site.mkdir()
    (site / "stadtimpuls.ics").write_bytes(
        feed(
            real_edition(),
            language="de",
            options=Options(deadlines=True, alarm=30),
            base_url=BASE_URL,
            source=f"{BASE_URL}/stadtimpuls.ics?deadlines=1&alarm=30",
        )
    )
    handler = functools.partial(_Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_vdirsyncer_stores_as_many_items_as_the_feed_has_events(tmp_path: Path, port: int) -> None:
    config = tmp_path / "config"
    config.write_text(CONFIG.format(folder=tmp_path, port=port))
    (tmp_path / "calendar").mkdir()
    vdirsyncer = [str(Path(sys.executable).parent / "vdirsyncer"), "-c", str(config)]

    subprocess.run([*vdirsyncer, "discover"], check=True, capture_output=True)
    subprocess.run([*vdirsyncer, "sync"], check=True, capture_output=True)

    files = (tmp_path / "calendar").iterdir()
    stored = [icalendar.Calendar.from_ical(path.read_bytes()).events[0] for path in files]
    # vdirsyncer gives items of a web address names of its own, so titles tell them apart.
    assert sorted(str(event["SUMMARY"]) for event in stored) == [
        "Anmeldeschluss: stadt:impuls #2: Gerechte Stadt – PatchWorkCity Saarbrücken",
        "stadt:impuls #1: Quartier-Gemeinwohl-Index",
        "stadt:impuls #2: Gerechte Stadt – PatchWorkCity Saarbrücken",
        "stadt:impuls #3: Grüne Stadt",
        "stadt:impuls #4: Produktive Stadt",
        "stadt:impuls #5: Digitale Transformation",
    ]
