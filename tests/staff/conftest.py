from collections.abc import Iterator
from pathlib import Path

import pytest

from invitations.house import House
from staff.desk import Desk


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Give a series with session 2 on 8 June 2021, published on 20 May, and no guests."""
    built = House(tmp_path)
    yield built
    built.database.close()


@pytest.fixture
def desk(house: House) -> Desk:
    """Give the browser of somebody of the staff who is signed in."""
    return Desk(house).sign_in()
