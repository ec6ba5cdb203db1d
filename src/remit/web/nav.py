"""The menu: what a page says about itself so that it appears there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NavEntry:
    """`order` sorts the menu (Today 10 … Settings 90). `roles`: who sees it; None means everybody.

    `phone`: shown in the bar at the bottom of a phone. `icon` is a name in static/vendor/icons.svg. `also`: further paths that
    belong to it.
    """

    title: str
    path: str
    icon: str
    order: int
    roles: frozenset[str] | None = None
    phone: bool = False
    also: tuple[str, ...] = ()


class Menu:
    """The entries of all pages, sorted."""

    def __init__(self, entries: Iterable[NavEntry]) -> None:
        self.entries = tuple(sorted(entries, key=lambda entry: entry.order))

    def for_roles(self, roles: frozenset[str]) -> list[NavEntry]:
        """The entries that somebody with these roles sees."""
        return [entry for entry in self.entries if entry.roles is None or entry.roles & roles]


def current_entry(entries: Iterable[NavEntry], path: str) -> str:
    """The path of the entry that `path` belongs to; "" when none."""
    inside = [
        entry.path
        for entry in entries
        for own in (entry.path, *entry.also)
        if path == own or path.startswith(own.rstrip("/") + "/")
    ]
    return max(inside, key=len, default="")
