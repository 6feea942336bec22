"""Programs are told apart by what they call themselves (CLIENTS.md 2.1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impulscal.subscribers.clients import FAMILY_WORDS, REACH, Family, Reach, family_of


@pytest.mark.parametrize(
    ("user_agent", "family"),
    [
        ("Google-Calendar-Importer", Family.GOOGLE),
        ("Microsoft.Exchange/15.20 (OutlookCalendarImport)", Family.OUTLOOK_ONLINE),
        ("Microsoft Exchange/15.20", Family.OUTLOOK_ONLINE),
        (
            "Microsoft Office/15.0 (Windows NT 6.3; Microsoft Outlook 15.0.4420; Pro)",
            Family.OUTLOOK,
        ),
        ("iOS/26.5 (23F77) dataaccessd/1.0", Family.APPLE),
        ("macOS/13.4 (22F66) dataaccessd/1.0", Family.APPLE),
        ("Mac+OS+X/10.10 (14A389) CalendarAgent/315", Family.APPLE),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Thunderbird/140.3.0",
            Family.THUNDERBIRD,
        ),
        ("Evolution/3.46.4", Family.EVOLUTION),
        (
            "Mozilla/5.0 (X11; Linux x86_64) KHTML/5.103.0 (like Gecko) Konqueror/5 KIO/5.103",
            Family.KORGANIZER,
        ),
        ("Nextcloud Webcal Service", Family.NEXTCLOUD),
        ("Nextcloud Webcal Crawler", Family.NEXTCLOUD),
        ("ICSx5/2.2.3 (ical4j/3.2.19 okhttp/4.12.0 Android/14)", Family.ICSX5),
        (
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
                "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"
            ),
            Family.BROWSER,
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", Family.BROWSER),
        (
            (
                "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Googlebot/2.1; "
                "+http://www.google.com/bot.html) Chrome/140.0.0.0 Safari/537.36"
            ),
            Family.SEARCH,
        ),
        (
            "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
            Family.SEARCH,
        ),
        ("Feedly/1.0 (+http://www.feedly.com/fetcher.html; like FeedFetcher)", Family.READER),
        ("curl/8.14.1", Family.OTHER),
        ("", Family.OTHER),
    ],
)
def test_a_program_is_known_by_what_it_calls_itself(user_agent: str, family: Family) -> None:
    assert family_of(user_agent) is family


@given(st.text())
def test_whatever_a_stranger_sends_has_a_family(user_agent: str) -> None:
    assert family_of(user_agent) in Family


def test_every_family_has_words_and_is_counted_in_some_way() -> None:
    assert list(FAMILY_WORDS) == list(REACH)
    assert set(REACH) == set(Family)
    assert {REACH[Family.GOOGLE], REACH[Family.OUTLOOK_ONLINE]} == {Reach.CLOUD}
