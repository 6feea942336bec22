"""Several who ask for one address at once: it is rendered once, and nobody waits for long."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest

from impulscal.edition import Edition
from impulscal.web.editions import Editions
from impulscal.web.representation import Representation, Representations
from web.running import DEADLINE
from web.serving import Serving


@dataclass
class Slow:
    """Renders when it is told to."""

    body: bytes
    begun: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    times: Iterator[int] = field(default_factory=count)

    def __call__(self) -> bytes:
        next(self.times)
        self.begun.set()
        assert self.go_on.wait(DEADLINE)
        return self.body


@pytest.fixture
def editions(serving: Serving) -> Editions:
    editions = Editions(serving.settings())
    editions.current()
    return editions


def newest(editions: Editions) -> Edition:
    return editions.current().editions["stadtimpuls"]


def edited(serving: Serving, editions: Editions) -> Edition:
    serving.hand.go(hours=1)
    serving.write(serving.file.read_text().replace("Termin 2", "Anderes"))
    return newest(editions)


def get(representations: Representations, edition: Edition, render: Any) -> Representation:
    return representations.get((edition,), "/x.ics", render, content_type="text/calendar")


def test_while_an_address_is_rendered_others_are_told_what_it_was(
    serving: Serving, editions: Editions
) -> None:
    representations, slow = Representations(editions), Slow(b"new")
    before = get(representations, newest(editions), lambda: b"old")
    edition = edited(serving, editions)
    with ThreadPoolExecutor() as threads:
        rendering = threads.submit(get, representations, edition, slow)
        assert slow.begun.wait(DEADLINE)

        meanwhile = get(representations, edition, slow)

        slow.go_on.set()
        after = rendering.result(DEADLINE)
    assert (meanwhile.body, meanwhile.digest) == (b"old", before.digest)
    assert meanwhile.last_modified == before.last_modified
    # The front may not take it for what the new edition tells.
    assert (before.address, meanwhile.address, after.address) == ("/x.ics", None, "/x.ics")
    assert get(representations, edition, slow) == after
    assert next(slow.times) == 1


def test_those_who_ask_first_and_together_get_what_one_of_them_renders(
    editions: Editions,
) -> None:
    representations, slow = Representations(editions), Slow(b"first")
    edition = newest(editions)
    with ThreadPoolExecutor() as threads:
        asking = [threads.submit(get, representations, edition, slow) for _number in range(4)]
        assert slow.begun.wait(DEADLINE)
        slow.go_on.set()

        told = [asked.result(DEADLINE) for asked in asking]

    assert [each.body for each in told] == [b"first"] * 4
    assert next(slow.times) == 1


def test_after_a_rendering_that_failed_others_do_not_wait_for_it(editions: Editions) -> None:
    representations, edition = Representations(editions), newest(editions)

    def fail() -> bytes:
        raise ZeroDivisionError

    with pytest.raises(Exception, match="503"):
        get(representations, edition, fail)

    assert get(representations, edition, lambda: b"well").body == b"well"


def test_who_asked_before_an_edit_and_is_answered_after_it_puts_nothing_back(
    serving: Serving, editions: Editions
) -> None:
    representations, late = Representations(editions), newest(editions)
    edition = edited(serving, editions)
    new = get(representations, edition, lambda: b"new")

    told = get(representations, late, lambda: b"old")

    assert (told.body, told.address) == (b"new", None)
    assert get(representations, edition, lambda: b"again") == new
