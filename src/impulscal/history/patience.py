"""Connections to PostgreSQL that do not wait for an answer for ever.

libpq bounds how long a connection may take to be made, and the kernel notices a peer that
vanished. Neither notices one that is there and says nothing: a server that is frozen, whose
disk hangs, or that a proxy has lost.
"""

import time
from math import ceil
from typing import Any, TypeVar

import psycopg
import sqlalchemy as sa
from psycopg.abc import PQGen

from impulscal.history.hurry import patience

__all__ = ["use_patient_connections"]

# How often the wait looks up, as psycopg has it.
_INTERVAL = 0.1

_Result = TypeVar("_Result")


def use_patient_connections(engine: sa.Engine) -> None:
    """Let ``engine`` give up a connection on which no answer comes."""

    @sa.event.listens_for(engine, "do_connect")
    def _connect(
        _dialect: object, _record: object, arguments: list[Any], options: dict[str, Any]
    ) -> psycopg.Connection[Any]:
        known = float(options.get("connect_timeout", patience.get()))
        options["connect_timeout"] = ceil(min(known, patience.get()))
        return _PatientConnection.connect(*arguments, **options)


class _PatientConnection(psycopg.Connection[Any]):
    def wait(
        self, gen: PQGen[_Result], interval: float = _INTERVAL, timeout: float | None = None
    ) -> _Result:
        """Wait for an answer, and end the connection if none comes in time.

        Raises:
            OperationalError: None came.
        """
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        seconds, begun = patience.get(), time.monotonic()
        try:
            return super().wait(gen, interval, seconds)
        except psycopg.OperationalError:
            if time.monotonic() - begun < seconds:
                raise
            # What comes late would be taken for the answer to the next question.
            self.pgconn.finish()
            raise psycopg.OperationalError(f"no answer within {seconds:g} seconds") from None
