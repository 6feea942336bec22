"""What every step of building the model needs: the tree, the problems, language and zone."""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path as FilePath
from zoneinfo import ZoneInfo

from impulscal.errors import _
from impulscal.schedule.clock import AmbiguousTimeError, NoSuchTimeError, localize
from impulscal.schedule.reader.form import Form
from impulscal.schedule.reader.problems import Code, Place, Problems
from impulscal.schedule.reader.tree import Path, Tree

__all__ = ["Context"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One file on its way into the model.

    Attributes:
        folder: Where its pictures are looked for; None where that is not checked.
        language: The series' language.
        zone: The series' zone.
        pictures: What was found at the paths of its pictures, as far as it came.
    """

    tree: Tree
    problems: Problems
    folder: FilePath | None
    language: str
    zone: ZoneInfo
    pictures: dict[FilePath, tuple[int, ...]] = field(default_factory=dict)

    def require(self, form: Form, path: Path, *keys: str) -> None:
        """Report each of ``keys`` that the mapping at ``path`` lacks."""
        for key in keys:
            if not getattr(form, key):
                self.missing(path, key)

    def missing(self, path: Path, key: str, *elsewhere: Path) -> None:
        """Report that ``key`` lacks in the mapping at ``path``, unless it stands there badly.

        Args:
            path: The mapping.
            key: The key.
            elsewhere: Other values that could have given it.
        """
        places = ((*path, key), *elsewhere)
        if self.tree.poisoned_at(path) or any(self.tree.poisoned(place) for place in places):
            return
        if elsewhere:
            message = _("“{key}” is missing here and in the series. Add it to one.", key=key)
        else:
            message = _("“{key}” is missing here. Add it.", key=key)
        self.problems.add(self.tree.first_key(path), Code.MISSING_KEY, message)

    def conflict(self, form: Form, path: Path, *keys: str) -> None:
        """Report the second of two ``keys`` that exclude each other at ``path``."""
        if all(getattr(form, key) is not None for key in keys):
            places = sorted(self.tree.key((*path, key)) for key in keys)
            first, second = keys
            message = _(
                "“{first}” and “{second}” exclude each other. Delete one of them.",
                first=first,
                second=second,
            )
            self.problems.add(places[-1], Code.CONFLICTING_KEYS, message)

    def localize(self, day: date, time_of_day: time, place: Place) -> datetime | None:
        """Return the instant of a wall time; a skipped or doubled one is a problem at ``place``."""
        wall = datetime.combine(day, time_of_day)
        try:
            return localize(wall, self.zone)
        except NoSuchTimeError:
            message = _(
                "On {day} the clocks in {zone} go forward and skip {time}. Write another time.",
                day=day.isoformat(),
                zone=self.zone.key,
                time=f"{time_of_day:%H:%M}",
            )
            self.problems.add(place, Code.NO_SUCH_TIME, message)
        except AmbiguousTimeError as error:
            first, second = (reading.strftime("%H:%M %Z (UTC%z)") for reading in error.readings)
            message = _(
                "On {day} the clocks in {zone} go back and show {time} twice: {first} and "
                "{second}. Write another time.",
                day=day.isoformat(),
                zone=self.zone.key,
                time=f"{time_of_day:%H:%M}",
                first=first,
                second=second,
            )
            self.problems.add(place, Code.AMBIGUOUS_TIME, message)
        return None
