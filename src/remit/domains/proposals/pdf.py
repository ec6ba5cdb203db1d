"""A proposal as PDF, by typst: no font and no file of this machine, no clock. The same document gives the same bytes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from remit.domains.proposals.model import Document
from remit.domains.proposals.presenting import Status, shown

LAYOUT: Final = Path(__file__).parent / "shipped" / "proposal.typ"


@lru_cache(maxsize=1)
def _fonts() -> Any:
    import typst  # loaded when asked for: half a second

    return typst.Fonts(include_system_fonts=False)


def pdf(document: Document, status: Status) -> bytes:
    """The file. Its date is the document's own."""
    import typst

    day = datetime.fromisoformat(document.day).replace(tzinfo=UTC)
    made = typst.compile(
        LAYOUT.read_bytes(), format="pdf", font_paths=_fonts(), ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(shown(document, status), ensure_ascii=False), "day": document.day},
        timestamp=int(day.timestamp()),
    )  # fmt: skip
    if not isinstance(made, bytes):
        raise TypeError("typst gave no single file")
    return made
