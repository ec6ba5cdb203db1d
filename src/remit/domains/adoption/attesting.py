"""AttestAiUse: a rep's own word, once a month, on what they did with AI other than Remit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from remit.actions import Action, Change, Check, Target, handler
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.adoption import rules
from remit.kit import clock
from remit.kit.ids import new_id

Tool = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class AttestAiUse(Action):
    """In that month I did so many pieces of work (e-mails, notes, documents …) with AI other than the firm's. A later word counts instead."""

    event: ClassVar[str] = "ai_use:attest"
    month_on: date
    other_count: int = Field(ge=0, le=2_000)
    tools: tuple[Tool, ...] = Field((), max_length=10)


def _month(_session: ReadSession, action: AttestAiUse) -> Target:
    return Target("ai_attestation", title=f"Use of AI in {action.month_on:%B %Y}")


def _attestable(_session: ReadSession, action: AttestAiUse, _target: Target) -> Sequence[Check]:
    return [rules.check_month(action.month_on, clock.today())]


@handler(AttestAiUse, target=_month, checks=[_attestable])
def attest(tx: WriteSession, action: AttestAiUse, _target: Target) -> Change:
    """Kept beside what was said before; the newest counts."""
    made = new_id()
    tx.execute(
        """INSERT INTO remit.ai_attestations (id, person_id, month_on, other_count, tools, at)
        VALUES (:id, :person, :month, :count, :tools, :at)""",
        {
            "id": made, "person": tx.maker_id, "month": action.month_on, "count": action.other_count, "tools": list(action.tools),
            "at": tx.now,
        },
    )  # fmt: skip
    return Change("ai_attestation", made, after=action.payload(), result={"attestation_id": str(made)})
