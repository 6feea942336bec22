"""The collector waits for what is made, and never for longer."""

import gc
from collections.abc import Iterator
from threading import Event, Thread

import pytest

from impulscal.collector import held_back


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    gc.enable()


def test_it_is_held_back_within_the_block_only() -> None:
    with held_back():
        within = gc.isenabled()

    assert (within, gc.isenabled()) == (False, True)


def test_an_error_puts_it_back() -> None:
    with pytest.raises(ValueError, match="x"), held_back():
        raise ValueError("x")

    assert gc.isenabled()


def test_who_has_switched_it_off_finds_it_switched_off() -> None:
    gc.disable()

    with held_back():
        pass

    assert not gc.isenabled()


def test_threads_that_overlap_leave_it_on() -> None:
    inside, go = Event(), Event()

    def other() -> None:
        with held_back():
            inside.set()
            go.wait(10)

    thread = Thread(target=other)
    with held_back():
        thread.start()
        inside.wait(10)
    after_the_first = gc.isenabled()
    go.set()
    thread.join()

    assert (after_the_first, gc.isenabled()) == (True, True)
