"""What of a reading is shown: the document of `remit draft outreach --paste FILE --dry-run`."""

from __future__ import annotations

from typing import Any

from remit.domains.pasted.reading import Line, Reading
from remit.knowledge.pasted.model import SOURCES


def reading_document(reading: Reading) -> dict[str, Any]:
    """A reading as plain values. Offsets are characters of the text as it was taken."""
    return {
        "source": SOURCES[reading.source], "sha256": reading.sha256, "characters": len(reading.pasted.text),
        "removed_characters": reading.pasted.removed_count, "orders_passed_over": reading.order_count, "firm": reading.firm,
        "accounts": [{"id": str(found), "name": name} for found, name in reading.accounts],
        "also_told": [{"says": one.says, "words": list(one.words)} for one in reading.told],
        "facts": [fact_row(line) for line in reading.lines],
    }  # fmt: skip


def fact_row(line: Line) -> dict[str, Any]:
    """One found statement as plain values."""
    one, use = line.found, line.use
    return {
        "number": line.number, "kind": one.kind, "subject": one.subject, "value": one.value, "as_of": line.as_of_on.isoformat(),
        "start": one.start, "end": one.end, "value_start": one.at[0], "value_end": one.at[1], "quote": line.quote,
        "data_class": use.data_class, "sensitivity": use.sensitivity, "sayable": use.sayable, "expectability": use.expectability,
        "keep": use.keep, "doubt": one.doubt, "why_our_eyes_only": use.why,
    }  # fmt: skip
