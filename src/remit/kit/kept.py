"""Remembering what was worked out of a list of things that are the same objects as before."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from functools import wraps
from typing import TypeVar

_T = TypeVar("_T")
_R = TypeVar("_R")


def kept(most: int) -> Callable[[Callable[..., _R]], Callable[..., _R]]:
    """A pure function of (things, …): its last `most` results are remembered for the same objects in the same order.

    The things are compared by identity, which is quick and needs them to be frozen; the rest by value. They are kept alive as long as
    their result, so no other object takes their place.
    """

    def around(function: Callable[..., _R]) -> Callable[..., _R]:
        known: OrderedDict[Hashable, tuple[Sequence[object], _R]] = OrderedDict()

        @wraps(function)
        def remembering(things: Sequence[object], *rest: Hashable) -> _R:
            key = (tuple(map(id, things)), rest)
            found = known.get(key)
            if found is None:
                found = known[key] = (tuple(things), function(things, *rest))
                if len(known) > most:
                    known.popitem(last=False)
            return found[1]

        return remembering

    return around
