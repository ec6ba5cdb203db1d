"""What this connector is, for pages and checks."""

from __future__ import annotations

from typing import Final

NAME: Final = "feeds"
TITLE: Final = "Feeds (RSS and Atom)"
DELIVERS: Final = ()
BRINGS_IN: Final = ("AddDocument",)
PROVEN_AGAINST: Final = ("a server of our own on this machine",)
NOT_PROVEN: Final = "not yet proven against a commercial news service"
