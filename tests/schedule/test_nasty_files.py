"""Files that try to break the reader: a clear problem each, in bounded time and memory."""

import json
import string
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from impulscal.schedule.reader import Reading, Severity, read
from schedule.files import NOW, SERIES, SESSION, brief, briefs, reading, schedule

MEGABYTE = 1024 * 1024

# Read in a process of its own that may use 1.5 GB: Python text, as an expression, and
# the first problem.
HEAVY = {
    "30 MB in one text": ("b'a: ' + b'x' * (30 << 20)", ("too-large", 1, 4)),
    "10 MB in one block": ("b'a: |\\n' + b' xxxxxx\\n' * (10 << 17)", ("too-large", 1, 4)),
    "10 MB in one key": ("b'? ' + b'x' * (10 << 20)", ("too-large", 1, 3)),
    "10 MB of empty lists": ("b'[' + b'[],' * (10 << 20) + b']'", ("too-large", 1, 1499999)),
    "40 MB": ("b'a' * (40 << 20)", ("too-large", 1, 1)),
    "10 MB of documents": ("b'---\\n' * (10 << 18)", ("bad-yaml", 2, 1)),
    "10 MB of directives": ("b'%TAG !a! b\\n' * (1 << 20)", ("bad-yaml", 1, 1)),
    "5 MB of zeros": ("bytes(5 << 20)", ("bad-text", 1, 1)),
    "10 MB of emoji": ("'\\U0001F600'.encode() * (10 << 18)", ("too-large", 1, 1)),
}

PROGRAM = """
import json, resource, sys
from datetime import UTC, datetime
resource.setrlimit(resource.RLIMIT_AS, (1_500_000_000, 1_500_000_000))
from impulscal.schedule.reader import read
problem = read({data}, folder=None, now=datetime(2021, 5, 20, tzinfo=UTC)).problems[0]
print(json.dumps([problem.code, problem.line, problem.column]))
"""


@pytest.mark.parametrize(("data", "expected"), HEAVY.values(), ids=HEAVY.keys())
def test_a_heavy_file_is_refused_in_bounded_memory(
    data: str, expected: tuple[str, int, int]
) -> None:
    program = PROGRAM.replace("{data}", data)

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)

    assert done.stderr == b""
    assert tuple(json.loads(done.stdout)) == expected


def alias_bomb() -> str:
    lines = ["a: &a [x,x,x,x,x,x,x,x,x]"]
    for above, name in zip(string.ascii_lowercase, string.ascii_lowercase[1:10], strict=False):
        lines.append(f"{name}: &{name} [{','.join([f'*{above}'] * 9)}]")
    return "\n".join(lines)


def merge_bomb() -> str:
    keys = ",".join(f"k{number}: 1" for number in range(1000))
    return f"x-a: &a {{{keys}}}\n" + "".join(f"b{number}: {{<<: *a}}\n" for number in range(2000))


def text_bomb() -> str:
    return f"x-a: &a {'ä' * 99_000}\nsessions: [" + "*a," * 900 + "]"


LIGHT = [
    ("an alias bomb", alias_bomb(), ("too-large", 6, 26)),
    ("a merge bomb", merge_bomb(), ("too-large", 250, 12)),
    ("a text repeated", text_bomb(), ("too-large", 2, 2040)),
    ("deep flow lists", "[" * 10_000, ("bad-yaml", 1, 51)),
    ("deep flow mappings", "{a: " * 10_000, ("bad-yaml", 1, 201)),
    ("deep block lists", "- " * 10_000, ("bad-yaml", 1, 101)),
    (
        "deep block mappings",
        "".join(" " * depth + "a:\n" for depth in range(1_000)),
        ("bad-yaml", 51, 51),
    ),
    ("deep keys", "? " * 10_000, ("bad-yaml", 1, 101)),
    (
        "depth by aliases",
        "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 60)),
        ("bad-yaml", 50, 12),
    ),
    ("an object", "series: !!python/object/apply:os.system [ls]", ("bad-yaml", 1, 9)),
    ("a tagged list", "!!set {a, b}", ("bad-yaml", 1, 1)),
    ("a binary", "series: !!binary aGVsbG8=", ("bad-yaml", 1, 9)),
    ("an escape sequence", "a: \x1b[31mred", ("missing-key", 1, 1)),
    ("tabs", "series:\n\tid: a\n", ("bad-yaml", 2, 1)),
    ("an alias of itself", "a: &a {b: *a}", ("bad-yaml", 1, 11)),
]


@pytest.mark.parametrize(
    ("text", "expected"), [case[1:] for case in LIGHT], ids=[case[0] for case in LIGHT]
)
def test_a_nasty_file_gets_a_clear_problem(text: str, expected: tuple[str, int, int]) -> None:
    assert briefs(text)[0] == expected


