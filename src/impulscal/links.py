"""The public addresses, and the links with which calendar programs subscribe.

All are absolute and start with the base URL of the settings, never with what a
request said. What each calendar service wants to see in a link was found by trial;
the evidence is named at each.
"""

from dataclasses import dataclass
from urllib.parse import quote

from impulscal.schedule.model import Series

__all__ = ["VARIANTS", "Links"]

VARIANTS = {
    "google": "cancelled=visible",
    "deadlines": "deadlines=1",
    "reminder": "alarm=30",
}
"""The feed variants that have an address of their own, and the options each stands for."""


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

    def google_subscribe(self) -> str:
        """Return the link that subscribes in Google Calendar.

        Google wants ``webcal:`` inside (calagator#556) and hides what is cancelled, so
        the link leads to the variant that keeps it visible.
        """
        feed = _webcal(self.variant_address("google"))
        return f"https://calendar.google.com/calendar/r?cid={_quoted(feed)}"

    def outlook_com_subscribe(self) -> str:
        """Return the link that subscribes in a private Outlook.com calendar."""
        return self._outlook("outlook.live.com")

    def microsoft365_subscribe(self) -> str:
        """Return the link that subscribes in a Microsoft 365 calendar at work."""
        return self._outlook("outlook.office.com")

    def _outlook(self, host: str) -> str:
        # With webcal: the calendar stays empty, https: works (sportstimes/f1#449).
        name = self.series.title.in_language(self.language)
        return (
            f"https://{host}/calendar/0/addfromweb"
            f"?url={_quoted(self.feed_address())}&name={_quoted(name)}"
        )

    @property
    def _root(self) -> str:
        base = self.base_url.rstrip("/")
        return base if self.language == self.series.language else f"{base}/{self.language}"


def _webcal(address: str) -> str:
    return "webcal:" + address.partition(":")[2]


def _quoted(text: str) -> str:
    # Never quote_plus: Outlook shows its plus signs in names.
    return quote(text, safe="")
