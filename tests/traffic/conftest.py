from pathlib import Path

import pytest

from web.serving import Serving, schedule


@pytest.fixture
def serving(tmp_path: Path) -> Serving:
    """Give a folder with a schedule of two sessions that nobody serves yet."""
    serving = Serving(tmp_path)
    serving.write(schedule())
    return serving
