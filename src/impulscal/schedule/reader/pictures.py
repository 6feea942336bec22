"""The files of pictures: where they may lie, and what tells one from the next."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

__all__ = ["Signatures", "is_path", "lies_below", "signature"]

Signatures = Mapping[Path, tuple[int, ...]]
"""What ``signature`` said of each file."""


def signature(path: Path) -> tuple[int, ...]:
    """Return what ``stat`` says of the file: another one where it was changed or replaced.

    Empty where it says nothing.
    """
    try:
        status = path.stat()
    except (OSError, ValueError):
        return ()
    # Whoever may read it now could perhaps not before: that shows in the last one alone.
    return status.st_mtime_ns, status.st_size, status.st_ino, status.st_ctime_ns


def is_path(src: str) -> bool:
    """Tell whether ``src`` is a path that leads down from the folder where it begins."""
    path = PurePosixPath(src)
    return not ("\\" in src or path.is_absolute() or ".." in path.parts or not path.parts)


def lies_below(path: Path, folder: Path) -> bool:
    """Tell whether there is a file at ``path``, and in ``folder``, wherever links lead."""
    try:
        # A symbolic link must not lead out: what it names would be shown to everybody.
        found = path.resolve(strict=True)
        return found.is_file() and found.is_relative_to(folder.resolve(strict=True))
    except (OSError, ValueError):
        return False
