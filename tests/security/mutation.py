"""Changes to a ``sessions.yaml`` as people, editors and attackers make them.

Bytes that are changed at random end as broken YAML nearly always and test the parser alone;
these mostly keep the file one, so that all that comes after the parser is reached.
"""

import random
import re
from collections.abc import Callable, Sequence

__all__ = ["KEYS", "VALUES", "mutated"]

KEYS = (
    *("series", "sessions", "withdrawn", "x-a", "<<", "id", "domain", "title", "subtitle"),
    *("description", "language", "timezone", "start", "duration", "end", "rhythm", "location"),
    *("homepage", "color", "organizer", "coordination", "moderators", "registration", "announce"),
    *("imprint", "privacy", "accessibility", "easy_language", "sign_language", "contact", "date"),
    *("working_title", "topic", "teaser", "speakers", "links", "materials", "images", "status"),
    *("note", "join_url", "name", "email", "role", "organisation", "about", "url", "closes"),
    *("places", "free", "full", "src", "alt", "credit", "statement", "feedback", "label", "de"),
)

_TIMES = (
    *("12:00", "12.30", "12.3", "00:00", "23:59", "24:00", '"02:30"', "720", "12:00:00", "-1:00"),
    *("2021-06-08", "08.06.2021", "2021-03-28", "2021-10-31", "2021-02-30", "9999-12-31"),
    *("0001-01-01", "1883-11-18", "2021-06-08T12:00", "2021-06-04 02:30", "2021-06-08T12:00Z"),
    *("30 min", "1 h 30 min", "PT30M", "P9999D", "PT99999999999H", "0 min", "-PT1H", "1e9 h"),
    *("4 days before", "4 weeks before", "99999999999 weeks before", "-1 days before", "now"),
    *("Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Antarctica/Troll", "Etc/GMT+12"),
    *("Africa/Casablanca", "Australia/Lord_Howe", "Pacific/Apia", "UTC", "../../etc/passwd"),
    *("FREQ=MONTHLY;BYDAY=2TU", "FREQ=SECONDLY", "FREQ=YEARLY;BYMONTHDAY=31;BYMONTH=2"),
    *("FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;INTERVAL=999999999", "FREQ=WEEKLY;BYSETPOS=-366"),
)

_ADDRESSES = (
    *("https://a.de/x", "http://[::1]/", "https://[", "javascript:alert(1)", "mailto:a@b.de"),
    *("data:text/html,<script>", "https://a.de/%0d%0aX:y", "//a.de", "https://ä.de/ü?ö#ß", "a@b"),
    *("a@b.de", '"a b"@c.de', '"a@b.de\\r\\nBcc: c@d.de"', "a@[127.0.0.1]", "ä@ü.de", "xn--a.de"),
    *("https://user:pass@a.de", "https://treffen.example/raum?pwd=1", "https://a.de:99999/"),
)

_TEXTS = (
    *("<script>alert(1)</script>", "'\" onload=x'", "</textarea><img src=x>", "--- a", "[x](y)"),
    *("![x](javascript:y)", "<https://a.de>", "&lt;b&gt; &#106;", "`a` *b* __c__ ~~d~~ | e |"),
    *(
        '"a\\rb"',
        '"a\\r\\nBEGIN:VEVENT\\r\\nUID:x"',
        '"a\\nb\\tc\\u2028d\\x85e"',
        '"\\x1b[31mred\\a"',
        '"\\uD800"',
    ),
    *('"\\uFEFF"', '"\\u202Eabc"', '"e\\u0301\\u0301\\u0301"', "🏳️‍🌈", "ﷺ", "İ", "ß", "a\\\\n,;:b"),
    *('"\\U0010FFFF"', '"\\0"', "{de: Ä, en: A}", "{fr: x}", "{de: {de: x}}", "{}", "[]", "[a, b]"),
    *(
        "''",
        "~",
        "null",
        "none",
        "true",
        "yes",
        "0",
        "-1",
        "1e400",
        ".nan",
        "0x1F",
        "1_000",
        "!!str 1",
    ),
    *("&a b", "*a", "{<<: *a}", "!x y", "|", ">-", "a" * 300, "ä" * 130, "x " * 2000, "a:b", "#"),
    *("tentative", "confirmed", "cancelled", "turquoise", "de", "en", "xx", "2", "3", "healthz"),
    *("{name: A}", "[{name: A, role: B}]", "[{title: T, url: https://a.de/x}]", "{email: a@b.de}"),
    *(
        "[{src: bilder/2.png}]",
        "[{src: ../../etc/passwd, alt: x}]",
        "{closes: 2021-06-04}",
        "[7, 2]",
    ),
)

