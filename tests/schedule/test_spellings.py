import unicodedata
from datetime import time, timedelta

import pytest

from impulscal.schedule.colors import COLORS
from impulscal.schedule.model import Text
from impulscal.schedule.reader.addresses import parse_email, parse_url
from impulscal.schedule.reader.times import parse_duration, parse_time
from impulscal.schedule.reader.words import parse_boolean, parse_color, parse_language
from schedule.files import SERIES, schedule, session, with_lines


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("12:00", time(12)),
        ('"12:00"', time(12)),
        ("12.00", time(12)),
        ("12.30", time(12, 30)),
        ("9:05", time(9, 5)),
        ("09.05", time(9, 5)),
        ("00:00", time(0)),
        ("!!str 12:30", time(12, 30)),
    ],
)
def test_a_time_means_what_it_says(written: str, expected: time) -> None:
    series = schedule(SERIES.replace("start: 12:00", f"start: {written}")).series

    assert series.start == expected


@pytest.mark.parametrize(
    ("written", "minutes"),
    [
        ("30 min", 30),
        ("30min", 30),
        ("30 Min.", 30),
        ("30 minutes", 30),
        ("45 Minuten", 45),
        ("1 h", 60),
        ("2 hours", 120),
        ("1 Std.", 60),
        ("1 Stunde", 60),
        ("1 h 30 min", 90),
        ("1h30min", 90),
        ("1 Stunde 30 Minuten", 90),
        ("PT30M", 30),
        ("PT1H", 60),
        ("PT1H30M", 90),
    ],
)
def test_a_duration_has_many_spellings(written: str, minutes: int) -> None:
    assert parse_duration(written) == timedelta(minutes=minutes)


@pytest.mark.parametrize("written", ["١٢:٠٠", "12:0０", " 12:00", "12:00\n"])
def test_only_plain_digits_make_a_time(written: str) -> None:
    with pytest.raises(ValueError, match="no time of day"):
        parse_time(written)


@pytest.mark.parametrize(
    "date", ["2021-06-08", "08.06.2021", '"2021-06-08"', "!!timestamp 2021-06-08"]
)
def test_a_date_has_two_spellings(date: str) -> None:
    text = with_lines().replace("2021-06-08", date)

    assert schedule(text).sessions[0].start.date().isoformat() == "2021-06-08"


@pytest.mark.parametrize(
    ("written", "expected"),
    [(word, True) for word in ("true", "Yes", "ON", "ja")]
    + [(word, False) for word in ("false", "No", "off", "Nein")],
)
def test_yes_and_no_have_many_spellings(written: str, expected: bool) -> None:  # noqa: FBT001 -- a table
    assert parse_boolean(written) is expected


@pytest.mark.parametrize(
    "address",
    [
        "stadtimpuls@einsateam.de",
        "a.b+c@xn--mller-kva.de",
        "info@müller.de",
        "post@例え.jp",
        "o'neil@sub.example.org",
    ],
)
def test_an_email_address_may_have_an_international_domain(address: str) -> None:
    assert parse_email(address) == address


@pytest.mark.parametrize(
    "address", ["a@b", "@b.de", "a@", "a..b@c.de", "a@b@c.de", "ä@b.de", "a@-b.de", "a@b.de\x00"]
)
def test_what_is_no_email_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="no e-mail address"):
        parse_email(address)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org",
        "http://localhost:8000/a?b=c#d",
        "HTTPS://Example.org/ä",
        "https://müller.de/",
        "https://[2001:db8::1]/",
        "mailto:a@b.de?subject=x",
    ],
)
def test_a_web_address_has_a_scheme_and_a_host(url: str) -> None:
    assert parse_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "example.org",
        "//example.org",
        "https:/example.org",
        "https://exa mple.org",
        "https://",
        "https://?x",
        "https://[::1",
        "https://a.de\\@b.de",
        "data:text/html,x",
        "mailto:",
        "https://a.de/" + "x" * 2000,
    ],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="no web address"):
        parse_url(url)


@pytest.mark.parametrize(
    ("written", "tag"),
    [("de", "de"), ("EN", "en"), ("pt-br", "pt-BR"), ("zh-hant-tw", "zh-Hant-TW"), ("tlh", "tlh")],
)
def test_a_language_has_one_spelling(written: str, tag: str) -> None:
    assert parse_language(written) == tag


def test_there_are_147_colours_in_any_case() -> None:
    assert len(COLORS) == 147
    assert parse_color("LightGoldenRodYellow") == "lightgoldenrodyellow"


def test_texts_are_normalised_and_stripped() -> None:
    decomposed = unicodedata.normalize("NFD", "Grüne Stadt")

    assert session(lines=f'note: "  {decomposed} \\n"').note == Text((("de", "Grüne Stadt"),))


UNUSUAL = ["\u2028", "\u2029", "\x85", "\\u2028", "\\P", "\\N", "\\r", "\\r\\n"]


@pytest.mark.parametrize("ending", UNUSUAL)
def test_unusual_line_ends_become_a_line_feed(ending: str) -> None:
    assert session(lines=f'note: "a{ending}b"').note == Text((("de", "a\nb"),))


@pytest.mark.parametrize("mark", ["\ufeff", "\\uFEFF"])
def test_a_byte_order_mark_inside_a_text_is_dropped(mark: str) -> None:
    assert session(lines=f'note: "a{mark}b"').note == Text((("de", "ab"),))


def test_an_unusual_line_end_is_no_line_in_an_editor() -> None:
    plain = session(lines="note: a\u2028b")

    assert plain.note == Text((("de", "a\nb"),))


def test_a_title_is_one_line() -> None:
    topics = [
        session(lines=f"topic: {t}").topic for t in ("|\n  Grüne\n  Stadt", '"Grüne\\rStadt"')
    ]

    assert topics == [Text((("de", "Grüne Stadt"),))] * 2


@pytest.mark.parametrize("word", ["yes", "1e3", "0x1F", "2021", "null text", "'null'", "1_000"])
def test_a_text_stays_as_it_is_written(word: str) -> None:
    assert session(lines=f"note: {word}").note == Text((("de", word.strip("'")),))
