from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html

from impulscal.web import create_app
from states import publish, settings

Page = Any
"""A page as lxml has parsed it; its stubs know no ``xpath`` that gives texts."""

SERVED = (
    *("stadtimpuls", "vor-ankuendigung", "offen", "letzter-tag", "geschlossen", "laeuft"),
    *("vorbei", "abgesagt", "verschoben", "zurueckverschoben", "findet-doch-statt"),
    *("vorlaeufig", "ausgebucht", "ohne-anmeldung", "web-anmeldung", "ohne-termine"),
    *("ein-termin", "dreihundert", "lange-woerter", "arabisch", "emoji", "zweisprachig"),
)


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """Serve every state at its moment, below a path."""
    folder = tmp_path_factory.mktemp("states")
    publish(folder, SERVED)
    return create_app(settings(folder, "https://kalender.example/termine")).test_client()


@pytest.fixture(scope="session")
def folder(client: FlaskClient) -> Path:
    """Give the folder of the schedules that are served."""
    served: Path = client.application.extensions["impulscal"].settings.schedules[0]
    return served


@pytest.fixture(scope="session")
def open_page(client: FlaskClient) -> Callable[[str], Page]:
    """Give what opens a page, which must be there."""

    def opened(path: str) -> Page:
        answer = client.get(path)
        assert answer.status_code == 200, path
        return html.fromstring(answer.text)

    return opened
