"""The blocks that editors of other websites copy: HTML as text, every address absolute.

They hold inline styles only where a system that takes them off leaves something useful.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from markupsafe import Markup

from impulscal.edition import Edition
from impulscal.errors import Message, _
from impulscal.language import LANGUAGES, spoken, translate
from impulscal.links import Links
from impulscal.schedule.clock import zone
from impulscal.schedule.lifecycle import State
from impulscal.web.listing import Mark, Row, chosen
from impulscal.web.selection import Selection
from impulscal.wording.dates import day
from impulscal.wording.lines import one_line

__all__ = ["Snippets"]

# A row of the list, and heading and button, in a frame of 360 pixels width.
_ROW_HEIGHT = 128
_FRAME_HEIGHT = 150
_HIGHEST = 800

# Their badge ("Registration open") would age, their sentence ("Register by …") does not.
_SENTENCE_ONLY = (
    State.UNANNOUNCED,
    State.NO_REGISTRATION,
    State.FULL,
    State.CLOSED,
    State.LAST_DAY,
    State.OPEN,
)

# Ground and text of the button where no colour was chosen: see the style sheet.
_BUTTON = {"light": ("00595e", "ffffff"), "dark": ("6fe0db", "071a1c")}


@dataclass(frozen=True, slots=True)
class Snippets:
    """The blocks for one selection, in one language.

    Attributes:
        edition: What is shown.
        links: The addresses, in the language of the blocks.
        selection: How many sessions, which, and the colours.
    """

    edition: Edition
    links: Links
    selection: Selection

    @property
    def origin(self) -> str:
        """The server, as a Content-Security-Policy names it: ``https://termine.example``."""
        parts = urlsplit(self.links.base_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def host(self) -> str:
        """The server as people call it."""
        return urlsplit(self.links.base_url).netloc

    @property
    def lang(self) -> str:
        """The language of the fixed words in the blocks."""
        return spoken(self.links.language)

    @property
    def name(self) -> str:
        """What the list is called: title of the frame, text of the link."""
        return self._say(_("Sessions of the webinar series {title}", title=self._title))

    @property
    def script(self) -> str:
        """The address of the script."""
        return f"{self.links.base_url.rstrip('/')}/embed.js"

    @property
    def frame_address(self) -> str:
        """The address of the list in a frame."""
        query = self.selection.query()
        return f"{self.links.series_page()}embed" + (f"?{query}" if query else "")

    @property
    def frame_path(self) -> str:
        """The same without the server, for a preview that works wherever the page stands."""
        return urlsplit(self.frame_address)._replace(scheme="", netloc="").geturl()

    @property
    def height(self) -> int:
        """The height of the frame in pixels where no script can set it; then it scrolls."""
        return min(_HIGHEST, _FRAME_HEIGHT + _ROW_HEIGHT * max(1, len(self._rows)))

    @property
    def sentence(self) -> str:
        """What a link without any HTML says."""
        return f"{self.name}: {self.links.series_page()}"

    @property
    def link(self) -> Markup:
        """A plain link to the series' page."""
        return Markup('<a href="{}" lang="{}" hreflang="{}">{}</a>').format(
            self.links.series_page(), self.lang, self.lang, self.name
        )

    @property
    def button(self) -> Markup:
        """A link that looks like a button; it leads to all ways of subscribing.

        Not ``webcal:``: sanitizers take the scheme off, and one link serves one program.
        """
        ground, ink = _BUTTON["dark" if self.selection.theme == "dark" else "light"]
        style = (
            f"display:inline-block;padding:12px 20px;border:2px solid #{ink};"
            f"background-color:#{self.selection.accent or ground};color:#{ink};"
            "font-weight:bold;text-decoration:none"
        )
        return Markup('<a href="{}#abonnieren" lang="{}" hreflang="{}"\n style="{}">{}</a>').format(
            self.links.series_page(), self.lang, self.lang, style, self.button_words
        )

    @property
    def button_words(self) -> str:
        """What stands on the button."""
        return self._say(_("Subscribe to the sessions of {title}", title=self._title))

    @property
    def frame(self) -> Markup:
        """The list in a frame, with a height that holds without script."""
        return Markup(
            '<iframe src="{}"\n title="{}" lang="{}" loading="lazy"\n'
            ' width="100%" height="{}" style="border:0"></iframe>'
        ).format(self.frame_address, self.name, self.lang, self.height)

    @property
    def frame_with_script(self) -> Markup:
        """The list in a frame, and the script that gives the frame the height of the list."""
        script = Markup('\n<script src="{}" async></script>').format(self.script)
        return self.frame + script

    @property
    def element(self) -> Markup:
        """The custom element, with a link for when the list cannot be fetched."""
        script = Markup('<script src="{}" async></script>\n').format(self.script)
        return script + self.element_alone

    @property
    def element_alone(self) -> Markup:
        """The custom element where the script is there already."""
        return Markup("<impulscal-sessions {}>\n  {}\n</impulscal-sessions>").format(
            self._attributes, self.link
        )

    @property
    def html(self) -> Markup:
        """The list as it stands, in plain HTML."""
        moment = self.edition.moment.astimezone(zone(self.edition.series.timezone))
        when = day(moment, self.links.language)
        lines = [
            Markup('<div lang="{}">').format(self.lang),
            Markup("<h3>{}</h3>").format(self.name),
            *self._list(),
            Markup('<p>{} <a href="{}">{}</a></p>').format(
                self._say(_("As of {day}.", day=when)),
                self.links.series_page(),
                self._say(_("Current sessions and subscription")),
            ),
            Markup("</div>"),
        ]
        return Markup("\n").join(lines)

    def _list(self) -> Iterator[Markup]:
        if not self._rows:
            empty = self._say(_("No sessions announced at the moment."))
            yield Markup("<p>{}</p>").format(empty)
            return
        yield Markup("<ul>")
        for row in self._rows:
            yield self._item(row)
        yield Markup("</ul>")

    def _item(self, row: Row) -> Markup:
        tag = Markup(' lang="{}"').format(row.title_language)
        known = "" if row.title_language == self.lang else tag
        return Markup(
            '<li><strong><time datetime="{}">{}</time></strong><br>\n<a href="{}"{}>{}</a>{}</li>'
        ).format(
            row.start,
            row.when,
            row.address,
            known,
            row.title,
            Markup("").join(self._told(mark) for mark in row.marks),
        )

    def _told(self, mark: Mark) -> Markup:
        """Return what goes on being true; a running session would be a lie an hour later."""
        if mark.kind == State.RUNNING:
            return Markup("")
        badge = Markup("<strong>{}</strong>").format(mark.badge)
        note = Markup('<span lang="{}">{}</span>').format(mark.note_language, mark.note)
        parts = [
            "" if mark.kind in _SENTENCE_ONLY and mark.sentence else badge,
            mark.sentence,
            mark.note if mark.note_language == self.lang else note if mark.note else "",
        ]
        return Markup("<br>\n") + Markup(" ").join(part for part in parts if part)

    @property
    def _attributes(self) -> Markup:
        selection, default = self.selection, Selection()
        given = {
            "series": self.edition.series.id,
            "lang": self.links.language if self.links.language in LANGUAGES else None,
            "heading": "3",
            "limit": str(selection.limit) if selection.limit != default.limit else None,
            "theme": selection.theme if selection.theme != default.theme else None,
            "accent": selection.accent,
        }
        told = [Markup('{}="{}"').format(name, value) for name, value in given.items() if value]
        return Markup(" ").join([*told, *(["past"] if selection.past else [])])

    @property
    def _rows(self) -> tuple[Row, ...]:
        return chosen(self.edition, self.links, self.selection)

    @property
    def _title(self) -> str:
        return one_line(self.edition.series.title.in_language(self.links.language))

    def _say(self, message: Message) -> str:
        return translate(message, self.links.language)
