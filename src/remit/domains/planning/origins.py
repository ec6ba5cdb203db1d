"""Whether a fact comes from what we wrote down ourselves, by what its source is: not by whether we may say it. Pure."""

from __future__ import annotations

import re
from typing import Final

OUR_DOCUMENTS: Final = frozenset({"call_note", "meeting_note"})
_OURS: Final = re.compile(
    r"(?:notes?|minutes|meeting|visit|lunch|dinner|breakfast|demo|talk|conversation|(?:phone )?call(?! transcript))\b",
    re.IGNORECASE,
)


def is_ours(source_name: str, document_kind: str | None) -> bool:
    """Of a document: whether it is a note of ours. Without one, whether its source is called a note or a talk (“Note of the call of …”).

    A filing that we keep to ourselves is still news; what they told us in a meeting is from our notes though it may be said to them.
    """
    if document_kind is not None:
        return document_kind in OUR_DOCUMENTS
    return _OURS.match(source_name.strip()) is not None
