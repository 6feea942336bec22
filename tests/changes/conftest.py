from pathlib import Path

import pytest

from web.serving import Serving


@pytest.fixture
def serving(tmp_path: Path) -> Serving:
    """Give a folder that nobody serves yet."""
    return Serving(tmp_path)
