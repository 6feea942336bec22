"""The access log: a common format, no whole address, no secret, and nobody waits for it."""

import os
import re
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impulscal.web.traffic.access_log import AccessLog, Line
from impulscal.web.traffic.masks import masked_address, masked_path, masked_query, quoted

COMMON = re.compile(
    r"(\S+) - - \[(\d{2}/[A-Z][a-z]{2}/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4})\] "
    r'"([^"]*)" (\d{3}) (\d+|-)'
)


def line(
    path: str = "/stadtimpuls.ics",
    *,
    address: str = "192.0.2.77",
    query: str = "",
    status: str = "200 OK",
    size: int = 20_000,
) -> Line:
    return (1_621_494_000.5, address, "GET", path, query, "HTTP/1.1", status, size)


def written(tmp_path: Path, *lines: Line) -> str:
    """Return what stands in a file that the lines were written to."""
    file = tmp_path / "access.log"
    with file.open("wb") as stream:
        log = AccessLog(stream.fileno())
        for one in lines:
            log.note(one)
        log.close()
    return file.read_text(encoding="ascii")


def test_a_line_has_the_common_log_format(tmp_path: Path) -> None:
    told = written(tmp_path, line(), line(status="304 NOT MODIFIED", size=0))

    assert told == (
        '192.0.2.0 - - [20/May/2021:07:00:00 +0000] "GET /stadtimpuls.ics HTTP/1.1" 200 20000\n'
        '192.0.2.0 - - [20/May/2021:07:00:00 +0000] "GET /stadtimpuls.ics HTTP/1.1" 304 -\n'
    )


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("203.0.113.9", "203.0.113.0"),
        ("2001:db8:1234:5678::9", "2001:db8:1234::"),
        ("fe80::1%eth0", "fe80::"),
        ("::ffff:203.0.113.9", "203.0.113.0"),
        ("", "-"),
        ("unix:", "-"),
        ("nobody knows\n", "-"),
    ],
)
def test_an_address_loses_what_tells_a_person(address: str, masked: str) -> None:
    assert masked_address(address) == masked


@pytest.mark.parametrize(
    ("path", "masked"),
    [
        ("/staff/sign-in/eyJhIjoxfQ.abc", "/staff/sign-in/..."),
        ("/staff/en/sign-in/eyJhIjoxfQ.abc", "/staff/en/sign-in/..."),
        ("/staff/sign-in/sent", "/staff/sign-in/sent"),
        ("/staff/sign-in/sent.secret", "/staff/sign-in/..."),
        ("/de/a/2/sign-off/handle.signature", "/de/a/2/sign-off/..."),
        ("/a/2/sign-off/handle.signature/a-2.ics", "/a/2/sign-off/.../a-2.ics"),
        ("/staff/sign-in//secret", "/staff/sign-in//..."),
        ("/gr\xc3\xbcn", "/gr%C3%BCn"),
        ('/a b"c\n\x7f', "/a%20b%22c%0A%7F"),
    ],
)
def test_a_path_loses_its_secrets_and_its_control_characters(path: str, masked: str) -> None:
    assert masked_path(path) == masked


def test_of_a_query_only_the_options_of_a_feed_stay() -> None:
    query = "alarm=30&fbclid=person&topic=stadt&token=secret"

    assert masked_query(query) == "?alarm=30&topic=stadt"
    assert masked_query("utm_source=x") == ""


@given(st.text(st.characters(max_codepoint=255)), st.text(), st.text())
def test_nothing_that_is_asked_for_breaks_out_of_its_line(
    path: str, query: str, address: str
) -> None:
    reader, writer = os.pipe()
    try:
        log = AccessLog(writer)
        log.note(line(path, query=f"topic={query}", address=address))
        log.write(patience=0)
        told = os.read(reader, 65_536).decode("ascii")
    finally:
        os.close(reader)
        os.close(writer)

    assert told.count("\n") == 1
    assert COMMON.fullmatch(told.rstrip("\n")), told


def test_a_method_and_a_protocol_are_quoted_too() -> None:
    assert quoted('GET"\n\\\x1b[2J\u202e') == "GET\\x22\\x0a\\x5c\\x1b[2J\\x202e"


def test_a_very_long_address_is_cut(tmp_path: Path) -> None:
    told = written(tmp_path, line("/" + "x" * 100_000, query="topic=" + "y" * 100_000))

    assert len(told) < 4_096
    assert told.endswith('... HTTP/1.1" 200 20000\n')


def test_a_reader_that_sleeps_holds_up_nobody_and_hears_how_much_it_missed() -> None:
    reader, writer = os.pipe()
    log = AccessLog(writer, most_waiting=4_000)
    for _number in range(5_000):
        log.note(line())

    log.write(patience=0.01)

    waiting = os.read(reader, 65_536)
    assert log.dropped == 1_000
    assert waiting.endswith(b"\n")
    assert 0 < len(log._waiting) < 4_000
    rest = threading.Thread(target=log.write)
    rest.start()
    told = waiting
    while b"missing" not in told[-200:]:
        told += os.read(reader, 65_536)
    rest.join()
    assert told.endswith(b"# 1000 lines are missing: they came faster than they were read\n")
    os.close(reader)
    os.close(writer)


def test_a_reader_that_is_gone_ends_nothing() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    log = AccessLog(writer)
    log.note(line())

    log.write()

    assert len(log._waiting) == 0
    os.close(writer)


def test_lines_of_two_writers_do_not_mix() -> None:
    reader, writer = os.pipe()
    logs = [AccessLog(writer) for _number in range(2)]
    for log, path in zip(logs, ("/a.ics", "/" + "b" * 900), strict=True):
        for _number in range(2_000):
            log.note(line(path))
    threads = [threading.Thread(target=log.write) for log in logs]
    for thread in threads:
        thread.start()

    told = b""
    while told.count(b"\n") < 4_000:
        told += os.read(reader, 65_536)
    for thread in threads:
        thread.join()

    assert [one for one in told.decode().splitlines() if not COMMON.fullmatch(one)] == []
    os.close(reader)
    os.close(writer)
