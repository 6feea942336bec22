"""Somebody who saves the schedule every second, well and badly.

Every session carries in its title the number of the version that touched it last; so what a
calendar shows can be told apart from everything that was never saved as a whole.
"""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import dropwhile, takewhile

__all__ = ["FIRST", "SERIES", "Author", "Session", "Version"]

SERIES = "soak"

FIRST = "1"
"""Id of a session that is always there."""

_FEWEST, _MOST = 20, 28

# A past session may leave the file and come back: so a feed can be huge for a moment.
_OF_THE_PAST = 1000

_HEAD = """\
series:
  id: soak
  domain: soak.example
  title: "Reihe: Ausdauer"
  subtitle: Ümläute, “Zeichen”, Kommas; und Strichpunkte
  start: 12:00
  duration: 30 min
  location: Online
  imprint: https://soak.example/impressum
  registration: {email: soak@soak.example, closes: 4 days before, places: 100}
"""

_DESCRIPTION = (
    "Wie kann der Zusammenhalt in der Stadt gelingen, wenn sich so vieles ändert? 🌱 "
    "Zwei Fachleute berichten, was sie versucht haben: was gelang, was nicht, und warum. "
    "Danach ist Zeit für Ihre Fragen; Unterlagen stehen später auf der Seite des Termins."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What the file says of one session.

    Attributes:
        token: Number of the version that touched it last.
    """

    id: str
    day: date
    hour: int
    topic: str
    token: int
    cancelled: bool = False

    def written(self) -> str:
        """Return its entry."""
        lines = [
            f"  - id: {self.id}",
            f"    date: {self.day.isoformat()}",
            f"    start: {self.hour}:00",
            f'    title: "Thema {self.id}, Stand {self.token}"',
            f"    topic: {self.topic}",
            f'    description: "Stand {self.token}. {_DESCRIPTION}"',
        ]
        if self.cancelled:
            lines += ["    status: cancelled", "    note: Leider krank, wir holen es nach."]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One whole and valid state of the file.

    Attributes:
        sessions: By id, those of the past included.
    """

    number: int
    sessions: Mapping[str, Session]
    withdrawn: tuple[str, ...] = ()

    def text(self) -> bytes:
        """Return the file; the newest session comes first, so that a half lacks the first."""
        gone = f"withdrawn: [{', '.join(self.withdrawn)}]\n" if self.withdrawn else ""
        return (gone + _HEAD + _entries(reversed([*self.sessions.values()]))).encode()

    def tokens(self, topic: str | None = None) -> dict[str, int]:
        """Return the tokens by id, of all sessions or those with one topic."""
        return {
            session.id: session.token
            for session in self.sessions.values()
            if topic in (None, session.topic)
        }


def _entries(sessions: Iterable[Session]) -> str:
    return "\n".join(["sessions:", *(session.written() for session in sessions)]) + "\n"


@dataclass
class Author:
    """Makes one version after the other, the same ones each time.

    Args:
        today: Sessions lie well before or after it.
    """

    today: date
    chance: random.Random = field(default_factory=lambda: random.Random(5))
    versions: list[Version] = field(default_factory=list)

    def begin(self) -> Version:
        """Return the first version."""
        sessions = [self._new(number, 0) for number in range(1, _FEWEST + 1)]
        self.versions.append(Version(number=0, sessions={each.id: each for each in sessions}))
        return self.versions[-1]

    def edit(self) -> Version:
        """Return the next version: a few sessions moved, cancelled, reworded, added, withdrawn."""
        before = self._without_past(self.versions[-1])
        number = len(self.versions)
        sessions = dict(before.sessions)
        for name in self.chance.sample(sorted(sessions), self.chance.randint(1, 3)):
            sessions[name] = self._edited(sessions[name], number)
        withdrawn = before.withdrawn
        if self.chance.random() < 0.15 and len(sessions) < _MOST:
            added = self._new(1 + len(sessions) + len(withdrawn), number)
            sessions[added.id] = added
        elif self.chance.random() < 0.1 and len(sessions) > _FEWEST:
            left = self.chance.choice([name for name in sorted(sessions) if name != FIRST])
            del sessions[left]
            withdrawn = (*withdrawn, left)
        return self._keep(Version(number=number, sessions=sessions, withdrawn=withdrawn))

    def remember_the_past(self) -> Version:
        """Return the next version: a thousand past sessions more, for once."""
        before, number = self._without_past(self.versions[-1]), len(self.versions)
        past = [
            Session(
                id=f"alt-{index}",
                day=self.today - timedelta(days=30 + index),
                hour=12,
                topic="rueckblick",
                token=number,
            )
            for index in range(_OF_THE_PAST)
        ]
        # The first session stays the last entry.
        sessions = {**before.sessions, **{session.id: session for session in past}}
        return self._keep(replace(before, number=number, sessions=sessions))

    def find(self, told: Mapping[str, int], topic: str | None) -> tuple[int, int] | None:
        """Return the first and the last version that show just ``told``, or None.

        Args:
            told: Token by session, as a calendar has them.
            topic: The only one that the calendar shows, or None for all.
        """
        youngest = max(told.values(), default=0)
        later = self.versions[youngest : youngest + 400]
        rest = dropwhile(lambda version: version.tokens(topic) != told, later)
        shows = list(takewhile(lambda version: version.tokens(topic) == told, rest))
        return (shows[0].number, shows[-1].number) if shows else None

    def _keep(self, version: Version) -> Version:
        self.versions.append(version)
        return version

    def _new(self, number: int, token: int) -> Session:
        return Session(
            id=str(number),
            day=self.today + timedelta(days=30 + self.chance.randrange(300)),
            hour=12,
            topic="stadt" if number % 3 == 1 else "land",
            token=token,
        )

    def _edited(self, session: Session, token: int) -> Session:
        match self.chance.choice(("move", "cancel", "reword", "reword")):
            case "move":
                day = self.today + timedelta(days=30 + self.chance.randrange(300))
                return replace(session, day=day, hour=self.chance.randint(9, 18), token=token)
            case "cancel":
                return replace(session, cancelled=not session.cancelled, token=token)
            case _:
                return replace(session, token=token)

    @staticmethod
    def _without_past(version: Version) -> Version:
        kept = {name: each for name, each in version.sessions.items() if name[:3] != "alt"}
        return replace(version, sessions=kept)
