"""The workers of `impulscal serve`: replaced, reloaded, ended, and no request lost."""

import os
import re
import resource
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from select import select
from socket import AF_UNIX, SOCK_DGRAM, SOCK_STREAM, socket

import pytest

from serve.server import IMPULSCAL, PATIENCE, Server, environment, running
from web.running import until
from web.serving import schedule, session

FEED = "/stadtimpuls.ics"


def series(folder: Path, text: str = "") -> Path:
    """A folder with a schedule that has warnings for nobody."""
    file = folder / "sessions.yaml"
    file.write_text(text or schedule(), encoding="utf-8")
    # What was saved just now might be half of it, and is looked at again first.
    os.utime(file, (file.stat().st_mtime - 60,) * 2)
    return folder


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = series(tmp_path_factory.mktemp("serve"))
    (folder / "tmp").mkdir()
    with running(folder, "--workers", "2", TMPDIR=str(folder / "tmp")) as running_server:
        yield running_server


def test_a_worker_that_is_killed_comes_back(server: Server) -> None:
    before = server.workers()
    killed = min(before)

    os.kill(killed, signal.SIGKILL)
    until(lambda: killed not in server.workers() and len(server.workers()) == 2)
    answers = [server.ask(FEED).status for _time in range(10)]

    assert answers == [200] * 10
    assert len(before & server.workers()) == 1
    assert "A worker ended unexpectedly (signal 9); another takes its place." in server.told()


@pytest.mark.parametrize(
    ("option", "setting", "is_written"),
    [((), "0", False), (("--access-log",), "0", True), ((), "", True)],
)
def test_the_access_log_is_written_unless_somebody_says_no(
    tmp_path: Path, option: tuple[str, ...], setting: str, *, is_written: bool
) -> None:
    order = ("--workers", "1", *option)

    with running(series(tmp_path), *order, IMPULSCAL_ACCESS_LOG=setting) as server:
        server.ask(FEED)
    lines = [line for line in server.told().splitlines() if f"GET {FEED} " in line]

    assert len(lines) == is_written


def test_what_one_worker_has_published_the_others_show_without_a_look_of_their_own(
    tmp_path: Path,
) -> None:
    never = "3600"

    with running(series(tmp_path), "--workers", "3", IMPULSCAL_RELOAD_SECONDS=never) as server:
        server.ask(FEED)
        series(tmp_path, schedule(session(1, "2021-06-08", title="Neu")))
        # Who takes its place is the only one that looks at the file.
        os.kill(min(server.workers()), signal.SIGKILL)
        until(lambda: all(b"Neu" in server.ask(FEED).body for _time in range(20)))


def test_workers_that_end_at_once_are_replaced_ever_more_slowly(tmp_path: Path) -> None:
    release = tmp_path / "sitecustomize.py"

    with running(series(tmp_path), "--workers", "2", PYTHONPATH=str(tmp_path)) as server:
        release.write_text("import os; os._exit(3)", encoding="utf-8")
        before = server.workers()
        os.kill(min(before), signal.SIGKILL)
        until(lambda: server.told().count("A worker ended unexpectedly (exit code 3)") == 3)
        meanwhile = server.ask(FEED).status
        release.unlink()
        until(lambda: len(server.workers()) == 2)

    ends = re.findall(r"^(\S+ \S+) ERROR A worker ended .*code 3", server.told(), re.MULTILINE)
    moments = [datetime.fromisoformat(end.replace(",", ".")) for end in ends]
    pauses = [(after - before).total_seconds() for before, after in pairwise(moments)]
    assert meanwhile == 200
    assert pauses[0] >= 0.5
    assert pauses[1] >= 1.0


def test_a_thousand_idle_connections_do_not_block_a_new_one(server: Server) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))

    with ExitStack() as idle:
        for _number in range(1000):
            idle.enter_context(server.connect())
        status = server.ask(FEED).status
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    assert status == 200


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 150_000 + b"\r\n\r\n", b"431"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: a\r\n" * 1000 + b"\r\n", b"431"),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"4"),
        (b"HELLO\r\n\r\n", b"400"),
    ],
)
def test_what_is_too_large_or_no_http_is_refused(
    server: Server, head: bytes, status: bytes
) -> None:
    with server.connect() as connection:
        connection.sendall(head)
        answer = connection.recv(65_536)

    assert answer.startswith(b"HTTP/1.1 " + status)
    assert server.ask(FEED).status == 200


