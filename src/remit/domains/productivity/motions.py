"""The kinds of work that are timed, by name; a file of its own so that a command's help reads it without loading the slice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

MOTIONS: Final[Mapping[str, str]] = {
    "outreach": "First message",
    "answer": "Answer to a buyer",
    "follow_up": "Follow-up after a call",
    "summary": "Summary of a document or call",
    "brief": "Preparing a meeting",
    "comparison": "Comparing with a competitor",
    "proposal": "Proposal",
    "questionnaire": "Answering a questionnaire",
}
"""The kinds of work that some kind of artefact serves: a case of any other could name no evidence."""
NAMES: Final[Mapping[str, str]] = MOTIONS
