"""A feed of 1,000 sessions as a subscriber gets it who asks again."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPConnection

from benchmarks.facts import write_facts
from benchmarks.figures import Figure, at_least, interleave, ratio
from benchmarks.peers.servers import gunicorn, radicale
from benchmarks.places import Plan
from benchmarks.schedules import SERIES, write_schedule
from benchmarks.servers import Server, ask, impulscal

__all__ = ["AIMS", "PEERS", "WHAT", "measure"]

PEERS = ("granian", "Radicale", "gunicorn", "Flask", "icalendar", "Django", "django-ical")

WHAT = "a feed of 1,000 sessions again"

AIMS = {"Radicale": 100, "Flask with icalendar": 230, "django-ical": 400}
"""How many times faster we are to be."""

_SESSIONS = 1000

_FEED = f"/{SERIES}.ics"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subscription:
    server: Server
    path: str
    times: int

    def milliseconds(self) -> float:
        """Ask one after the other on one connection; return the processor time of one."""
        connection = HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        before = self.server.processor_seconds()
        for _number in range(self.times):
            connection.request("GET", self.path, headers={"Authorization": "Basic cGVlcjo="})
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200 or body.count(b"BEGIN:VEVENT") != _SESSIONS:
                raise RuntimeError(f"{self.server.name} answered {answer.status}")
        connection.close()
        return (self.server.processor_seconds() - before) / self.times * 1e3


def measure(plan: Plan) -> list[Figure]:
    """Measure ourselves against whoever renders for every request."""
    file = write_schedule(plan.folder / "sessions.yaml", _SESSIONS)
    # So many that the clock of the kernel, a hundredth of a second, does not show.
    times, few = (300, 1) if plan.quick else (1000, 2)
    with ExitStack() as stack:
        ours = stack.enter_context(impulscal(file, path=_FEED))
        subscriptions = [_Subscription(server=ours, path=_FEED, times=times)]
        for server, path in _peers(stack, plan, ask(ours.port, _FEED).body):
            subscriptions.append(_Subscription(server=server, path=path, times=few))
        for subscription in subscriptions:
            subscription.milliseconds()  # to warm up
            subscription.server.settle()
        values = interleave(
            {one.server.name: one.milliseconds for one in subscriptions}, plan.rounds
        )
    return [
        *(Figure(what=WHAT, who=name, unit="ms", values=found) for name, found in values.items()),
        *(
            Figure(
                what=WHAT,
                who=f"{name} : impulscal",
                unit="×",
                values=ratio(values[name], values["impulscal"]),
                aim=at_least(bound),
            )
            for name, bound in AIMS.items()
        ),
    ]


def _peers(stack: ExitStack, plan: Plan, feed: bytes) -> Iterator[tuple[Server, str]]:
    facts = str(write_facts(plan.folder / "facts.json", feed))
    server = stack.enter_context(radicale(plan.folder / "radicale", feed))
    yield server, "/peer/calendar/"
    apps = {
        "Flask with icalendar": "with_icalendar:make_app()",
        "django-ical": "django_site:application",
    }
    for name, app in apps.items():
        server = stack.enter_context(gunicorn(name, app, path="/feed.ics", FACTS=facts))
        yield server, "/feed.ics"
