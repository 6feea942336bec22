"""Counts of polls as a series of webinars has them: growing, and fewer at weekends."""

import random
from collections.abc import Iterable
from datetime import date, timedelta

from impulscal.history import tables
from impulscal.history.database import Database
from impulscal.subscribers.clients import REACH, Family, Reach

__all__ = ["fill", "put"]

# How many programs there are in the end, and how often each asks on a day.
_MANY = {
    Family.APPLE: (180, 40),
    Family.OUTLOOK: (120, 16),
    Family.THUNDERBIRD: (45, 20),
    Family.ICSX5: (22, 12),
    Family.EVOLUTION: (6, 30),
    Family.NEXTCLOUD: (14, 3),
    Family.GOOGLE: (0, 5),
    Family.OUTLOOK_ONLINE: (0, 8),
    Family.BROWSER: (0, 4),
}


def fill(database: Database, series: Iterable[str], today: date, days: int = 80) -> None:
    """Write counts of the last ``days`` days; each series has half of the one before."""
    chance = random.Random(7)
    for rank, one in enumerate(series):
        for back in range(days):
            day = today - timedelta(days=back)
            grown = 0.35 + 0.65 * (days - back) / days
            for family, (many, often) in _MANY.items():
                awake = 0.55 if day.weekday() >= 5 and family is Family.OUTLOOK else 0.9
                # The last day is not over.
                hours = 0.6 if back == 0 else 1.0
                clients = many * grown * awake * hours * chance.uniform(0.93, 1.07) / 2**rank
                asking = clients if REACH[family] is not Reach.CLOUD else 3
                requests = round(max(asking, 1) * often * hours)
                put(database, one, day, family, clients=round(clients), requests=requests)


def put(
    database: Database, series: str, day: date, family: Family, *, clients: float, requests: int
) -> None:
    """Write down what was counted on a day."""
    with database.writing() as transaction:
        row = {"day": day, "series": series, "family": str(family)}
        told = {"requests": requests, "clients": float(clients)}
        transaction.connection.execute(tables.poll.insert(), {**row, **told})