def test_owner_and_group_may_use_the_socket_and_others_may_not(server: Server) -> None:
    mode = server.path.stat().st_mode

    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o660


def test_a_socket_in_use_is_not_taken_away(server: Server) -> None:
    folder = server.path.parent

    second = serve_in_vain(folder, server.path)

    assert second.returncode == 1
    assert second.stderr == (
        f"{server.path} cannot be used: another program uses it. "
        "Choose another path with --unix-socket.\n"
    )
    assert server.ask(FEED).status == 200


def serve_in_vain(folder: Path, path: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [IMPULSCAL, "serve", "--unix-socket", str(path)],
        env=environment(folder, **settings),
        capture_output=True,
        check=False,
        text=True,
        timeout=PATIENCE,
    )


def test_a_file_in_place_of_the_socket_stays(tmp_path: Path) -> None:
    place = series(tmp_path) / "sessions.yaml"

    refused = serve_in_vain(tmp_path, place)

    assert refused.returncode == 1
    assert "something else is there" in refused.stderr
    assert place.read_text(encoding="utf-8") == schedule()


def test_a_socket_needs_the_public_address_to_be_named(tmp_path: Path) -> None:
    refused = serve_in_vain(series(tmp_path), tmp_path / "socket", IMPULSCAL_BASE_URL="")

    assert refused.returncode == 2
    assert "Name it in IMPULSCAL_BASE_URL" in refused.stderr
    assert not (tmp_path / "socket").exists()


