"""How far long work is, shown on a terminal only."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import click

from impulscal.cli.terminal import terminal_language
from impulscal.errors import Message
from impulscal.language import translate

__all__ = ["progress"]


@contextmanager
def progress(label: Message) -> Iterator[Callable[[int, int], None]]:
    """Give a function that is told what is done and how much there is in all.

    It draws a bar on standard error; where that is no terminal, or there is but one thing
    to do, it draws nothing.
    """
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    words = translate(label, terminal_language())
    bars: list[Any] = []
    with ExitStack() as stack:

        def tell(done: int, total: int) -> None:
            if total < 2:
                return
            if not bars:
                bar = click.progressbar(length=total, label=words, file=sys.stderr, show_pos=True)
                bars.append(stack.enter_context(bar))
            bars[0].length = total
            bars[0].update(done - bars[0].pos)

        yield tell
