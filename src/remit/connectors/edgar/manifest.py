"""What this connector is, for pages and checks."""

from __future__ import annotations

from typing import Final

NAME: Final = "edgar"
TITLE: Final = "EDGAR (filings by CIK)"
DELIVERS: Final = ()
BRINGS_IN: Final = ("AddDocument",)
PROVEN_AGAINST: Final = ("a mirror of our own on this machine",)
NOT_PROVEN: Final = "not yet proven against www.sec.gov"