def test_the_pure_parser_reads_like_the_fast_one() -> None:
    program = (
        "import sys, yaml\n"
        "del yaml.CSafeLoader\n"
        "from schedule.files import briefs\n"
        "from schedule.test_nasty_files import LIGHT\n"
        "for _name, text, expected in LIGHT:\n"
        "    assert briefs(text)[0] == expected, (_name, briefs(text)[0])\n"
        "assert briefs('a: \"ü😀\"\\nb: \\'😀\\': x\\n')[-1] == ('bad-yaml', 2, 7)\n"
        "assert briefs('series: {title: \"\\\\uD800\"}')[-1][0] == 'bad-text'\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        check=False,
        cwd=Path(__file__).parent.parent,
    )

    assert done.stderr == b""


def test_a_binary_is_no_utf8() -> None:
    found = read(b"\x89PNG\r\n\x1a\n\x00\x00", folder=None, now=NOW)

    assert [brief(problem) for problem in found.problems] == [("bad-yaml", 1, 1)]


def test_control_characters_are_told_each_and_not_without_end() -> None:
    found = read(b"a: b\x01\x02\n# " + bytes(1000), folder=None, now=NOW)

    told = [brief(problem) for problem in found.problems if problem.code == "bad-text"]
    assert told[:4] == [
        ("bad-text", 1, 5),
        ("bad-text", 1, 6),
        ("bad-text", 2, 3),
        ("bad-text", 2, 4),
    ]
    assert len(told) == 20


def test_a_thousand_problems_are_enough() -> None:
    assert len(briefs("series:\n" + "".join(f"  k{n}: 1\n" for n in range(5_000)))) == 1000


# What is wrong a hundred thousand times over: two megabytes that took ten seconds and a
# gigabyte while all of it was told.
MANY = {
    "bad dates": ("sessions:\n" + "- {date: x}\n" * 9_000, ("bad-date", 11, 10), 1000),
    "bad dates of too many sessions": (
        "sessions:\n" + "- {date: x}\n" * 10_001,
        ("too-large", 10_011, 3),
        1,
    ),
    "empty sessions": ("sessions:\n" + "- {}\n" * 10_001, ("too-large", 10_011, 3), 1),
    "bad people": (
        f"sessions:\n- {{speakers: [{'x,' * 10_000}]}}\n",
        ("too-large", 11, 3),
        1,
    ),
    "bad ids": (f"withdrawn: [{'A,' * 10_000}]\n", ("too-large", 10, 12), 1),
    "unknown keys": (
        "".join(f"k{number}: 1\n" for number in range(10_000)),
        ("too-large", 10_000, 8),
        1,
    ),
    "moderators of every session": (
        f"  moderators: [{'{name: A},' * 3_000}]\nsessions:\n" + "- {}\n" * 100,
        ("too-large", 10, 15),
        1,
    ),
    "a place of every session": (
        f"  location: {'x' * 90_000}\nsessions:\n" + "- {}\n" * 1_000,
        ("too-large", 10, 13),
        1,
    ),
    "unknown keys repeated": (
        "x-a: &a {"
        + ",".join(f"k{number}: 1" for number in range(900))
        + "}\nsessions:\n"
        + "- *a\n" * 500,
        ("missing-key", 10, 10),
        903,
    ),
}


@pytest.mark.parametrize(("text", "first", "count"), MANY.values(), ids=MANY.keys())
def test_what_is_wrong_without_end_is_told_in_part(
    text: str, first: tuple[str, int, int], count: int
) -> None:
    told = briefs(SERIES + text)

    assert (told[0], len(told)) == (first, count)


@pytest.mark.parametrize("key", ["id", "date", "start", "end", "duration", "announce"])
def test_a_message_quotes_a_long_value_in_part(key: str) -> None:
    text = f"{SERIES}sessions:\n- {{{key}: {'x ' * 40_000}}}\n"

    assert max(len(str(problem.message)) for problem in reading(text).problems) < 300


@pytest.mark.parametrize("key", ["domain", "contact", "timezone", "rhythm", "language", "color"])
def test_a_message_quotes_a_long_value_of_the_series_in_part(key: str) -> None:
    text = f"series: {{{key}: {'x ' * 40_000}}}\n"

    assert max(len(str(problem.message)) for problem in reading(text).problems) < 300


@pytest.mark.parametrize("spelled", ["&#" + "1" * 5000 + ";", "&#" + "0" * 5000 + "97;"])
def test_an_endless_character_reference_hides_no_link(spelled: str) -> None:
    lines = f"    join_url: https://a.de/x\n    note: b {spelled} https://&#{'0' * 5000}97;.de/x\n"

    assert briefs(SERIES + SESSION + lines) == [("leaked-link", 16, 11)]


