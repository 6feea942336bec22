from pathlib import Path

import pytest
from flask.testing import FlaskClient

from web.serving import Serving, schedule


@pytest.fixture
def serving(tmp_path: Path) -> Serving:
    """Give a folder with a schedule of two sessions that nobody serves yet."""
    serving = Serving(tmp_path)
    serving.write(schedule())
    return serving


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """Give a process that serves two sessions, for tests that only ask."""
    serving = Serving(tmp_path_factory.mktemp("served"))
    serving.write(schedule())
    return serving.start()
