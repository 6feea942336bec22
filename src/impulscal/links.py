"""The public addresses, and the links with which calendar programs subscribe.

All are absolute and start with the base URL of the settings, never with what a
request said. What each calendar service wants to see in a link was found by trial;
the evidence is named at each.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from impulscal.schedule.model import Series

__all__ = ["LONGEST_ADDRESS", "VARIANTS", "Entry", "Links", "google_add", "mailto", "outlook_add"]

VARIANTS = {
    "google": "cancelled=visible",
    "deadlines": "deadlines=1",
    "reminder": "alarm=30",
}
"""The feed variants that have an address of their own, and the options each stands for."""

LONGEST_ADDRESS = 2000
"""Characters; Google answers 414 and Microsoft 365 breaks somewhere above (CLIENTS.md 1.2)."""

# A name of a calendar in a link; each letter may become nine characters there.
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """The addresses of one series in one language.

    Attributes:
        base_url: Public address of the server, with its path if it has one; a slash
            at its end makes no difference.
        language: ``de``, ``en`` or the series' own language.
    """

    base_url: str
    series: Series
    language: str

    def series_page(self) -> str:
        """Return the address of the series' page."""
        return f"{self._root}/{self.series.id}/"

    def session_page(self, session: str) -> str:
        """Return the address of the page of the session with the id ``session``."""
        return f"{self._root}/{self.series.id}/{session}/"

    def sign_off_address(self, session: str, token: str) -> str:
        """Return the address at which the guest whom ``token`` names says that they stay away."""
        return f"{self._root}/{self.series.id}/{session}/sign-off/{token}"

    def single_file_address(self, session: str) -> str:
        """Return the address of that session alone, as a file to save."""
        return f"{self._root}/{self.series.id}/{session}.ics"

    def feed_address(self, query: str = "") -> str:
        """Return the address of the feed.

        Args:
            query: Options in their fixed order, as ``Options.query`` gives them.
        """
        address = f"{self._root}/{self.series.id}.ics"
        return f"{address}?{query}" if query else address

    def variant_address(self, variant: str) -> str:
        """Return the address of the feed in one of the fixed ``VARIANTS``."""
        return f"{self._root}/feeds/{variant}/{self.series.id}.ics"

    def webcal(self, query: str = "") -> str:
        """Return the link that opens the feed in the calendar program of the device.

        Apple's, Thunderbird, Evolution, classic Outlook and ICSx5 have registered the
        scheme (CLIENTS.md 1.1).
        """
        return _webcal(self.feed_address(query))

    def google_subscribe(self, query: str = "") -> str:
        """Return the link that subscribes in Google Calendar.

        Google wants ``webcal:`` inside (calagator#556) and hides what is cancelled, so
        the link leads to the variant that keeps it visible.

        Args:
            query: Further options.
        """
        address = self.variant_address("google") + (f"?{query}" if query else "")
        return f"https://calendar.google.com/calendar/r?cid={_quoted(_webcal(address))}"

    def outlook_com_subscribe(self, query: str = "") -> str:
        """Return the link that subscribes in a private Outlook.com calendar."""
        return self._outlook("outlook.live.com", query)

    def microsoft365_subscribe(self, query: str = "") -> str:
        """Return the link that subscribes in a Microsoft 365 calendar at work."""
        return self._outlook("outlook.office.com", query)

    def _outlook(self, host: str, query: str) -> str:
        # With webcal: the calendar stays empty, https: works (sportstimes/f1#449).
        name = self.series.title.in_language(self.language)[:_LONGEST_NAME]
        return (
            f"https://{host}/calendar/0/addfromweb"
            f"?url={_quoted(self.feed_address(query))}&name={_quoted(name)}"
        )

    @property
    def _root(self) -> str:
        base = self.base_url.rstrip("/")
        return base if self.language == self.series.language else f"{base}/{self.language}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One calendar entry, as a link can hold it.

    Attributes:
        start, end: Aware.
        details: Plain text; shortened where the link grows too long.
        page: Address of the page that tells all; closes the details.
    """

    title: str
    start: datetime
    end: datetime
    location: str
    details: str
    page: str


def google_add(entry: Entry) -> str:
    """Return the link that saves ``entry`` in Google Calendar.

    Wall times with ``ctz``: Google then shows the hour that the organiser means
    (CLIENTS.md 1.2). The place stands in the details too, since iOS loses it there.
    """
    start, end = entry.start, entry.end.astimezone(entry.start.tzinfo)
    dates = f"{start:%Y%m%dT%H%M%S}/{end:%Y%m%dT%H%M%S}"
    fixed = (
        "https://calendar.google.com/calendar/render?action=TEMPLATE"
        f"&text={_quoted(entry.title)}&dates={_quoted(dates)}"
        f"&ctz={_quoted(str(start.tzinfo))}&location={_quoted(entry.location)}&details="
    )
    return fixed + _fitting(entry, LONGEST_ADDRESS - len(fixed), "\n")


def outlook_add(host: str, entry: Entry) -> str:
    """Return the link that saves ``entry`` in Outlook on the web.

    Times in UTC: without ``Z`` they are the reader's own. Lines end with ``<br>``, since
    line feeds are dropped (CLIENTS.md 1.2).

    Args:
        host: ``outlook.live.com`` (private) or ``outlook.office.com`` (at work).
        entry: What to save.
    """
    start, end = (
        when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for when in (entry.start, entry.end)
    )
    fixed = (
        f"https://{host}/calendar/0/deeplink/compose"
        "?path=%2Fcalendar%2Faction%2Fcompose&rru=addevent"
        f"&startdt={_quoted(start)}&enddt={_quoted(end)}"
        f"&subject={_quoted(entry.title)}&location={_quoted(entry.location)}&body="
    )
    return fixed + _fitting(entry, LONGEST_ADDRESS - len(fixed), "<br>")


def _fitting(entry: Entry, room: int, line_break: str) -> str:
    """Return the details with the page's address, quoted, in at most ``room`` characters."""
    words = entry.details.split(" ")
    while words:
        whole = " ".join(words) == entry.details
        text = " ".join(words) + ("" if whole else " …") + "\n\n" + entry.page
        quoted = _quoted(text.replace("\n", line_break))
        if len(quoted) < room:
            return quoted
        words = words[: len(words) * 3 // 4]
    return _quoted(entry.page)


def mailto(address: str, subject: str, body: str) -> str:
    """Return the link that begins a mail (RFC 6068: spaces as %20, lines end with CRLF)."""
    text = body.replace("\n", "\r\n")
    return f"mailto:{quote(address, safe='@')}?subject={_quoted(subject)}&body={_quoted(text)}"


def _webcal(address: str) -> str:
    return "webcal:" + address.partition(":")[2]


def _quoted(text: str) -> str:
    # Never quote_plus: Outlook shows its plus signs in names.
    return quote(text, safe="")