VALUES = _TIMES + _ADDRESSES + _TEXTS

_OF_TIMES = ("timezone", "start", "end", "duration", "rhythm", "announce", "date", "closes")
_OF_ADDRESSES = (
    *("domain", "homepage", "email", "url", "contact", "join_url", "imprint", "privacy"),
    *("easy_language", "sign_language", "statement", "feedback"),
)

_PIECES = (
    *(
        "\n",
        "\r\n",
        "\t",
        "  ",
        "- ",
        ": ",
        "? ",
        "{",
        "}",
        "[",
        "]",
        ",",
        "&a ",
        "*a",
        "<<: ",
        "!!x ",
    ),
    *(
        '"',
        "'",
        "\\",
        "|\n",
        "# ",
        "---\n",
        "...\n",
        "%YAML 1.1\n",
        "\x00",
        "\x85",
        "\u2028",
        "\ufeff",
    ),
)

_PAIR = re.compile(r"(?P<before>[ \t]*(?:- )?)(?P<key>[a-z_-]+):(?P<value>.*)")

_Lines = list[str]
_Step = Callable[[_Lines, random.Random], None]


def mutated(text: str, chance: random.Random, others: Sequence[str] = ()) -> str:
    """Return ``text`` after a few changes.

    Args:
        text: A file.
        chance: What is changed.
        others: Files from which lines may come.
    """
    lines = text.split("\n")
    for _ in range(chance.choice((1, 1, 2, 4))):
        chance.choice(_STEPS)(lines, chance)
    if others and chance.random() < 0.1:
        at = chance.randint(0, len(lines))
        lines[at:at] = _some(chance.choice(others).split("\n"), chance)
    return "\n".join(lines)


def _some(lines: _Lines, chance: random.Random) -> _Lines:
    begin = chance.randrange(len(lines))
    return lines[begin : begin + chance.randint(1, 8)]


def _change_value(lines: _Lines, chance: random.Random) -> None:
    """Give a key of the file another value: the change that reaches deepest."""
    pairs = [(at, pair) for at, line in enumerate(lines) if (pair := _PAIR.fullmatch(line))]
    if pairs:
        at, pair = chance.choice(pairs)
        lines[at] = f"{pair['before']}{pair['key']}: {_value(pair['key'], chance)}"


def _value(key: str, chance: random.Random) -> str:
    """Return a value, mostly one of the kind that ``key`` has."""
    if chance.random() < 0.3:
        return chance.choice(VALUES)
    if key in _OF_TIMES:
        return chance.choice(_TIMES)
    return chance.choice(_ADDRESSES if key in _OF_ADDRESSES else _TEXTS)


def _add_key(lines: _Lines, chance: random.Random) -> None:
    at = chance.randint(0, len(lines))
    above = lines[at - 1] if at else ""
    blanks = " " * (len(above) - len(above.lstrip("- ")))
    key = chance.choice(KEYS)
    lines.insert(at, f"{blanks}{key}: {_value(key, chance)}")


def _change_key(lines: _Lines, chance: random.Random) -> None:
    at = chance.randrange(len(lines))
    pair = _PAIR.fullmatch(lines[at])
    if pair:
        lines[at] = f"{pair['before']}{chance.choice(KEYS)}:{pair['value']}"


def _delete(lines: _Lines, chance: random.Random) -> None:
    begin = chance.randrange(len(lines))
    del lines[begin : begin + chance.choice((1, 1, 1, 4))]
    if not lines:
        lines.append("")


def _repeat(lines: _Lines, chance: random.Random) -> None:
    at = chance.randint(0, len(lines))
    lines[at:at] = _some(lines, chance) * chance.choice((1, 1, 1, 30))


def _indent(lines: _Lines, chance: random.Random) -> None:
    at = chance.randrange(len(lines))
    lines[at] = chance.choice(("  ", "- ", "\t", "    ")) + lines[at].lstrip(
        chance.choice((" ", "- "))
    )


def _splice(lines: _Lines, chance: random.Random) -> None:
    """Put a piece into a line in place of some of its characters."""
    at = chance.randrange(len(lines))
    line = lines[at]
    begin = chance.randint(0, len(line))
    piece = chance.choice(chance.choice((_PIECES, VALUES)))
    lines[at] = line[:begin] + piece + line[begin + chance.choice((0, 0, 1, 5)) :]


_STEPS: tuple[_Step, ...] = (
    *(_change_value, _change_value, _change_value, _add_key, _add_key, _change_key),
    *(_delete, _repeat, _indent, _splice, _splice),
)
