"""Which column of a guest list is what: by its headings, else by what stands in it."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from impulscal.invitations.guest_list.formula import restored
from impulscal.invitations.guest_list.people import holds_address, plain_name
from impulscal.invitations.guest_list.rows import ROWS_ABOVE, Row

__all__ = ["Columns", "Heading", "Table", "heading_of", "is_address", "table_of"]

_Kind = Literal["address", "name", "given", "family", "language"]

# As Excel lists, Outlook, Thunderbird, Google, Forms and Teams name them: letters alone.
_WORDS: dict[_Kind, str] = {
    "address": "email emailadresse emailaddress mail mailadresse mailaddress "
    "primaryemail primäreemailadresse emailvalue emailkontakt kontaktemail contactemail",
    "name": "name namen fullname vollständigername displayname anzeigename anzeigenname "
    "emaildisplayname emailangezeigtername vorundnachname vorundzuname vornamenachname "
    "vornameundnachname namevorname nachnamevorname nachnameundvorname firstandlastname "
    "teilnehmer teilnehmerin teilnehmende teilnehmerinnen teilnehmername attendee "
    "attendeename participant participantname gast gäste guest person kontakt contact",
    "given": "vorname vornamen rufname firstname givenname forename",
    "family": "nachname familienname zuname lastname surname familyname",
    "language": "sprache language lang sprachcode bevorzugtesprache preferredlanguage "
    "korrespondenzsprache",
}
_KIND: dict[str, _Kind] = {word: kind for kind, words in _WORDS.items() for word in words.split()}

_POSSESSIVE = re.compile(r"(?:ihre?|deine?|your)(?=.)")

_MAIL = re.compile(r"mail(?:s|[-\s]?ad+ress\w*)?\b", re.IGNORECASE)
"""In “E-Mail (dienstlich) *” or “Firmenmail”, not in the name “Mailänder”."""

_LANGUAGES = {
    **dict.fromkeys(("de", "deu", "ger", "dede", "deat", "dech", "deutsch", "german"), "de"),
    **dict.fromkeys(("en", "eng", "engb", "enus", "englisch", "english"), "en"),
}

_LONGEST_HEADING = 60

_ADDRESS = re.compile(r"[^\s@<>\"(),;]+@[^\s@<>\"(),;]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """What stands in which column, from 0; what the list lacks is None."""

    address: int
    name: int | None = None
    given: int | None = None
    family: int | None = None
    language: int | None = None

    def name_of(self, row: Row) -> str:
        """Return the name in ``row`` as it is to be read, given name first."""
        name, given, family = (
            plain_name(restored(row[column])) if column is not None else ""
            for column in (self.name, self.given, self.family)
        )
        if not family and given and not _among(given, name):
            family = name  # “Name” beside “Vorname” is the family name
        return plain_name(f"{given} {family}") if family else name or given

    def language_of(self, row: Row) -> str | None:
        """Return the language in ``row``; None where there is none that we speak."""
        return None if self.language is None else _LANGUAGES.get(_letters(row[self.language]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A row that names its columns.

    Attributes:
        place: Which of the rows it is, from 0.
        kinds: What is known of its columns.
        usual: Those of them whose names say so in a word that we know.
        width: How many columns it names.
    """

    place: int
    kinds: dict[int, _Kind]
    usual: frozenset[int]
    width: int

    @property
    def weight(self) -> tuple[int, int, int]:
        """How likely it is the heading, compared with others."""
        return len(self.kinds), len(self.usual), self.width


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The rows with people, and how to read them."""

    rows: tuple[Row, ...]
    columns: Columns

    @property
    def holds_addresses(self) -> bool:
        """Whether at least one row has what is meant as an address."""
        return any(holds_address(row[self.columns.address]) for row in self.rows)


def table_of(rows: Sequence[Row]) -> Table | None:
    """Return how to read ``rows``; None if no address is among them and no such heading."""
    heading = heading_of(rows)
    if heading is None:
        return _without_heading(rows)
    below = tuple(rows[heading.place + 1 :])
    address = _address_column(heading, below)
    if address is None:
        return _without_heading(rows)
    first: dict[str, int] = {}
    for column, kind in heading.kinds.items():
        if kind != "address" and column != address:
            first.setdefault(kind, column)
    return Table(rows=below, columns=Columns(address=address, **first))


def heading_of(rows: Iterable[Row]) -> Heading | None:
    """Return the heading of ``rows``; None if they have none."""
    found = list(_headings(rows))
    # Under a title that looks like one stands the one that names more, or stands last.
    return max(found, key=lambda heading: (heading.weight, heading.place), default=None)


def is_address(cell: str) -> bool:
    """Whether nothing but one address stands in ``cell``."""
    return _ADDRESS.fullmatch(cell.strip()) is not None


def _whole_rows(rows: Iterable[Row]) -> Table:
    """Return a table in which each row is read as a list of people."""
    joined = (Row(row.line, ("; ".join(filter(str.strip, row.cells)),)) for row in rows)
    return Table(rows=tuple(joined), columns=Columns(address=0))


def _headings(rows: Iterable[Row]) -> Iterator[Heading]:
    for place, row in enumerate(islice(rows, ROWS_ABOVE)):
        if any(holds_address(cell) for cell in row.cells):
            return
        kinds = {
            column: kind
            for column, cell in enumerate(row.cells)
            if cell.strip() and (kind := _kind(cell))
        }
        if kinds:
            yield Heading(
                place=place,
                kinds=kinds,
                usual=frozenset(column for column in kinds if _known(row[column])),
                width=sum(bool(cell.strip()) for cell in row.cells),
            )


def _kind(cell: str) -> _Kind | None:
    if len(cell) > _LONGEST_HEADING:
        return None
    return _known(cell) or ("address" if _MAIL.search(cell) else None)


def _known(cell: str) -> _Kind | None:
    letters = _letters(cell)
    return _KIND.get(letters) or _KIND.get(_POSSESSIVE.sub("", letters, count=1))


def _letters(cell: str) -> str:
    """Return what is left of a heading or a language without its spelling."""
    plain = unicodedata.normalize("NFKC", cell[:_LONGEST_HEADING])
    return "".join(char for char in plain.casefold() if char.isalpha())


def _address_column(heading: Heading, rows: Sequence[Row]) -> int | None:
    """Return the column with the addresses.

    Forms has a column “E-Mail” that says “anonymous” beside the answer to the question
    for it; others have a second address, or ask whether mail is welcome.
    """
    filled = _count(rows, holds_address)
    named = [
        column
        for column, kind in heading.kinds.items()
        if kind == "address" and (column in heading.usual or filled[column])
    ]
    return max(
        named,
        key=lambda column: (filled[column] > 0, column in heading.usual, -column),
        default=_fullest(filled),
    )


def _without_heading(rows: Sequence[Row]) -> Table | None:
    filled = _count(rows, holds_address)
    address = _fullest(filled)
    if address is None:
        return None
    if any(sum(map(holds_address, row.cells)) > 1 for row in rows):
        return _whole_rows(rows)  # which of them counts is not for us to guess
    others = [column for column in _count(rows, bool) if column != address]
    name = others[0] if len(others) == 1 else None
    return Table(rows=tuple(rows), columns=Columns(address=address, name=name))


def _count(rows: Iterable[Row], wanted: Callable[[str], bool]) -> Counter[int]:
    """Return in how many rows each column holds what is wanted."""
    return Counter(
        column
        for row in rows
        for column, cell in enumerate(row.cells)
        if cell.strip() and wanted(cell)
    )


def _fullest(filled: Counter[int]) -> int | None:
    return min(filled, key=lambda column: (-filled[column], column), default=None)


def _among(given: str, name: str) -> bool:
    words = name.casefold().replace(",", " ").split()
    return all(word in words for word in given.casefold().split())
