"""Every golden case, read back by every program: all agree with the model."""

from collections.abc import Callable, Iterator

import pytest
from vdirsyncer.vobject import (  # type: ignore[import-untyped]
    Item,
    split_collection,
)

from impulscal.links import Links
from impulscal.vcalendar.feed import feed, single_file
from read_back.readers import READERS, as_message, libical_errors
from read_back.told import Told, expected_feed, expected_file
from real_series import BASE_URL, FEEDS, changed_edition, real_edition

EDITIONS = (real_edition(), changed_edition())


def _cases() -> Iterator[tuple[bytes, list[Told]]]:
    for edition in EDITIONS:
        for language in ("de", "en"):
            links = Links(base_url=BASE_URL, series=edition.series, language=language)
            for options in FEEDS.values():
                told = expected_feed(edition, language=language, options=options, base_url=BASE_URL)
                rendered = feed(
                    edition,
                    language=language,
                    options=options,
                    base_url=BASE_URL,
                    source=links.feed_address(options.query()),
                )
                yield rendered, list(told)
            for session in edition.by_id:
                saved = expected_file(edition, session, language=language, base_url=BASE_URL)
                yield (
                    single_file(edition, session, language=language, base_url=BASE_URL),
                    [saved],
                )


@pytest.fixture(scope="module")
def cases() -> list[tuple[bytes, list[Told]]]:
    return list(_cases())


@pytest.mark.parametrize("program", READERS)
def test_every_program_reads_what_the_model_says(
    program: str,
    cases: list[tuple[bytes, list[Told]]],
    require_program: Callable[[str], None],
) -> None:
    require_program(program)

    read = READERS[program]([rendered for rendered, _ in cases])

    assert read == [told for _, told in cases]


def test_libical_finds_no_error(
    cases: list[tuple[bytes, list[Told]]], require_program: Callable[[str], None]
) -> None:
    require_program("libical")

    errors = libical_errors([rendered for rendered, _ in cases])

    assert errors == [0] * len(cases)


def test_libical_finds_no_error_where_it_is_strictest(
    cases: list[tuple[bytes, list[Told]]], require_program: Callable[[str], None]
) -> None:
    require_program("libical")

    errors = libical_errors([as_message(rendered) for rendered, _ in cases])

    assert errors == [0] * len(cases)


def test_libical_would_find_a_missing_stamp(
    cases: list[tuple[bytes, list[Told]]], require_program: Callable[[str], None]
) -> None:
    require_program("libical")
    lines = as_message(cases[0][0]).splitlines(keepends=True)
    broken = b"".join(line for line in lines if not line.startswith(b"DTSTAMP"))

    errors = libical_errors([broken])

    assert errors == [1]


def test_vdirsyncer_keeps_every_event(cases: list[tuple[bytes, list[Told]]]) -> None:
    stored = [
        [Item(item).uid for item in split_collection(rendered.decode())] for rendered, _ in cases
    ]

    assert stored == [[event.uid for event in told] for _, told in cases]
