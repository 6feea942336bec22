"""An application that serves every state, with something private in each of them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from impulscal.settings import Settings
from impulscal.web import create_app
from leak.gate import BASE_URL
from states import KEY, SECRET, STAFF, STATES, publish, settings

Serve = Callable[..., Flask]

ENVIRONMENT = {
    "IMPULSCAL_STAFF": STAFF,
    "IMPULSCAL_SECRET_KEY": KEY,
    "IMPULSCAL_SMTP_URL": f"smtp://{SECRET}:{SECRET}@mail.example:587",
}


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    """Give a function that serves states; a changed text of theirs replaces the file's."""
    private = Settings.from_environment(ENVIRONMENT)

    def app(*names: str, change: Callable[[str], str] = str) -> Flask:
        publish(tmp_path, names or STATES)
        for file in tmp_path.glob("*.yaml"):
            file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")
        told = replace(
            settings(tmp_path, BASE_URL),
            secret_key=private.secret_key,
            staff=private.staff,
            mail_server=private.mail_server,
        )
        return create_app(told)

    return app