def test_a_stale_socket_is_replaced_and_nothing_is_left_behind(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    with socket(AF_UNIX, SOCK_STREAM) as stale:
        stale.bind(str(tmp_path / "socket"))

    with running(series(tmp_path), "--workers", "1", TMPDIR=str(tmp_path / "tmp")) as server:
        status = server.ask(FEED).status
        meanwhile = [path.is_dir() for path in (tmp_path / "tmp").iterdir()]

    assert (status, server.process.returncode) == (200, 0)
    assert meanwhile == [True]
    assert list((tmp_path / "tmp").iterdir()) == []
    assert not server.path.exists()


RELEASE = "import impulscal; impulscal.__version__ = {version!r}"


def test_a_reload_takes_a_new_release_over_and_loses_no_request(tmp_path: Path) -> None:
    release = tmp_path / "sitecustomize.py"
    release.write_text(RELEASE.format(version="7.0"), encoding="utf-8")

    with running(series(tmp_path), "--workers", "2", PYTHONPATH=str(tmp_path)) as server:
        before = server.workers()
        with asking(server) as answers:
            release.write_text("import os; os._exit(3)", encoding="utf-8")
            server.process.send_signal(signal.SIGHUP)
            until(lambda: "New workers do not start; the old ones go on." in server.told())
            kept = server.workers() & before
            release.write_text(RELEASE.format(version="8.0"), encoding="utf-8")
            server.process.send_signal(signal.SIGHUP)
            until(lambda: len(server.workers()) == 2 and not server.workers() & before)
        health = server.ask("/healthz").body

    assert kept == before
    assert set(answers) == {200}
    assert b'"version":"8.0"' in health.replace(b" ", b"")
    assert server.process.returncode == 0


class asking:  # noqa: N801 -- used like a function
    """Ask for the feed again and again, over a new connection each, and keep the answers."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._enough = threading.Event()
        self._answers: list[int | str] = []
        self._thread = threading.Thread(target=self._ask)

    def _ask(self) -> None:
        while not self._enough.wait(0.02):
            try:
                self._answers.append(self._server.ask(FEED).status)
            except OSError as error:
                self._answers.append(repr(error))

    def __enter__(self) -> list[int | str]:
        self._thread.start()
        return self._answers

    def __exit__(self, *_error: object) -> None:
        self._enough.set()
        self._thread.join()


def test_the_end_waits_for_an_answer_on_its_way(tmp_path: Path) -> None:
    text = schedule(
        *(session(n, f"2021-06-{n:02}", description="Viel Text. " * 1500) for n in range(1, 29))
    )

    with running(series(tmp_path, text), "--workers", "1") as server:
        whole = server.ask(FEED).body
        with server.connect() as connection:
            connection.sendall(b"GET /stadtimpuls.ics HTTP/1.1\r\nHost: x\r\n\r\n")
            first = connection.recv(1000)
            server.process.terminate()
            until(lambda: not accepts(server))
            rest = b"".join(iter(lambda: connection.recv(65_536), b""))
        code = server.process.wait(PATIENCE)

    assert len(whole) > 400_000
    assert (first + rest).endswith(whole)
    assert code == 0


def test_what_takes_time_holds_up_nothing_that_is_in_memory(tmp_path: Path) -> None:
    file = series(tmp_path) / "history.sqlite3"
    patient = {"IMPULSCAL_DATABASE_URL": f"sqlite:///{file}?timeout=60"}

    with running(tmp_path, "--workers", "1", **patient) as server, ExitStack() as stack:
        before = server.ask(FEED)
        lock = stack.enter_context(closing(sqlite3.connect(file, isolation_level=None)))
        lock.execute("BEGIN EXCLUSIVE")
        # More than there are threads for it.
        slow = [stack.enter_context(server.connect()) for _number in range(40)]
        for number, connection in enumerate(slow):
            connection.sendall(b"GET %s?alarm=%d HTTP/1.1\r\n\r\n" % (FEED.encode(), number))
        meanwhile = [server.ask(FEED).body for _time in range(20)]
        waiting = [not select([connection], [], [], 0)[0] for connection in slow]
        lock.execute("ROLLBACK")
        answers = [connection.recv(15) for connection in slow]

    assert meanwhile == [before.body] * 20
    assert waiting == [True] * 40
    assert answers == [b"HTTP/1.1 200 OK"] * 40


def accepts(server: Server) -> bool:
    try:
        with server.connect():
            return True
    except OSError:
        return False


def test_workers_end_with_the_process_that_watches_them(tmp_path: Path) -> None:
    with running(series(tmp_path), "--workers", "1") as server:
        workers = server.workers()
        server.process.kill()
        server.process.wait(PATIENCE)
        until(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))

    assert len(workers) == 1


def test_workers_end_though_the_process_that_watches_them_died_without_hearing_them(
    tmp_path: Path,
) -> None:
    with running(series(tmp_path), "--workers", "1", IMPULSCAL_RELOAD_SECONDS="1") as server:
        (worker,) = server.workers()
        server.process.send_signal(signal.SIGSTOP)
        series(tmp_path, schedule(session(1, "2021-06-08", title="Erster Titel")))
        until(lambda: b"Erster Titel" in server.ask(FEED).body)
        # Who shows this one has told of the first.
        series(tmp_path, schedule(session(1, "2021-06-08", title="Anderer Titel")))
        until(lambda: b"Anderer Titel" in server.ask(FEED).body)
        server.process.kill()
        server.process.wait(PATIENCE)
        until(lambda: not Path(f"/proc/{worker}").exists())


def test_workers_that_never_start_end_the_server(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import sys; 'impulscal.worker' in sys.orig_argv and sys.exit(3)", encoding="utf-8"
    )

    started = serve_in_vain(series(tmp_path), tmp_path / "socket", PYTHONPATH=str(tmp_path))

    assert started.returncode == 1
    assert "The workers do not start." in started.stderr


# The socket is descriptor 3 of the process that is named (sd_listen_fds(3)).
AS_SYSTEMD = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv(sys.argv[2], sys.argv[2:])
"""


def test_systemd_hands_over_the_socket_and_hears_of_start_reload_and_end(tmp_path: Path) -> None:
    with socket(AF_UNIX, SOCK_STREAM) as listener, socket(AF_UNIX, SOCK_DGRAM) as manager:
        listener.bind(str(tmp_path / "socket"))
        listener.listen()
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(PATIENCE)
        number = str(listener.fileno())
        with subprocess.Popen(
            [sys.executable, "-c", AS_SYSTEMD, number, IMPULSCAL, "serve", "--workers", "1"],
            env=environment(series(tmp_path), NOTIFY_SOCKET=str(tmp_path / "notify")),
            pass_fds=[listener.fileno()],
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        ) as process:
            server = Server(process=process, path=tmp_path / "socket", log=tmp_path / "log")
            heard = [manager.recv(1000)]
            status = server.ask(FEED).status
            process.send_signal(signal.SIGHUP)
            heard += [manager.recv(1000).split(b"\n")[0], manager.recv(1000)]
            process.terminate()
            heard.append(manager.recv(1000))
            code = process.wait(PATIENCE)

    assert (status, code) == (200, 0)
    assert heard == [b"READY=1", b"RELOADING=1", b"READY=1", b"STOPPING=1"]
    assert (tmp_path / "socket").is_socket()
