"""The bytes themselves: what RFC 5545 and the clients ask of them, and that they never vary."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from impulscal.edition import Edition
from impulscal.vcalendar.feed import Options, feed, single_file
from real_series import BASE_URL, FEEDS, changed_edition, real_edition
from schedules import make_session, publish, text
from vcalendar.contents import event
from vcalendar.lint import faults

EDITIONS = {"real": real_edition(), "changed": changed_edition()}
PLAIN = Options()


def render(edition: Edition, options: Options = FEEDS["feed-all-options"]) -> bytes:
    source = f"{BASE_URL}/stadtimpuls.ics?{options.query()}"
    return feed(edition, language="de", options=options, base_url=BASE_URL, source=source)


@pytest.mark.parametrize("name", FEEDS)
@pytest.mark.parametrize("state", EDITIONS)
def test_feed_has_no_fault(state: str, name: str) -> None:
    assert faults(render(EDITIONS[state], FEEDS[name])) == []


@pytest.mark.parametrize("session", ["1", "2", "3", "4", "5"])
@pytest.mark.parametrize("state", EDITIONS)
def test_single_file_has_no_fault(state: str, session: str) -> None:
    saved = single_file(EDITIONS[state], session, language="de", base_url=BASE_URL)

    assert faults(saved) == []


UMLAUT = "ü".encode()
BROKEN = {
    "a line end that is not CRLF": (b"CALSCALE:GREGORIAN\r\n", b"CALSCALE:GREGORIAN\n"),
    "a line of 80 octets": (b"CALSCALE:GREGORIAN", b"X-TEST:" + b"x" * 73),
    "a line of 0 octets": (b"CALSCALE:GREGORIAN", b""),
    "folded inside a character": (UMLAUT, UMLAUT[:1] + b"\r\n " + UMLAUT[1:]),
    "has no place here": (b"CALSCALE:GREGORIAN", b"METHOD:PUBLISH"),
    "a UID before the first event": (b"CALSCALE:GREGORIAN", b"UID:1"),
    "a zone is named and not described": (b"TZID:Europe/Berlin", b"TZID:Europe/Paris"),
    "a zone is described twice": (
        b"TZID:Europe/Berlin",
        b"TZID:UTC\r\nTZID:UTC\r\nTZID:Europe/Berlin",
    ),
    "does not begin with its begin and end with its end": (b"END:VCALENDAR\r\n", b""),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_lint_finds(fault: str) -> None:
    right, wrong = BROKEN[fault]
    broken = render(EDITIONS["real"], PLAIN).replace(right, wrong, 1)

    found = {told.partition(":")[0] for told in faults(broken)}

    assert found == {fault}


@pytest.mark.parametrize("letters", ["a", "ü", "日", "👩🏽‍💻", ",", "\\", "\n"])
def test_long_text_is_folded_between_characters(letters: str) -> None:
    edition = publish([make_session(description=text(f"x{letters * 200}x"))])

    assert faults(render(edition, PLAIN)) == []


@pytest.mark.parametrize(
    ("told", "escaped"),
    [
        ("a, b; c: d", "a\\, b\\; c: d"),
        ("a\nb", "a\\nb"),
        ("C:\\neu", "C:\\\\neu"),
        # icalendar 7.3 would make a line break of this one.
        ("C:\\Neu", "C:\\\\Neu"),
        ("\\,\\;\\", "\\\\\\,\\\\\\;\\\\"),
    ],
)
def test_text_is_escaped(told: str, escaped: str) -> None:
    edition = publish([make_session(location=text(told), topic=text(told))])

    found = event(render(edition, PLAIN), "2.stadtimpuls")

    assert (found["LOCATION"], found["CATEGORIES"]) == (escaped, escaped)


def test_separators_that_end_lines_elsewhere_become_plain_line_feeds() -> None:
    edition = publish([make_session(location=text("Haus A\u2028Raum 1\ufffe"))])

    calendar = render(edition, PLAIN)

    assert event(calendar, "2.stadtimpuls")["LOCATION"] == "Haus A\\nRaum 1"


def test_every_process_renders_the_same_bytes() -> None:
    program = (
        "import sys; from vcalendar.test_bytes import EDITIONS, render; "
        "sys.stdout.buffer.write(render(EDITIONS['changed']))"
    )
    tests = str(Path(__file__).parent.parent)

    rendered = [
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": tests, "TZ": zone},
            capture_output=True,
            check=True,
        ).stdout
        for seed, zone in [("1", "Asia/Tokyo"), ("2", "America/New_York")]
    ]

    assert rendered == [render(EDITIONS["changed"])] * 2
