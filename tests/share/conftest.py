from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from impulscal.settings import Clock, Settings, moment
from impulscal.web import create_app
from share.browsing import foreign_site, served
from share.serving import BASE_URL, SCHEDULE, Serve


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    """Give the application for a schedule, at nine on 20 May 2021."""

    def app(schedule: str = SCHEDULE, base_url: str = BASE_URL) -> Flask:
        file = tmp_path / "sessions.yaml"
        file.write_text(schedule)
        return create_app(
            Settings(
                schedules=(file,),
                base_url=base_url,
                database_url=f"sqlite:///{tmp_path / 'history.sqlite3'}",
                clock=Clock(moment("2021-05-20T09:00", "now")),
            )
        )

    return app


@pytest.fixture
def client(serve: Serve) -> FlaskClient:
    return serve().test_client()


@pytest.fixture(scope="module")
def address(
    require_program: Callable[[str], None], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Give the public address of a server whose base URL has a path."""
    require_program("chromium")
    with served(tmp_path_factory.mktemp("served"), "/kalender") as found:
        yield found


@pytest.fixture
def foreign(tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Give a page with some HTML on another website, by its address."""
    folder = tmp_path / "foreign"
    folder.mkdir()
    with foreign_site(folder) as site:

        def page(body: str, head: str = "") -> str:
            (folder / "index.html").write_text(
                "<!doctype html><html lang=de><meta charset=utf-8>"
                "<link rel=icon href=data:,><title>Fremde Seite</title>"
                f"{head}<body>{body}"
            )
            return f"{site}/index.html"

        yield page
