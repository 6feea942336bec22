"""How long the answer of a server may be waited for; a matter of who waits."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

__all__ = ["hurried", "patience"]

# Longer than a lock is waited for, so that it is the server that says why.
_SECONDS = 20.0

patience: ContextVar[float] = ContextVar("patience", default=_SECONDS)
"""Seconds until a connection on which no answer comes is given up."""


@contextmanager
def hurried(seconds: float) -> Iterator[None]:
    """Wait for each answer of a server for ``seconds`` at most: somebody waits for ours."""
    token = patience.set(seconds)
    try:
        yield
    finally:
        patience.reset(token)
