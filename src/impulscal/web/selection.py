"""What other websites choose of the list: how many, past ones too, and its colours.

``?limit=5&past=1&theme=dark&accent=6fe0db``: the same words in the address of the frame,
in the form of the share page and as attributes of the custom element.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from impulscal.errors import Message, _

__all__ = ["MOST", "THEMES", "Mistake", "Selection", "choose", "contrast", "is_color"]

MOST = 100
"""The most sessions of a list on another website."""

THEMES = ("auto", "light", "dark")

NEEDED = 4.5
"""The contrast that text needs (WCAG 2.2, 1.4.3)."""

_DEFAULT_LIMIT = 10

# What an accent stands on, and whose colour the text on it has: --paper of the style sheet.
# Nothing reaches 4.5 on both; with ``auto`` an accent therefore holds in the light theme only.
_PAPERS = {"auto": "ffffff", "light": "ffffff", "dark": "071a1c"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What one list on another website shows.

    Attributes:
        limit: The most sessions, coming and past ones together; 1 to ``MOST``.
        past: Whether past sessions follow the coming ones.
        theme: One of ``THEMES``; ``auto`` is as the device or the page around has it.
        accent: The colour of links and buttons as ``rrggbb``, or None for our own.
    """

    limit: int = _DEFAULT_LIMIT
    past: bool = False
    theme: str = "auto"
    accent: str | None = None

    def query(self) -> str:
        """Return the options that differ from the defaults, in a fixed order."""
        given = {
            "limit": str(self.limit) if self.limit != _DEFAULT_LIMIT else "",
            "past": "1" if self.past else "",
            "theme": self.theme if self.theme != "auto" else "",
            "accent": self.accent or "",
        }
        return urlencode({name: value for name, value in given.items() if value})


@dataclass(frozen=True, slots=True)
class Mistake:
    """A known option with a value that cannot be taken.

    Attributes:
        option: Its name in the address.
        value: What was given.
        message: What is allowed, in words.
    """

    option: str
    value: str
    message: Message


def choose(query: MultiDict[str, str]) -> tuple[Selection, tuple[Mistake, ...]]:
    """Read the options; unknown ones are ignored, an empty value is not given.

    Returns:
        What was chosen, with the default where there is a mistake; and all mistakes.
    """
    limit, past, theme = query.get("limit", ""), query.get("past", ""), query.get("theme", "")
    accent = query.get("accent", "").removeprefix("#").lower()
    mistakes = [
        _wrong_limit(limit),
        None if past in ("", "0", "1") else _mistake("past", past, _("1 (with) or 0 (without)")),
        None if theme in ("", *THEMES) else _mistake("theme", theme, _("auto, light or dark")),
        _wrong_accent(accent, theme),
    ]
    found = tuple(mistake for mistake in mistakes if mistake is not None)
    wrong = {mistake.option for mistake in found}
    selection = Selection(
        limit=int(limit) if limit and "limit" not in wrong else _DEFAULT_LIMIT,
        past=past == "1",
        theme=theme if theme and "theme" not in wrong else "auto",
        accent=accent if accent and "accent" not in wrong else None,
    )
    return selection, found


def _wrong_limit(value: str) -> Mistake | None:
    if not value or (re.fullmatch("[0-9]{1,3}", value) and 1 <= int(value) <= MOST):
        return None
    return _mistake("limit", value, _("1 to {most}", most=MOST))


def _wrong_accent(value: str, theme: str) -> Mistake | None:
    if not value:
        return None
    if not is_color(value):
        return _mistake("accent", value, _("six hexadecimal digits such as 00595e"))
    reached = contrast(value, _PAPERS.get(theme, _PAPERS["auto"]))
    if reached >= NEEDED:
        return None
    # Rounded down: 4.49 is not 4.5.
    whole, part = divmod(int(reached * 100), 100)
    ratio = _("{whole}.{part}:1", whole=whole, part=f"{part:02}")
    message = (
        _(
            "Text on #{accent} reaches {ratio}, 4.5:1 is needed. Take a lighter colour.",
            accent=value,
            ratio=ratio,
        )
        if theme == "dark"
        else _(
            "Text on #{accent} reaches {ratio}, 4.5:1 is needed. Take a darker colour.",
            accent=value,
            ratio=ratio,
        )
    )
    return Mistake("accent", value, message)


def _mistake(option: str, value: str, allowed: Message) -> Mistake:
    message = _(
        "Bad value for “{name}”: “{value}”. Allowed: {allowed}.",
        name=option,
        value=value,
        allowed=allowed,
    )
    return Mistake(option, value, message)


def is_color(value: str) -> bool:
    """Tell whether ``value`` is a colour ``rrggbb`` in small letters."""
    return re.fullmatch("[0-9a-f]{6}", value) is not None


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours ``rrggbb``, from 1 to 21 (WCAG 2.2, "contrast ratio")."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
