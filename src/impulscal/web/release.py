"""What tells this program from another release of it, which might write other bytes."""

import functools
import hashlib
from importlib.metadata import distributions
from pathlib import Path

import impulscal

__all__ = ["release"]


@functools.cache
def release() -> str:
    """Return a digest of the program's files and of what is installed beside it, hexadecimal.

    It is the same on every machine that has the same release: no time of a file is in it.
    """
    folder = Path(impulscal.__file__).parent
    told = hashlib.sha256()
    for path in sorted(folder.rglob("*.*")):
        if path.suffix != ".pyc" and path.is_file():
            told.update(f"{path.relative_to(folder)}\n".encode())
            told.update(hashlib.sha256(path.read_bytes()).digest())
    # The zone data is one of them (schedule/clock.py).
    pins = sorted({f"{one.name} {one.version}" for one in distributions()})
    told.update("\n".join(pins).encode())
    return told.hexdigest()
