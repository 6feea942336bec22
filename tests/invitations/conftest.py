from collections.abc import Iterator
from pathlib import Path

import pytest

from invitations.house import House


@pytest.fixture
def house_url(tmp_path: Path) -> str:
    """Give the address of the house's database; modules have another to be run with both kinds."""
    return f"sqlite:///{tmp_path}/impulscal.sqlite3"


@pytest.fixture
def house(tmp_path: Path, house_url: str) -> Iterator[House]:
    """Give a series with session 2 on 8 June 2021, published on 20 May, and no guests."""
    built = House(tmp_path, url=house_url)
    yield built
    built.database.close()
