"""Counting distinct things without remembering them: HyperLogLog.

A sketch holds 2,048 small numbers. Each thing is hashed; some bits of the hash choose one of
the numbers, which becomes the longest row of zeros seen in the rest. P. Flajolet, É. Fusy,
O. Gandouet, F. Meunier: HyperLogLog, 2007. Its first estimator is biased around 5,000 things;
the one used here is not: O. Ertl, New cardinality estimation algorithms for HyperLogLog
sketches, 2017, algorithm 6.
"""

import math
import zlib

__all__ = ["Sketch", "spread"]

# 2 ** 11 numbers: the standard error is 1.04 / sqrt(2048), 2.3 %.
_BITS = 11
_SIZE = 1 << _BITS
_MASK = _SIZE - 1

# Bits of a hash that are left, and so one less than the longest row of zeros that is told.
_REST = 64 - _BITS

_ERROR = 1.04 / math.sqrt(_SIZE)
_ALPHA = 1 / (2 * math.log(2))


class Sketch:
    """How many distinct things were added, about; not which."""

    __slots__ = ("_registers",)

    def __init__(self, packed: bytes | None = None) -> None:
        """Begin empty, or with what ``packed()`` returned.

        Raises:
            ValueError: That was something else.
        """
        registers = bytearray(_SIZE if packed is None else zlib.decompress(packed))
        if len(registers) != _SIZE or max(registers) > _REST + 1:
            raise ValueError("This is no sketch.")
        self._registers = registers

    def add(self, hashed: int) -> None:
        """Add a thing by its hash, 64 bits as even as chance."""
        rank = _REST + 1 - (hashed >> _BITS).bit_length()
        index = hashed & _MASK
        self._registers[index] = max(self._registers[index], rank)

    def merge(self, other: "Sketch") -> None:
        """Add all that was added to ``other``; what both know counts once."""
        self._registers = bytearray(map(max, self._registers, other.numbers()))

    def numbers(self) -> bytes:
        """Return the small numbers."""
        return bytes(self._registers)

    def packed(self) -> bytes:
        """Return it as bytes: few for few things, some 1,300 at most."""
        return zlib.compress(self.numbers())

    def count(self) -> float:
        """Return about how many distinct things were added: see ``spread``."""
        numbers = [self._registers.count(rank) for rank in range(_REST + 2)]
        total = _SIZE * _tau(1 - numbers[-1] / _SIZE)
        for number in numbers[-2:0:-1]:
            total = (total + number) / 2
        total += _SIZE * _sigma(numbers[0] / _SIZE)
        return _ALPHA * _SIZE**2 / total


def spread(count: float) -> float:
    """Return the standard deviation of an estimate of ``count`` things.

    For few, only those that fall on the same number are missed: K.-Y. Whang and others, A
    linear-time probabilistic counting algorithm, 1990. For many it is 2.3 %.
    """
    load = min(count / _SIZE, 10.0)
    return min(_ERROR * count, math.sqrt(_SIZE * (math.expm1(load) - load)))


def _sigma(part: float) -> float:
    if part == 1:
        return math.inf
    weight, total, before = 1.0, part, -1.0
    while total != before:
        part *= part
        before = total
        total += part * weight
        weight *= 2
    return total


def _tau(part: float) -> float:
    if part in (0, 1):
        return 0.0
    weight, total, before = 1.0, 1 - part, -1.0
    while total != before:
        part = math.sqrt(part)
        before = total
        weight /= 2
        total -= (1 - part) ** 2 * weight
    return total / 3
