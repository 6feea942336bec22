"""``impulscal count-polls``: what a cache answered is counted from its log."""

import fcntl
import getpass
import os
import signal
import subprocess
import sys
import termios
from array import array
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli.commands import DATABASE
from impulscal.cli import main
from impulscal.history.database import Database
from impulscal.subscribers.store import asked
from web.running import ask, free_port, until

APPLE = "iOS/26.5 (23F77) dataaccessd/1.0"


def line(
    address: str = "192.0.2.1",
    target: str = "/reihe.ics",
    status: int = 200,
    agent: str = APPLE,
    method: str = "GET",
) -> str:
    request = f"{method} {target} HTTP/1.1"
    return f'{address} - - [20/May/2021:07:00:00 +0000] "{request}" {status} 20 "-" "{agent}"\n'


def count(*lines: str) -> list[tuple[str, str, int, int]]:
    """Count ``lines`` of standard input; return what is found afterwards."""
    result = CliRunner().invoke(main, ["count-polls"], input="".join(lines), catch_exceptions=False)
    assert (result.exit_code, result.output) == (0, "")
    return found()


def found() -> list[tuple[str, str, int, int]]:
    database = Database.open(f"sqlite:///{DATABASE}")
    with database.reading() as transaction:
        rows = asked(transaction, since=date(2021, 1, 1))
    database.close()
    return [(row.series, row.family, row.requests, round(row.clients)) for row in rows]


def test_polls_of_feeds_are_counted_by_program() -> None:
    told = count(
        line(),
        line(status=304),
        line("192.0.2.2", "/en/reihe.ics?alarm=30"),
        line("192.0.2.2", "/feeds/google/andere.ics", agent="Google-Calendar-Importer"),
    )

    assert told == [("andere", "google", 1, 0), ("reihe", "apple", 3, 2)]


def test_nothing_else_is() -> None:
    told = count(
        line(target="/reihe"),
        line(target="/reihe/2.ics"),
        line(status=404),
        line(method="HEAD"),
        "no line of any log\n",
        "\n",
        "\x00\udcff\n".encode("utf-8", "surrogateescape").decode("latin-1"),
    )

    assert told == []


def test_what_the_server_counted_itself_is_not_counted_again() -> None:
    count(line())

    assert count(line()) == [("reihe", "apple", 2, 1)]


def test_a_base_path_is_taken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPULSCAL_BASE_URL", "https://stadt.example/termine")

    assert count(line(target="/termine//reihe.ics")) == [("reihe", "apple", 1, 1)]


def test_escaped_signs_are_those_that_the_program_sent() -> None:
    told = count(line(agent=r"dataaccessd \x22a\x22"), line(agent=r"dataaccessd \x22b\x22"))

    assert told == [("reihe", "apple", 2, 2)]


def test_a_place_where_no_socket_can_be_is_told(folder: Path) -> None:
    (folder / "taken").write_text("", encoding="utf-8")

    result = CliRunner().invoke(main, ["count-polls", "--socket", "taken"])

    assert result.exit_code == 1
    assert result.stderr == "No socket can be made at taken: another program uses it.\n"
    assert (folder / "taken").is_file()


NGINX = """
user {user};
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
  access_log syslog:server=unix:{folder}/polls.sock combined;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{ listen 127.0.0.1:{port}; location / {{ return 200 "x"; }} }}
}}
"""


def test_nginx_writes_to_the_socket(folder: Path, require_program: Callable[[str], None]) -> None:
    require_program("nginx")
    port, program = free_port(), Path(sys.executable).parent / "impulscal"
    (folder / "nginx.conf").write_text(
        NGINX.format(user=getpass.getuser(), folder=folder, port=port), encoding="utf-8"
    )
    counting = subprocess.Popen(
        [program, "count-polls", "--socket", folder / "polls.sock"],
        env={**os.environ, "LANG": "C.UTF-8"},
        stderr=subprocess.DEVNULL,
    )
    until((folder / "polls.sock").is_socket)
    server = subprocess.Popen(["nginx", "-c", folder / "nginx.conf", "-p", folder])
    try:
        until(lambda: answers(port))

        for _time in range(3):
            ask(port, "/reihe.ics", headers={"User-Agent": APPLE})
    finally:
        server.send_signal(signal.SIGQUIT)
        server.wait(60)
        counting.send_signal(signal.SIGTERM)
        counting.wait(60)

    assert counting.returncode == 0
    assert found() == [("reihe", "apple", 3, 1)]
    assert not (folder / "polls.sock").exists()


def test_what_was_read_is_told_also_when_it_is_asked_to_end() -> None:
    program = Path(sys.executable).parent / "impulscal"
    with subprocess.Popen(
        [program, "count-polls"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as counting:
        assert counting.stdin is not None
        counting.stdin.write(line().encode())
        counting.stdin.flush()
        until(lambda: is_empty(counting.stdin))

        counting.send_signal(signal.SIGTERM)
        counting.wait(60)

    assert counting.returncode == 0
    assert found() == [("reihe", "apple", 1, 1)]


def is_empty(pipe: Any) -> bool:
    """Tell whether somebody has read all of a pipe."""
    waiting = array("i", [0])
    fcntl.ioctl(pipe.fileno(), termios.FIONREAD, waiting)
    return waiting[0] == 0


def answers(port: int) -> bool:
    try:
        return ask(port, "/")[0].status == 200
    except OSError:
        return False
