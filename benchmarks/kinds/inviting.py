"""Invitations to 1,000 guests, written and queued, against the libraries alone."""

from itertools import count

from benchmarks.children import work
from benchmarks.figures import Figure, interleave, ratio
from benchmarks.places import Plan
from benchmarks.schedules import write_schedule

__all__ = ["PEERS", "measure"]

PEERS = ("icalendar", "SQLAlchemy")


_PEER = "email.message and icalendar, nothing kept"


def measure(plan: Plan) -> list[Figure]:
    """Measure both in processes of their own."""
    file = write_schedule(plan.folder / "sessions.yaml", 5)
    sample = plan.folder / "sample.eml"
    guests = "100" if plan.quick else "1000"
    what = f"{int(guests):,} invitations"
    histories = (plan.folder / f"{number}.sqlite3" for number in count())

    def ours() -> float:
        return float(work("inviting", file, next(histories), sample, guests)["seconds"])

    def peer() -> float:
        return float(work("mail_alone", sample, guests)["seconds"])

    ours()  # writes the sample
    values = interleave({"impulscal": ours, _PEER: peer}, min(plan.rounds, 3))
    return [
        *(Figure(what=what, who=who, unit="s", values=found) for who, found in values.items()),
        Figure(
            what=what,
            who=f"impulscal : {_PEER}",
            unit="×",
            values=ratio(values["impulscal"], values[_PEER]),
        ),
    ]
