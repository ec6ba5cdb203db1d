"""What this connector is, for pages and checks."""

from __future__ import annotations

from typing import Final

NAME: Final = "hubspot"
TITLE: Final = "HubSpot"
DELIVERS: Final = ()
BRINGS_IN: Final = ("TakeCrmPage", "HastenCrm")
PROVEN_AGAINST: Final = ("a stateful counterpart of ours",)
NOT_PROVEN: Final = "not yet proven against a live portal"
