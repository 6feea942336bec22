"""A letter: what it says, block by block, whatever it is rendered as.

Plain text, HTML and the text in a calendar are made from the same blocks, so that they
say the same.
"""

from dataclasses import dataclass
from typing import ClassVar

__all__ = ["Block", "Facts", "Heading", "Letter", "Link", "Paragraph", "Way"]


@dataclass(frozen=True, slots=True)
class Heading:
    """What the letter is about.

    Attributes:
        language: Of the text; it may be another one than the letter's.
    """

    kind: ClassVar[str] = "heading"
    text: str
    language: str

    def plain(self) -> str:
        """Return the heading as plain text."""
        return self.text


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that belong together; addresses in them become links.

    Attributes:
        language: Of a text of the file; None for that of the letter.
    """

    kind: ClassVar[str] = "paragraph"
    lines: tuple[str, ...]
    language: str | None = None

    def plain(self) -> str:
        """Return the lines as plain text."""
        return "\n".join(self.lines)


@dataclass(frozen=True, slots=True)
class Facts:
    """Pairs of what is asked and the answer: when, where, with whom."""

    kind: ClassVar[str] = "facts"
    rows: tuple[tuple[str, str], ...]

    def plain(self) -> str:
        """Return one line a fact."""
        return "\n".join(f"{label}: {value}" for label, value in self.rows)


@dataclass(frozen=True, slots=True)
class Way:
    """The one thing to do: a button, its address written out below.

    In plain text the address has a line of its own: no program takes the rest of a
    sentence for a part of it.

    Attributes:
        action: What the button says.
        label: What the address is.
    """

    kind: ClassVar[str] = "way"
    action: str
    label: str
    address: str

    def plain(self) -> str:
        """Return label and address, each on its line."""
        return f"{self.label}:\n{self.address}"


@dataclass(frozen=True, slots=True)
class Link:
    """Another thing to do, for those who ask; where it leads nobody needs to read."""

    kind: ClassVar[str] = "link"
    question: str
    answer: str
    address: str

    def plain(self) -> str:
        """Return question and answer, and the address on a line of its own."""
        return f"{self.question} {self.answer}:\n{self.address}"


Block = Heading | Paragraph | Facts | Way | Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What one person reads.

    Attributes:
        greeting: Holds a name that a stranger may have written: never made a link.
        news: What the calendar entry tells first, for programs that show its text in
            place of the letter.
        language: Of the fixed words.
    """

    subject: str
    greeting: str
    blocks: tuple[Block, ...]
    language: str
    news: tuple[str, ...] = ()

    def plain(self) -> str:
        """Return the letter as plain text, blocks parted by an empty line."""
        texts = [self.greeting, *(block.plain() for block in self.blocks)]
        return "\n\n".join(text for text in texts if text) + "\n"
