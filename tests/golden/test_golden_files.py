"""The real series byte for byte, as subscribers got it at nine on 20 May 2021.

``make golden`` writes the files anew, to be read in the diff.
"""

from collections.abc import Callable

import pytest

from impulscal.edition import Edition
from impulscal.links import Links
from impulscal.vcalendar.feed import Options, feed, single_file, single_file_name
from real_series import BASE_URL, FEEDS, changed_edition, real_edition

Golden = Callable[[str, bytes], bytes]

EDITIONS = {"real": real_edition(), "changed": changed_edition()}


def render(edition: Edition, language: str, options: Options) -> bytes:
    links = Links(base_url=BASE_URL, series=edition.series, language=language)
    return feed(
        edition,
        language=language,
        options=options,
        base_url=BASE_URL,
        source=links.feed_address(options.query()),
    )


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("name", FEEDS)
@pytest.mark.parametrize("state", EDITIONS)
def test_feed_is_the_golden_file(state: str, name: str, language: str, golden: Golden) -> None:
    rendered = render(EDITIONS[state], language, FEEDS[name])

    expected = golden(f"{state}-{name}-{language}.ics", rendered)

    assert rendered == expected


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("session", ["1", "2", "3", "4", "5"])
@pytest.mark.parametrize("state", EDITIONS)
def test_single_file_is_the_golden_file(
    state: str, session: str, language: str, golden: Golden
) -> None:
    edition = EDITIONS[state]
    rendered = single_file(edition, session, language=language, base_url=BASE_URL)

    expected = golden(f"{state}-{language}-{single_file_name(edition, session)}", rendered)

    assert rendered == expected
