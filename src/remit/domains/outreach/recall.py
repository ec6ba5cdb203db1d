"""Messages that went out on facts which have fallen since, and the correction of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from remit.actions import NotFound, Refused, perform, performed
from remit.db.sessions import ReadSession, read
from remit.domains.facts.queries import COLUMNS, fact_of, load_fact
from remit.domains.outreach.actions import WriteDraft
from remit.domains.outreach.material import gather
from remit.evidence.facts import Fact
from remit.evidence.recall import in_place_of, why_fallen
from remit.kit import clock
from remit.llm.embedded.correction import SUBJECT, compose_correction
from remit.llm.embedded.outreach import WRITER, NothingToSay
from remit.scope import Scope

PURPOSE: Final = "correction"
_RELIED: Final = f"""
SELECT m.id AS message_id, m.at, m.subject AS headline, m.to_address, m.account_id AS message_account, a.name AS account,
    m.contact_id AS reader_id, f.replaced_by, d.id AS draft_id, d.state AS draft_state, {COLUMNS}
FROM remit.messages m JOIN remit.facts f ON f.id = ANY (m.fact_ids) JOIN remit.accounts a ON a.id = m.account_id
LEFT JOIN remit.effects e ON e.id = m.effect_id
LEFT JOIN LATERAL (SELECT c.id, c.state FROM remit.drafts c WHERE c.corrects_message_id = m.id AND c.state <> 'discarded'
    ORDER BY c.created_at DESC LIMIT 1) d ON true
WHERE m.direction = 'out' AND (f.state <> 'live' OR f.valid_until_on < :today)
  AND coalesce(e.state, '') NOT IN ('recalled', 'failed')
  AND (CAST(:message AS uuid) IS NULL OR m.id = :message) AND (CAST(:fact AS uuid) IS NULL OR f.id = :fact)
ORDER BY m.at DESC, m.id, f.id LIMIT :limit
"""


@dataclass(frozen=True, slots=True)
class Relied:
    """A message that left and one fact of it that has fallen: corrected, withdrawn or expired (`why`).

    `draft_id`, `draft_state`: the correction, if somebody wrote one.
    """

    message_id: UUID
    at: datetime
    subject: str
    to_address: str
    account_id: UUID
    account: str
    contact_id: UUID | None
    fact: Fact
    why: str
    replaced_by: UUID | None
    draft_id: UUID | None
    draft_state: str | None


def list_recalls(scope: Scope, *, fact_id: UUID | None = None, limit: int = 200) -> list[Relied]:
    """Messages about accounts that the reader sees and that stand on a fallen fact, newest first."""
    with read(scope) as s:
        return load_recalls(s, fact_id=fact_id, limit=limit)


def load_recalls(
    s: ReadSession, *, message_id: UUID | None = None, fact_id: UUID | None = None, limit: int = 200
) -> list[Relied]:
    """As `list_recalls`, in a session; of one message with `message_id`."""
    today = clock.today()
    rows = s.rows(_RELIED, {"today": today, "message": message_id, "fact": fact_id, "limit": limit})
    return [
        Relied(
            row.message_id, row.at, row.headline, row.to_address, row.message_account, row.account, row.reader_id,
            fact := fact_of(row), why_fallen(fact, today), row.replaced_by, row.draft_id, row.draft_state,
        )
        for row in rows
    ]  # fmt: skip


def draft_correction(scope: Scope, message_id: UUID) -> UUID:
    """Write the correction of a message to its reader; gives the draft's id. It waits for approval as any draft.

    Raises NotFound (no such message), Refused: nothing_to_correct · correction_exists · no_sayable_fact.
    """
    now = clock.now()
    with read(scope) as s:
        if not s.scalar(
            "SELECT true FROM remit.messages WHERE id = :id AND direction = 'out'", {"id": message_id}
        ):
            raise NotFound("message")
        found = load_recalls(s, message_id=message_id)
        relied = next((one for one in found if one.contact_id is not None), None)
        if relied is None or relied.contact_id is None:
            raise Refused("Every fact of this message still stands.", code="nothing_to_correct")
        if relied.draft_id is not None:
            raise Refused(
                f"There is a correction already, {relied.draft_state}.", code="correction_exists", details={"draft_id": str(relied.draft_id)}
            )  # fmt: skip
        material = gather(s, relied.contact_id, scope.person_id, now)
        stands = _stands_now(s, relied, material.facts)
    try:
        body = compose_correction(
            material.reader, material.writer, relied.fact, stands, material.facts, material.context
        )
    except NothingToSay as error:
        raise Refused(str(error), code=error.code) from error
    done = perform(
        scope,
        WriteDraft(
            contact_id=relied.contact_id, purpose=PURPOSE, subject=SUBJECT, body=body, writer=WRITER, corrects_message_id=message_id
        ),
    )  # fmt: skip
    done = performed(done)
    return UUID(str(done.result["draft_id"]))


def _stands_now(s: ReadSession, relied: Relied, facts: list[Fact]) -> Fact | None:
    """What the fallen fact was corrected to, at the end of the chain, or else the one fact of its kind that stands."""
    day, following = clock.today(), relied.replaced_by
    for _ in range(20):
        if following is None:
            break
        found = load_fact(s, following)
        if found.live_on(day):
            return found
        following = s.scalar("SELECT replaced_by FROM remit.facts WHERE id = :id", {"id": found.id})
    return in_place_of(relied.fact, facts, day)
