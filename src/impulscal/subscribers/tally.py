"""What was counted and waits to be added to the database."""

from dataclasses import dataclass

from impulscal.subscribers.sketch import Sketch

__all__ = ["Tally"]


@dataclass(slots=True)
class Tally:
    """What one process has counted and not yet added.

    Attributes:
        sketch: Of the programs' addresses; empty where no person is counted by them.
    """

    requests: int
    sketch: Sketch