def test_a_mistyped_key_of_a_mapping_that_stands_in_two_places_is_told_for_both() -> None:
    person = "x-a: &a {name: A, registratoin: 1}\n"

    told = briefs(f"{person}{SERIES}  moderators: [*a]\nsessions: [*a]\n")

    assert told.count(("unknown-key", 1, 19)) == 2
    assert ("missing-key", 1, 10) in told


def test_the_host_of_many_private_links_is_not_named_without_end() -> None:
    links = "".join(
        f"- {{id: {n}, date: 2022-06-08, title: T, join_url: https://a.de/{'x' * n}}}\n"
        for n in range(1, 300)
    )
    text = SERIES + "sessions:\n" + links + f"- {{title: '{'a.de ' * 10_000}'}}\n"

    assert ("too-large", 310, 11) in briefs(text)


def test_problems_are_told_wherever_a_session_stands() -> None:
    sessions = [f"- {{id: {number}, date: 2021-06-08, title: T}}\n" for number in range(3_000)]
    sessions[2_500] = "- {id: 2500, date: 2021-06-08, titel: T}\n"
    sessions[2_900] = "- {id: 2900, date: 2021-06-31, title: T}\n"

    found = reading(SERIES + "sessions:\n" + "".join(sessions))

    errors = [brief(problem) for problem in found.problems if problem.is_error]
    assert errors == [("unknown-key", 2511, 32), ("bad-date", 2911, 20)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_of_all_editors_are_read(encoding: str, line_end: str) -> None:
    text = (SERIES + SESSION).replace("Gerechte", "Größere")

    found = read(text.replace("\n", line_end).encode(encoding), folder=None, now=NOW)

    assert found.problems == ()
    assert found.schedule == schedule(text)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_lines_and_columns_do_not_depend_on_the_encoding(encoding: str) -> None:
    text = (SERIES + SESSION + "    note: ü\n    status: ö\n").replace("\n", "\r\n")

    found = read(text.encode(encoding), folder=None, now=NOW)

    assert [brief(problem) for problem in found.problems] == [("bad-status", 16, 13)]


def test_a_picture_below_the_folder_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "bilder"
    folder.mkdir()
    folder.joinpath("2.png").write_bytes(b"")
    text = SERIES + SESSION + "    images: [{src: bilder/2.png, alt: A}]\n"

    assert briefs(text, folder=tmp_path) == []


@pytest.mark.parametrize("name", ["link.png", "folder/secret.png", "folder"])
def test_a_picture_outside_the_folder_is_not_reached_by_a_link(tmp_path: Path, name: str) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    outside.joinpath("secret.png").write_bytes(b"")
    inside.joinpath("link.png").symlink_to(outside / "secret.png")
    inside.joinpath("folder").symlink_to(outside)
    text = SERIES + SESSION + f"    images: [{{src: {name}, alt: A}}]\n"

    assert briefs(text, folder=inside) == [("no-image", 15, 20)]


def holds_together(found: Reading) -> bool:
    """Whether a reading keeps its promises, whatever was read."""
    errors = [problem for problem in found.problems if problem.severity is Severity.ERROR]
    return (
        (found.schedule is None) == bool(errors)
        and list(found.problems) == sorted(found.problems)
        and all(problem.line >= 1 and problem.column >= 1 for problem in found.problems)
        and all(str(problem.message) for problem in found.problems)
    )


@given(st.binary())
@example(b"\xff\xfe\x00\xd8")
@example(b"\xef\xbb\xbf")
def test_any_bytes_give_a_reading(data: bytes) -> None:
    assert holds_together(read(data, folder=None, now=NOW))


@given(
    st.text(alphabet=st.sampled_from("ab1:-[]{},#&*!|>'\"%@`?~<\\ \t\n\r\ufeff\u2028ä😀\x00uUd8"))
)
@example('"\\U00110000"')
@example('"\\uD800"')
@example('a: "\\U0000D800"')
@example("? <<\n: a")
@example("<<: &a {<<: *a}")
def test_any_yaml_like_text_gives_a_reading(text: str) -> None:
    assert holds_together(read(text.encode(), folder=None, now=NOW))


FULL = (Path(__file__).parent.parent.parent / "sessions.yaml").read_text(encoding="utf-8")
PIECES = st.sampled_from(
    [
        *"\n\t{}[]'\"\\\x00𝔘~:",
        *["- ", "&a ", "*a", "<<: ", "!!x ", "12:00", "none", "2021-02-30", "# ", "9999-12-31"],
    ]
)


@settings(max_examples=60)
@given(
    cuts=st.lists(
        st.tuples(st.integers(0, len(FULL)), st.integers(0, 30), PIECES), min_size=1, max_size=4
    )
)
def test_a_mutated_file_gives_a_reading(cuts: list[tuple[int, int, str]]) -> None:
    text = FULL
    for at, length, piece in cuts:
        text = text[:at] + piece + text[at + length :]

    assert holds_together(read(text.encode(), folder=None, now=NOW))
