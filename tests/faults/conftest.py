"""A server that is to bear faults, and somebody who subscribes to it."""

from collections.abc import Iterator

import pytest

from faults.house import House, living
from faults.subscriber import Subscriber


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with living(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture(scope="module")
def subscriber(house: House) -> Subscriber:
    subscriber = Subscriber()
    house.poll(subscriber)
    return subscriber
