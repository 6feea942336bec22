"""Guest lists as staff have them: what Excel and mail programs write, or what was pasted."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain

from impulscal.errors import Message, _
from impulscal.invitations.address import BadAddressError, cut, key_of
from impulscal.invitations.guest_list.columns import Columns, Table, table_of
from impulscal.invitations.guest_list.formula import restored
from impulscal.invitations.guest_list.people import mailboxes, visible
from impulscal.invitations.guest_list.rows import (
    MAX_BYTES,
    MAX_ROWS,
    Row,
    RowProblem,
    UnreadableListError,
    too_many_rows,
)
from impulscal.invitations.guest_list.text import read_text
from impulscal.invitations.guest_list.workbook import sheets
from impulscal.invitations.model import Listed

__all__ = ["Doubled", "GuestList", "RowProblem", "UnreadableListError", "read_guest_list"]

_OLE2 = bytes.fromhex("D0CF11E0A1B11AE1")  # MS-CFB 2.2
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # MS-OFFCRYPTO 2.3.4.4

_BLANK = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"

_SHOWN = 200  # more of a row is not looked at to quote it

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubled:
    """Somebody at the address of somebody else, to whom nothing is sent.

    Attributes:
        line: Where the row with ``name`` begins, from 1.
        first_line: Likewise for ``first``, the name that counts.
    """

    line: int
    address: str
    name: str
    first_line: int
    first: str

    @property
    def message(self) -> Message:
        """What to tell whoever made the list."""
        return _(
            "{address} stands in line {line} already, there as {first}. {name} gets no message "
            "of their own.",
            address=self.address,
            line=self.first_line,
            first=self.first,
            name=self.name,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestList:
    """The people of a guest list.

    Attributes:
        listed: Everybody once, in the order of the list.
        problems: What was left out, in the order of the list.
        merged: How many times somebody was listed again.
        doubled: Of these, whoever was listed under another name.
    """

    listed: tuple[Listed, ...]
    problems: tuple[RowProblem, ...]
    merged: int
    doubled: tuple[Doubled, ...]


def read_guest_list(data: bytes, name: str = "") -> GuestList:
    """Return who stands in a guest list: an Excel workbook, CSV, or lines from a mail.

    Columns are found by their headings, German or English, else by what stands in them;
    further ones are ignored. Of two rows with one address the first counts, and the other
    gives what it lacks. A language that the program does not speak counts as none.

    Args:
        data: The whole file.
        name: The name of the file, for the error.

    Raises:
        UnreadableListError: It cannot be read at all, is too large, or holds no address.
    """
    try:
        table, problems = _table(data)
        return _people(table, problems)
    except UnreadableListError as error:
        if not name:
            raise
        reason = {"name": cut(visible(name)), "reason": error.message}
        raise UnreadableListError(Message("{name}: {reason}", reason)) from error


def _table(data: bytes) -> tuple[Table, tuple[RowProblem, ...]]:
    if len(data) > MAX_BYTES:
        raise UnreadableListError(
            _(
                "The file is larger than {limit} MB. Keep only the columns with names and "
                "addresses.",
                limit=MAX_BYTES >> 20,
            )
        )
    if data.startswith(_OLE2):
        raise _old_workbook(data)
    problems: tuple[RowProblem, ...] = ()
    if data.startswith(_ZIP):
        table = _first_filled(filter(None, map(table_of, sheets(data))))
    else:
        table, problems = read_text(data)
    if table is None:
        raise _nobody(data)
    return table, problems


def _first_filled(tables: Iterable[Table]) -> Table | None:
    """Return the first table with addresses, else the first that has a column for them."""
    empty = None
    for table in tables:
        if table.holds_addresses:
            return table
        empty = empty or table
    return empty


def _old_workbook(data: bytes) -> UnreadableListError:
    if _ENCRYPTED in data:
        return UnreadableListError(
            _("The workbook is protected by a password. Save it without one.")
        )
    return UnreadableListError(
        _("This is a workbook in the old format .xls. Open it in Excel and save it as .xlsx.")
    )


def _nobody(data: bytes) -> UnreadableListError:
    if not data.strip(_BLANK):
        return UnreadableListError(_("The file is empty."))
    return UnreadableListError(
        _(
            "There is no e-mail address in the list. It needs a column with the heading "
            "“E-mail”, or lines such as “Ada Beispiel <ada@example.org>”."
        )
    )


def _people(table: Table, unread: tuple[RowProblem, ...]) -> GuestList:
    problems = list(unread)
    found: dict[str, Listed] = {}
    named: dict[str, int] = {}  # the line that each name is from
    doubled: list[Doubled] = []
    merged = 0
    for line, person in _entries(table):
        if isinstance(person, Message):
            problems.append(RowProblem(line, person))
            continue
        try:
            key = key_of(person.address)
        except BadAddressError as error:
            problems.append(RowProblem(line, error.message))
            continue
        merged += key in found
        first = found.get(key, person)
        if _differ(first.name, person.name):
            doubled.append(_doubled(line, person, named[key], first))
        found[key] = _joined(first, person)
        if person.name:
            named.setdefault(key, line)
    if not found and not problems:
        raise UnreadableListError(_("Below its heading the list is empty."))
    return GuestList(
        listed=tuple(found.values()),
        problems=tuple(sorted(problems, key=lambda problem: problem.line)),
        merged=merged,
        doubled=tuple(doubled),
    )


def _entries(table: Table) -> Iterator[tuple[int, Listed | Message]]:
    """Yield each line with somebody, or with why there is nobody."""
    count = 0
    for row in table.rows:
        for person in _persons(row, table.columns):
            count += 1
            if count > MAX_ROWS:
                raise too_many_rows()
            yield row.line, person


def _persons(row: Row, columns: Columns) -> Iterator[Listed | Message]:
    """Yield who stands in a row: one person as a rule, and then by the name in its column."""
    found = mailboxes(restored(row[columns.address]))
    first, second = next(found, None), next(found, None)
    if first is None:
        shown = visible("; ".join(filter(str.strip, row.cells))[:_SHOWN])
        if any(map(str.isalnum, shown)):  # else a line of dashes
            yield _("There is no e-mail address in this row: “{text}”.", text=cut(shown))
        return
    language = columns.language_of(row)
    name = columns.name_of(row) if second is None else ""
    yield Listed(address=first.address, name=name or first.name, language=language)
    if second is not None:
        for mailbox in chain((second,), found):
            yield Listed(address=mailbox.address, name=mailbox.name, language=language)


def _joined(first: Listed, again: Listed) -> Listed:
    """Return one of two entries for one person; what the first lacks is filled in."""
    return replace(first, name=first.name or again.name, language=first.language or again.language)


def _differ(first: str, again: str) -> bool:
    """Whether two names are not those of one person: “Müller, Jürgen” is “Jürgen Müller”."""
    words = [sorted(re.findall(r"\w+", name.casefold())) for name in (first, again)]
    return all(words) and words[0] != words[1]


def _doubled(line: int, person: Listed, first_line: int, first: Listed) -> Doubled:
    return Doubled(
        line=line,
        address=person.address,
        name=person.name,
        first_line=first_line,
        first=first.name,
    )
