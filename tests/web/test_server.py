"""The server itself: granian with workers, and any other by wsgi.py."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server
from wsgiref.types import WSGIApplication

import pytest

from impulscal.history.database import Database
from impulscal.web import create_app
from web.running import ask, served, until
from web.serving import Serving, schedule, session

ROOT = Path(__file__).parent.parent.parent
FEED = "/stadtimpuls.ics"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    serving = Serving(tmp_path_factory.mktemp("granian"))
    serving.write(schedule())
    with served(serving, "--workers", "2", IMPULSCAL_NOW="2021-05-20T09:00") as port:
        yield port


def test_all_workers_answer_alike(port: int) -> None:
    told = [ask(port, FEED) for _time in range(20)]

    unlike = {"Date", "date"}
    headers = {
        tuple(item for item in answer.getheaders() if item[0] not in unlike)
        for answer, _body in told
    }
    assert {(answer.status, body) for answer, body in told} == {(200, told[0][1])}
    assert len(headers) == 1


def test_head_and_304_come_without_a_body(port: int) -> None:
    whole, body = ask(port, FEED)
    head, nothing = ask(port, FEED, "HEAD")
    known, silence = ask(port, FEED, headers={"If-None-Match": f"W/{whole.headers['ETag']}"})

    assert whole.headers["Content-Length"] == head.headers["Content-Length"] == str(len(body))
    assert (head.status, nothing, known.status, silence) == (200, b"", 304, b"")
    assert whole.headers["Last-Modified"] == known.headers["Last-Modified"]
    assert known.headers["Last-Modified"] == "Thu, 20 May 2021 07:00:00 GMT"
    assert "Content-Type" not in known.headers


def test_the_server_adds_no_compression_cookie_or_redirect(port: int) -> None:
    headers = {"Accept-Encoding": "gzip, br", "Host": "evil.example", "Authorization": "Bearer x"}

    answer, body = ask(port, "/de//stadtimpuls.ics/", headers=headers)

    assert answer.status == 200
    assert {"Content-Encoding", "Set-Cookie", "Location", "Vary"} & set(answer.headers) == set()
    assert b"evil.example" not in body


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/%ff%00.ics", 404),
        ("/stadtimpuls.ics%0d%0aX:%20y", 404),
        ("/%zz", 404),
        ("/" + "a" * 8000, 404),
        ("/stadtimpuls.ics?" + "x" * 8000, 200),
        ("/stadtimpuls.ics?alarm=%D9%A3%D9%A0", 400),
        ("//stadtimpuls.ics", 200),
    ],
)
def test_a_twisted_request_has_an_answer(port: int, path: str, status: int) -> None:
    assert ask(port, path)[0].status == status


def test_an_edit_reaches_subscribers_while_the_workers_serve(serving: Serving) -> None:
    with served(serving, "--workers", "2") as port:
        before = ask(port, FEED)[1]
        serving.write(schedule(session(1, "2021-06-08"), session(2, "2021-07-13", title="Neu")))
        until(lambda: all(b"Neu" in ask(port, FEED)[1] for _time in range(8)))
        after = {ask(port, FEED)[1] for _time in range(8)}
        serving.file.write_text("kaputt: [", encoding="utf-8")
        time.sleep(0.2)
        broken = {ask(port, FEED)[1] for _time in range(8)}

    assert before not in after
    assert len(after) == 1
    assert broken == after


def test_a_change_is_published_though_nobody_asks(serving: Serving) -> None:
    serving.write(schedule())
    with served(serving):
        serving.write(schedule(session(2, "2021-07-13", title="Neu")))
        url = f"sqlite:///{serving.history}"

        def told() -> bool:
            history = Database.copy(url)
            if history is None:
                return False
            with history.reading() as transaction:
                log = transaction.log("stadtimpuls")
            history.close()
            return any("Neu" in str(revision.facts) for revision in log)

        until(told)


def test_a_preview_shows_another_moment_and_writes_nothing(serving: Serving) -> None:
    serving.write(schedule(session(2, "2021-06-08", title="Titel", announce="2021-05-20 08:00")))

    with served(serving, "--at", "2021-05-20T09:00") as port:
        answer, feed = ask(port, FEED)
        page = ask(port, "/")[1]

    assert (answer.status, b"Titel" in feed) == (200, True)
    assert "Vorführung" in page.decode()
    assert not serving.history.exists()


def test_wsgi_py_serves_by_any_server(serving: Serving) -> None:
    program = "import wsgi; print(wsgi.app.test_client().get('/stadtimpuls.ics').status_code)"
    environment = {
        **os.environ,
        "IMPULSCAL_SCHEDULE": str(serving.file),
        "IMPULSCAL_DATABASE_URL": f"sqlite:///{serving.history}",
    }

    run = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )

    assert run.stdout == "200\n"


class Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's
        pass


@contextmanager
def simply_served(app: WSGIApplication) -> Iterator[int]:
    """Serve with the standard library's server."""
    with make_server("127.0.0.1", 0, app, handler_class=Silent) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def test_another_server_tells_the_same_bytes(serving: Serving) -> None:
    app = create_app(serving.settings())

    with simply_served(app) as port:
        answer, body = ask(port, FEED)
        known, silence = ask(port, FEED, headers={"If-None-Match": answer.headers["ETag"]})

    assert body == app.test_client().get(FEED).data
    assert (known.status, silence) == (304, b"")
