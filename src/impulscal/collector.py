"""Python's garbage collector, held back while much is made that stays."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["held_back"]


@contextmanager
def held_back() -> Iterator[None]:
    """Let the collector wait until the block is left; a decorator too.

    It looks through all that the process holds whenever a quarter more was made: four times
    while a thousand sessions are read, a third of the time, and all other threads wait.
    What is in no cycle, which is nearly everything, is freed at once as always.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        # Of threads that overlap the first one saw it enabled, and puts it back.
        if was_enabled:
            gc.enable()
