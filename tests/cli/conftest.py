"""Every command is tested in an empty folder, in English, without settings."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.guests import POST
from invitations.mail_servers import PostOffice


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in os.environ:
        if name.startswith(("IMPULSCAL_", "LC_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[PostOffice]:
    """Give a mail server that the settings name, on 20 May 2021."""
    with PostOffice() as opened:
        monkeypatch.setenv("IMPULSCAL_SMTP_URL", f"smtp://127.0.0.1:{opened.port}?per_minute=0")
        monkeypatch.setenv("IMPULSCAL_SECRET_KEY", POST.secret_key)
        monkeypatch.setenv("IMPULSCAL_BASE_URL", POST.base_url)
        monkeypatch.setenv("IMPULSCAL_NOW", "2021-05-20T09:00")
        yield opened
