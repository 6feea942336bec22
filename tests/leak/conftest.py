"""An application that serves every state, with something private in each of them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from impulscal.web import create_app
from leak.gate import BASE_URL
from states import SECRET, STAFF, STATES, publish, settings

Serve = Callable[..., Flask]

ENVIRONMENT = {
    "IMPULSCAL_STAFF": STAFF,
    "IMPULSCAL_SECRET_KEY": f"{SECRET}-key-of-the-tests",
    "IMPULSCAL_SMTP_URL": f"smtp://{SECRET}:{SECRET}@mail.example:587",
}


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Serve:
    """Give a function that serves states; a changed text of theirs replaces the file's."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)

    def app(*names: str, change: Callable[[str], str] = str) -> Flask:
        publish(tmp_path, names or STATES)
        for file in tmp_path.glob("*.yaml"):
            file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")
        return create_app(settings(tmp_path, BASE_URL))

    return app
