"""Guest lists that try to break the reader: a clear reason each, in bounded time and memory."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from impulscal.invitations.guest_list import UnreadableListError, read_guest_list
from invitations.test_guest_list_workbooks import cells, packed, parts_of, relations

UNPACKED = "Unpacked, the workbook holds more than 50 MB or a million cells."
DAMAGED = "This begins like an Excel workbook and cannot be read as one."
TOO_LONG = "The list has more than 20000 rows."
NOBODY = "There is no e-mail address in the list."
LARGE = "The file is larger than 5 MB."

# The bombs are read in a process of its own that may use 700 MB, most of which the bomb itself
# takes, and a minute of computing: a Python expression for each, and how the reason begins.
PROGRAM = """
import json, resource, zipfile
from impulscal.invitations.guest_list import UnreadableListError, read_guest_list
from invitations.test_guest_list_workbooks import cells, packed, parts_of
def book(sheet, strings=""):
    return packed(parts_of(sheet, strings))
def xml(sheet):
    return packed({**parts_of(""), "xl/worksheets/sheet1.xml": sheet})
data = {data}
resource.setrlimit(resource.RLIMIT_AS, (700_000_000, 700_000_000))
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
try:
    found = read_guest_list(data)
    print(json.dumps([len(found.listed), len(found.problems), found.merged]))
except UnreadableListError as error:
    print(json.dumps(str(error)))
