"""Which program asks: families of clients, told by the User-Agent."""

from enum import StrEnum

from impulscal.errors import Message, _

__all__ = ["FAMILY_WORDS", "REACH", "Family", "Reach", "family_of"]


class Family(StrEnum):
    """Programs that behave alike (CLIENTS.md 2.1)."""

    GOOGLE = "google"
    OUTLOOK_ONLINE = "outlook-online"
    OUTLOOK = "outlook"
    APPLE = "apple"
    THUNDERBIRD = "thunderbird"
    EVOLUTION = "evolution"
    KORGANIZER = "korganizer"
    NEXTCLOUD = "nextcloud"
    ICSX5 = "icsx5"
    BROWSER = "browser"
    SEARCH = "search"
    READER = "reader"
    OTHER = "other"


class Reach(StrEnum):
    """For how many people one asking machine speaks.

    ``PEOPLE``: for one, on whose device it runs.
    ``SERVERS``: for at least one; each address is a server of its own.
    ``CLOUD``: for at least one; the same subscriptions are asked for from many addresses.
    ``NOBODY``: it looks and does not subscribe, or nothing is known of it.
    """

    PEOPLE = "people"
    SERVERS = "servers"
    CLOUD = "cloud"
    NOBODY = "nobody"


REACH = {
    Family.APPLE: Reach.PEOPLE,
    Family.OUTLOOK: Reach.PEOPLE,
    Family.THUNDERBIRD: Reach.PEOPLE,
    Family.ICSX5: Reach.PEOPLE,
    Family.EVOLUTION: Reach.PEOPLE,
    Family.KORGANIZER: Reach.PEOPLE,
    Family.NEXTCLOUD: Reach.SERVERS,
    Family.GOOGLE: Reach.CLOUD,
    Family.OUTLOOK_ONLINE: Reach.CLOUD,
    Family.BROWSER: Reach.NOBODY,
    Family.SEARCH: Reach.NOBODY,
    Family.READER: Reach.NOBODY,
    Family.OTHER: Reach.NOBODY,
}
"""By family, in the order in which they are listed."""

FAMILY_WORDS: dict[Family, Message] = {
    Family.APPLE: _("Apple Calendar"),
    Family.OUTLOOK: _("Outlook (classic)"),
    Family.THUNDERBIRD: _("Thunderbird"),
    Family.ICSX5: _("ICSx⁵ (Android)"),
    Family.EVOLUTION: _("GNOME, Evolution"),
    Family.KORGANIZER: _("KDE, KOrganizer"),
    Family.NEXTCLOUD: _("Nextcloud"),
    Family.GOOGLE: _("Google Calendar"),
    Family.OUTLOOK_ONLINE: _("Outlook online"),
    Family.BROWSER: _("browsers"),
    Family.SEARCH: _("search engines"),
    Family.READER: _("feed readers"),
    Family.OTHER: _("other programs"),
}

# The first that is found decides: many call themselves Mozilla or Safari besides, and the
# new Outlook names Outlook too.
_SIGNS = (
    ("google-calendar-importer", Family.GOOGLE),
    ("microsoft.exchange", Family.OUTLOOK_ONLINE),
    ("microsoft exchange", Family.OUTLOOK_ONLINE),
    ("microsoft outlook", Family.OUTLOOK),
    ("microsoft office", Family.OUTLOOK),
    ("dataaccessd", Family.APPLE),
    ("calendaragent", Family.APPLE),
    ("ical/", Family.APPLE),  # Mac OS X 10.7 and before
    ("thunderbird", Family.THUNDERBIRD),
    ("betterbird", Family.THUNDERBIRD),
    ("evolution", Family.EVOLUTION),
    ("gnome-calendar", Family.EVOLUTION),
    ("korganizer", Family.KORGANIZER),
    ("akonadi", Family.KORGANIZER),
    ("kio/", Family.KORGANIZER),
    ("nextcloud", Family.NEXTCLOUD),
    ("owncloud", Family.NEXTCLOUD),
    ("icsx5", Family.ICSX5),
    ("icsdroid", Family.ICSX5),  # its name until 2019
    ("feedly", Family.READER),
    ("inoreader", Family.READER),
    ("newsblur", Family.READER),
    ("netnewswire", Family.READER),
    ("freshrss", Family.READER),
    ("tiny tiny rss", Family.READER),
    ("miniflux", Family.READER),
    ("rss", Family.READER),
    ("bot", Family.SEARCH),
    ("crawler", Family.SEARCH),
    ("spider", Family.SEARCH),
    ("slurp", Family.SEARCH),
    ("headlesschrome", Family.OTHER),
    ("firefox/", Family.BROWSER),
    ("chrome/", Family.BROWSER),
    ("safari/", Family.BROWSER),
)

# Strangers write it as long as their server lets them.
_LONGEST = 512


def family_of(user_agent: str) -> Family:
    """Return the family of the program that calls itself ``user_agent``."""
    told = user_agent[:_LONGEST].lower()
    return next((family for sign, family in _SIGNS if sign in told), Family.OTHER)
