"""The schedule files and their pictures as of their last change: one ``stat`` a file and look."""

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from impulscal.saved_file import SavedFile, load, schedule_files
from impulscal.schedule.reader import Problem, Reading, read
from impulscal.schedule.reader.pictures import Signatures, signature
from impulscal.settings import Settings

__all__ = ["Files", "FoundFile"]

_log = logging.getLogger("impulscal")

# A file has to lie still for that long, or for the pause between two looks if that is shorter:
# many programs write in place, and in several steps.
_QUIET_SECONDS = 0.25

# How long a start waits for that at most, in seconds.
_LONGEST_REST = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFile:
    """A file as of its last change, read.

    Attributes:
        signature: What ``stat`` said of it; empty where it said nothing.
        file: None where it could not be loaded; the reading says why.
        pictures: The files of its pictures as they were before they were shown. Of a text
            that does not tell them, those of the last one that did.
    """

    path: Path
    signature: tuple[int, ...]
    file: SavedFile | None
    reading: Reading
    pictures: Signatures = field(default_factory=dict)

    @property
    def worth_a_try(self) -> bool:
        """Whether it is there and could not be loaded: the disk may do better the next time."""
        return self.file is None and bool(self.signature)

    def is_as_found(self) -> bool:
        """Tell whether file and pictures lie there unchanged: one ``stat`` for each."""
        return signature(self.path) == self.signature and all(
            signature(path) == found for path, found in self.pictures.items()
        )


class Files:
    """The files that the settings name, folders included."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._found: dict[Path, FoundFile] = {}

    def found(self) -> Iterable[FoundFile]:
        """Return the files of the last look, in the order of the settings."""
        return self._found.values()

    def look(self) -> bool:
        """Read what is new or changed; return whether anything is."""
        before = self._found
        found = {path: self._take(path, before.get(path)) for path in self._paths()}
        self._found = found
        return found.keys() != before.keys() or any(
            found[path] is not before[path] for path in found
        )

    def rest(self) -> None:
        """Wait until none is being written, for a moment at most.

        For the time before the first look, which has no earlier reading to stay with.
        """
        end = time.monotonic() + _LONGEST_REST
        while time.monotonic() < end and any(
            self._is_being_written(saved_ns)
            for path in self._paths()
            for saved_ns in signature(path)[:1]
        ):
            time.sleep(_QUIET_SECONDS / 5)

    def _paths(self) -> tuple[Path, ...]:
        return schedule_files(self._settings.schedules)

    def _take(self, path: Path, before: FoundFile | None) -> FoundFile:
        if before is not None and before.is_as_found() and not before.worth_a_try:
            return before
        # Before it is loaded: what changes meanwhile shows in the next look.
        told = signature(path)
        loaded = load(path, read_ns=self._settings.clock.file_time_ns())
        if isinstance(loaded, Problem):
            reading = Reading(None, (loaded,))
            pictures = _pictures(reading, before)
            found = FoundFile(
                path=path, signature=told, file=None, reading=reading, pictures=pictures
            )
            return before if before is not None and before == found else found
        if before is not None and self._is_being_written(loaded.saved_ns):
            return before
        try:
            reading = read(loaded.data, folder=path.parent, now=self._settings.clock.now())
        except Exception:  # noqa: BLE001 -- one file's bug is not the others'
            _log.exception("%s cannot be read.", path)
            reading = Reading(None, ())
        pictures = _pictures(reading, before)
        return FoundFile(path=path, signature=told, file=loaded, reading=reading, pictures=pictures)

    def _is_being_written(self, saved_ns: int) -> bool:
        """Tell whether more may come: half a file can be a whole schedule with half a title.

        A clock that was set back is not waited for. Of a file that was read it is asked after
        that: it may have been saved while it was.
        """
        quiet = min(self._settings.reload_seconds, _QUIET_SECONDS)
        return 0 <= self._settings.clock.file_time_ns() - saved_ns < quiet * 1e9


def _pictures(reading: Reading, before: FoundFile | None) -> Signatures:
    if before is None or reading.schedule is not None or reading.pictures:
        return reading.pictures
    return {path: signature(path) for path in before.pictures}
