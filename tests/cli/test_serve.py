import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from cli.commands import DATABASE, run, write

IMPULSCAL = str(Path(sys.executable).with_name("impulscal"))
PATIENCE = 30.0
SESSIONS = "sessions:\n  - {id: 1, date: 2021-06-08, title: Anfang}\n"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def server(port: int, *options: str) -> Iterator[subprocess.Popen[str]]:
    command = [IMPULSCAL, "serve", "--port", str(port), "--workers", "1", *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            wait_for(process, f"http://127.0.0.1:{port}/healthz")
            yield process
        finally:
            # Its workers would outlive a server that is killed.
            process.terminate()


def wait_for(process: subprocess.Popen[str], address: str) -> None:
    last = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < last:
        try:
            fetch(address)
        except HTTPError as error:
            error.close()
            return
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the server does not answer")


def told_at_the_start(process: subprocess.Popen[str]) -> list[str]:
    """What stands before the last line of the start."""
    assert process.stderr is not None
    return list(iter(process.stderr.readline, "Stop with Ctrl-C.\n"))


def fetch(address: str) -> bytes:
    with urlopen(address, timeout=10) as answer:
        body: bytes = answer.read()
    return body


def test_the_server_answers_names_its_addresses_and_ends_with_ctrl_c() -> None:
    write(SESSIONS)
    port = free_port()

    with server(port) as process:
        told = told_at_the_start(process)
        feed = fetch(f"http://127.0.0.1:{port}/reihe.ics")
        process.send_signal(signal.SIGINT)
        _output, rest = process.communicate(timeout=PATIENCE)

    assert feed.count(b"BEGIN:VEVENT") == 1
    assert process.returncode == 0
    assert told[-2:] == [
        f"Page: http://127.0.0.1:{port}/\n",
        f"Feed: http://127.0.0.1:{port}/reihe.ics\n",
    ]
    assert rest == ""
    assert DATABASE.exists()


def test_a_preview_writes_nothing_and_ends_with_sigterm() -> None:
    write(SESSIONS)
    port = free_port()

    with server(port, "--at", "2021-05-20T09:00", "--workers", "2") as process:
        told = told_at_the_start(process)
        health = json.loads(fetch(f"http://127.0.0.1:{port}/healthz"))
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)

    assert process.returncode == 0
    assert health["clock"] == {"fixed": True, "now": "2021-05-20T09:00:00"}
    assert told[-3:] == [
        "Preview of 2021-05-20T09:00: nothing is published, nothing is written.\n",
        f"Page: http://127.0.0.1:{port}/\n",
        f"Feed: http://127.0.0.1:{port}/reihe.ics\n",
    ]
    logged = [line.split(" INFO ")[1] for line in told if " INFO " in line]
    assert set(logged) == {"sessions.yaml is shown as it would be published.\n"}
    assert list(Path().iterdir()) == [Path("sessions.yaml")]


def test_a_lost_history_is_restored_from_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    write(SESSIONS)
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    monkeypatch.setenv("IMPULSCAL_DATABASE_URL", "sqlite:///old.sqlite3")

    with server(port):
        monkeypatch.setenv("IMPULSCAL_DATABASE_URL", "sqlite:///new.sqlite3")
        restored = run("restore", f"{address}/reihe.json")
        unknown = run("restore", f"{address}/andere.json")
        page = run("restore", f"{address}/")

    assert restored.stdout == "reihe: restored. Sessions: 1, revisions written: 1.\n"
    assert run("changes").stdout == "Nothing would change for subscribers.\n"
    assert (unknown.exit_code, page.exit_code) == (1, 2)
    assert unknown.stderr.startswith(f"{address}/andere.json does not answer with a schedule: 404")


def test_a_taken_port_is_told_in_a_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        result = run("serve", "--port", str(port))

    assert result.exit_code == 1
    assert result.stderr == (
        f"127.0.0.1:{port} cannot be used: another program uses it. "
        "Choose another port with --port.\n"
    )


@pytest.mark.parametrize(
    ("options", "setting"),
    [
        (("--port", "0"), {}),
        (("--workers", "0"), {}),
        (("--host", "no such host"), {}),
        (("--at", "tomorrow"), {}),
        ((), {"IMPULSCAL_BASE_URL": "example.de"}),
        ((), {"IMPULSCAL_RELOAD_SECONDS": "often"}),
        ((), {"IMPULSCAL_DATABASE_URL": "nowhere"}),
    ],
)
def test_wrong_use_is_told_before_anything_starts(
    options: tuple[str, ...], setting: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in setting.items():
        monkeypatch.setenv(name, value)
    given = ("--port", str(free_port()), *options)

    result = run("serve", *given)

    assert result.exit_code == 2
    assert result.stderr.strip()
    assert list(Path().iterdir()) == []