"""


def outcome(data: str) -> str | list[int]:
    program = PROGRAM.replace("{data}", data)
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        check=False,
        cwd=Path(__file__).parent.parent,
    )
    assert done.stderr == b""
    found: str | list[int] = json.loads(done.stdout)
    return found


BOMBS = {
    "60 MB of blanks": ("book(' ' * (60 << 20))", UNPACKED),
    "60 MB in one cell": ("book(cells('<c t=\"str\"><v>' + 'x' * (60 << 20)))", UNPACKED),
    "a million cells": ("book(cells(*['<c><v>1</v></c>' * 100] * 10_000))", UNPACKED),
    "two million rows": ("book('<sheetData>' + '<row/>' * 2_000_000)", UNPACKED),
    "two million links": ("book('<hyperlink ref=\"A1\"/>' * 2_000_000)", UNPACKED),
    "two million empty strings": ("book('', '<si/>' * 2_000_000)", UNPACKED),
    "a long text shown often": (
        "book(cells(*['<c t=\"s\"><v>0</v></c>'] * 19_000), f'<si><t>{\"a\" * 900_000}</t></si>')",
        UNPACKED,
    ),
    "a row of the last column only": (
        "book(cells(*['<c r=\"XFD1\"><v>1</v></c>'] * 9_000))",
        UNPACKED,
    ),
    "30,000 guests": ("book(cells(*['<c t=\"str\"><v>a@x.de</v></c>'] * 30_000))", TOO_LONG),
    "a tag of 50 MB": ("xml('<a b=\"' + 'x' * (49 << 20) + '\"/>')", DAMAGED),
    "a million attributes": (
        "xml('<a ' + ' '.join(f'a{n}=\"\"' for n in range(1_000_000)) + '/>')",
        DAMAGED,
    ),
    "elements in elements": ("xml('<a>' * 1_000_000)", DAMAGED),
}


@pytest.mark.parametrize(("data", "reason"), BOMBS.values(), ids=BOMBS)
def test_a_workbook_that_bursts_is_refused(data: str, reason: str) -> None:
    found = outcome(data)

    assert isinstance(found, str)
    assert found.startswith(reason)


FLOODS = {
    "50 MB of CSV": ("b'a@x.de\\n' * (50 << 17)", LARGE),
    "700,000 guests": ("b'a@x.de;' * 650_000", TOO_LONG),
    "a million bad rows": ("b'E-Mail\\n' + b'x;\\n' * 1_000_000", TOO_LONG),
    "five million lines": ("b'\\n' * (5 << 20)", "The file is empty."),
    "five million columns": ("b';' * (5 << 20)", NOBODY),
    "five million quotes": ("b'\"' * (5 << 20)", NOBODY),
    "a quote in each line": ("b'Name;E-Mail\\n' + b'\"a;b@x.de\\n' * 500_000", TOO_LONG),
    "commas between words": ("b'<a@x.de>,' + b'ab,' * 1_700_000", [1, 1, 0]),
    "an address of 5 MB": ("b'a@' + b'b.' * 2_600_000", [0, 1, 0]),
    "blanks in brackets": ("b'a@x.de' + b'( ' * 2_600_000", [0, 1, 0]),
    "open brackets": ("b'a@x.de' + b'<' * 5_000_000", [1, 0, 0]),
    "encoded words without end": ("b'=?a?q?b ' * 600_000 + b'<a@x.de>'", [1, 0, 0]),
    "marks on one letter": (
        "'<a@x.de>'.encode() + '\\u0301\\u0323'.encode() * 1_000_000",
        [1, 0, 0],
    ),
    "invisible names": (
        "b'E-Mail;Name\\n' + ('a@x.de;' + '\\u200b' * 70 + '\\n').encode() * 19_000",
        [1, 0, 18_999],
    ),
}


@pytest.mark.parametrize(("data", "expected"), FLOODS.values(), ids=FLOODS)
def test_a_flood_of_text_ends(data: str, expected: str | list[int]) -> None:
    found = outcome(data)

    assert found == expected or (isinstance(found, str) and found.startswith(str(expected)))


def reason(data: bytes) -> str:
    with pytest.raises(UnreadableListError) as raised:
        read_guest_list(data)
    return str(raised.value)


@pytest.mark.parametrize(
    "declared",
    [
        '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">',
        f'<!ENTITY b "{"x" * 10_000}">',
        '<!ENTITY b SYSTEM "file:///etc/passwd">',
        '<!ENTITY % b SYSTEM "http://127.0.0.1:9/"> %b;',
    ],
    ids=["laughs", "quadratic", "a file", "a server"],
)
def test_a_document_type_is_refused_and_every_entity_with_it(declared: str) -> None:
    parts = parts_of("")
    parts["xl/worksheets/sheet1.xml"] = (
        f"<!DOCTYPE worksheet [{declared}]><worksheet>{'&b;' * 1000}a@x.de</worksheet>"
    )

    assert reason(packed(parts)).startswith(DAMAGED)


def lying(data: bytes, size: int) -> bytes:
    """Return a workbook whose directory tells another unpacked size of its sheet."""
    entry = data.rindex(b"xl/worksheets/sheet1.xml") - 46  # APPNOTE.TXT 4.3.12
    return data[: entry + 24] + size.to_bytes(4, "little") + data[entry + 28 :]


def test_a_workbook_that_tells_too_small_a_size_is_refused() -> None:
    data = packed(parts_of(cells('<c t="str"><v>a@x.de</v></c>')))

    assert reason(lying(data, 1)).startswith(DAMAGED)


def test_what_is_unpacked_counts_and_not_what_is_told() -> None:
    data = packed(parts_of(cells('<c t="str"><v>a@x.de</v></c>')))

    found = read_guest_list(lying(data, 4_000_000_000))

    assert [person.address for person in found.listed] == ["a@x.de"]


@pytest.mark.parametrize("packing", [12, 14], ids=["bzip2", "lzma"])
def test_a_workbook_packed_as_no_workbook_is_refused(packing: int) -> None:
    data = packed(parts_of(cells('<c t="str"><v>a@x.de</v></c>')), packing)

    assert reason(data).startswith(DAMAGED)


def test_a_workbook_in_a_workbook_is_not_looked_into() -> None:
    parts = parts_of(cells('<c t="str"><v>a@x.de</v></c>'))
    inner = packed(parts).decode("latin-1")

    found = read_guest_list(packed({**parts, "xl/embeddings/more.xlsx": inner}))

    assert [person.address for person in found.listed] == ["a@x.de"]


def test_a_sheet_that_is_named_a_thousand_times_is_read_once() -> None:
    parts = parts_of(cells("<c><v>1</v></c>" * 2_000))
    sheet = '<sheet name="Tabelle1" sheetId="1" r:id="rId1"/>'
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(sheet, sheet * 2_000)

    assert reason(packed(parts)).startswith(NOBODY)


def sheets_of(count: int) -> dict[str, str]:
    """Return a workbook with a guest in the last one of ``count`` sheets."""
    parts = parts_of("")
    sheet = '<sheet name="Tabelle1" sheetId="1" r:id="rId1"/>'
    listed = "".join(sheet.replace("rId1", f"rId{number + 1}") for number in range(count))
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(sheet, listed)
    names = [f"xl/worksheets/sheet{number + 1}.xml" for number in range(count)]
    parts["xl/_rels/workbook.xml.rels"] = relations(*[("worksheet", f"/{name}") for name in names])
    parts.update(dict.fromkeys(names, parts["xl/worksheets/sheet1.xml"]))
    guest = parts_of(cells('<c t="str"><v>a@x.de</v></c>'))
    parts[names[-1]] = guest["xl/worksheets/sheet1.xml"]
    return parts


def test_behind_the_hundredth_sheet_nobody_is_looked_for() -> None:
    within, behind = packed(sheets_of(100)), packed(sheets_of(101))

    assert len(read_guest_list(within).listed) == 1
    assert reason(behind).startswith(NOBODY)


def test_a_path_out_of_the_workbook_leads_nowhere() -> None:
    parts = parts_of("")
    relations = parts["xl/_rels/workbook.xml.rels"]
    parts["xl/_rels/workbook.xml.rels"] = relations.replace(
        "/xl/worksheets/sheet1.xml", "../../../../etc/passwd"
    )

    assert reason(packed(parts)).startswith(DAMAGED)


def test_a_reason_quotes_no_more_than_a_line() -> None:
    rows = f'E-Mail\n{"x" * 100_000}\n"{"y" * 200_000}\n"{"z" * 200_000}"\n;{"n" * 100_000}\n'

    found = read_guest_list(f"Name;{rows}".encode())

    assert [problem.line for problem in found.problems] == [2, 3, 4, 5]
    assert max(len(str(problem.message)) for problem in found.problems) < 200
