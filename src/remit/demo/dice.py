"""Random draws and ids that are the same on every machine and Python for the same seed.

Only `random.Random.random()` is promised to stay the same between Python versions, so every draw is made from it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from hashlib import blake2b
from random import Random
from typing import Final, TypeVar

Item = TypeVar("Item")

_TWO_PI: Final = 2 * math.pi


class Dice:
    """One stream of draws, named by its seed: streams of different names know nothing of each other."""

    __slots__ = ("roll",)

    def __init__(self, *name: object) -> None:
        self.roll = Random(":".join(str(part) for part in name)).random

    def chance(self, probability: float) -> bool:
        """True with `probability` (0–1)."""
        return self.roll() < probability

    def pick(self, items: Sequence[Item]) -> Item:
        """One of `items`, each as likely."""
        return items[int(self.roll() * len(items))]

    def weighted(self, items: Sequence[Item], shares: Sequence[float]) -> Item:
        """One of `items` by `shares`, which sum to 1 (the last takes what rounding leaves)."""
        point = self.roll()
        for item, share in zip(items, shares, strict=True):
            point -= share
            if point < 0:
                return item
        return items[-1]

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self.roll() * (high - low + 1))

    def normal(self) -> float:
        """Standard normal (Box and Muller)."""
        return math.sqrt(-2 * math.log(1 - self.roll())) * math.cos(_TWO_PI * self.roll())

    def lognormal(self, median: float, sigma: float) -> float:
        """Lognormal with the given median and the standard deviation of its logarithm."""
        return median * math.exp(sigma * self.normal())

    def exponential(self, mean: float) -> float:
        """Exponential with the given mean."""
        return -mean * math.log(1 - self.roll())

    def count(self, mean: float) -> int:
        """Poisson with the given mean (small means: Knuth; larger: rounded normal)."""
        if mean > 30:
            return max(0, round(mean + math.sqrt(mean) * self.normal()))
        limit, product, found = math.exp(-mean), self.roll(), 0
        while product > limit:
            product *= self.roll()
            found += 1
        return found

    def share(self, mean: float, spread: float) -> float:
        """A number in 0.02–0.98 around `mean` (normal, cut off)."""
        return min(0.98, max(0.02, mean + spread * self.normal()))

    def some(self, items: Sequence[Item], count: int) -> list[Item]:
        """`count` different ones of `items` (all when there are fewer), in drawn order."""
        left = list(items)
        return [left.pop(int(self.roll() * len(left))) for _ in range(min(count, len(left)))]


class Ids:
    """Ids of one seed: version-7 layout, so that rows sort by when they happened; the rest is a hash of the key."""

    __slots__ = ("_key",)

    def __init__(self, seed: int, version: int) -> None:
        self._key = f"{seed}/{version}".encode()

    def at(self, unix_seconds: int, key: str) -> str:
        """The id of `key` (unique in the simulation) at an instant; text form."""
        digest = blake2b(key.encode(), digest_size=10, key=self._key).hexdigest()
        stamp = f"{unix_seconds * 1000:012x}"
        variant = "89ab"[int(digest[3], 16) & 3]
        return f"{stamp[:8]}-{stamp[8:]}-7{digest[:3]}-{variant}{digest[4:7]}-{digest[7:19]}"


def sigmoid(x: float) -> float:
    """The logistic function."""
    return 1 / (1 + math.exp(-x))
