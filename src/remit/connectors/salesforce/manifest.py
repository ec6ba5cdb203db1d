"""What this connector is, for pages and checks."""

from __future__ import annotations

from typing import Final

NAME: Final = "salesforce"
TITLE: Final = "Salesforce"
DELIVERS: Final = ()
BRINGS_IN: Final = ("TakeCrmPage",)
PROVEN_AGAINST: Final = (
    "a stateful counterpart of ours that parses each SOQL",
    "recorded answers of its describe, query and errors",
)
NOT_PROVEN: Final = "not yet proven against a live org"
