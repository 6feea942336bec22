"""Long work shows on a terminal how far it is, and nothing elsewhere."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from cli.commands import run
from cli.guests import save, save_list
from invitations.mail_servers import PostOffice

IMPULSCAL = str(Path(sys.executable).with_name("impulscal"))


def drawn(*arguments: str) -> str:
    """Return what impulscal writes on a terminal."""
    terminal, other_end = pty.openpty()
    done = subprocess.Popen([IMPULSCAL, *arguments], stdout=subprocess.DEVNULL, stderr=other_end)
    os.close(other_end)
    found = b""
    while piece := _read(terminal):
        found += piece
    done.wait()
    os.close(terminal)
    return found.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux says so where the other end is closed
        return b""


@pytest.mark.usefixtures("office")
def test_sending_draws_a_bar_on_a_terminal() -> None:
    save()

    told = drawn("invite", "2", "--send", "--guests", save_list())

    assert "Sending  [####################################]  2/2" in told


@pytest.mark.usefixtures("office")
def test_the_bar_speaks_german() -> None:
    save()

    told = drawn("--lang", "de", "invite", "2", "--send", "--guests", save_list())

    assert "Versand  [####################################]  2/2" in told


def test_elsewhere_nothing_is_drawn(office: PostOffice) -> None:
    save()

    result = run("invite", "2", "--send", "--guests", save_list())

    assert (len(office.received), result.stderr) == (2, "")


@pytest.mark.usefixtures("office")
def test_for_one_thing_no_bar_is_drawn() -> None:
    save()

    assert drawn("invite", "2", "--out", "drafts") == ""
