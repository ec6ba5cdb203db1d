"""What the door answered, where only a deed will do."""

from __future__ import annotations

from remit.actions.errors import Refused
from remit.actions.model import Performed, Waiting


def performed(answer: Performed | Waiting) -> Performed:
    """The deed. Raises Refused (`needs_approval`) with the request's id where it waits for a person."""
    if isinstance(answer, Waiting):
        raise why_waiting(answer)
    return answer


def why_waiting(answer: Waiting) -> Refused:
    """The refusal that says what waits, and under which id."""
    details = {"suggestion_id": str(answer.suggestion_id)}
    return Refused(answer.sentence, code="needs_approval", details=details)
