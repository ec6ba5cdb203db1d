"""How long Northlake keeps texts, and one legal hold: agreed and placed through the door by the people themselves."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from remit import identity
from remit.actions import Waiting, approve, perform
from remit.db.sessions import read
from remit.demo.firm import Firm
from remit.domains.retention.classes import Kind, SetRetention
from remit.domains.retention.holds import PlaceHold, list_holds
from remit.scope import Scope

YEARS: Final[tuple[tuple[Kind, int, str], ...]] = (
    ("messages", 7 * 366, "Seven years, the longest that the regimes of our readers ask"),
    ("notes", 7 * 366, "As long as the messages that they led to"),
)
HOLD: Final = (
    "The client disputes what we said about go-live; its counsel asked for everything that was written"
)


def agree(firm: Firm) -> None:
    """Set both kinds and place the hold, each once."""
    asks, agrees = (_scope(firm, role) for role in ("compliance", "governance"))
    for kind, days, why in YEARS:
        answer = perform(
            asks, SetRetention(of_kind=kind, keep_days=days, reason=why), key=f"demo-keeping:{kind}"
        )
        if isinstance(answer, Waiting):
            approve(agrees, answer.suggestion_id, answer.payload_hash)
    if list_holds(asks):
        return
    with read(asks) as session:
        account = session.scalar(
            "SELECT id FROM remit.accounts WHERE relation = 'customer' ORDER BY created_at, id LIMIT 1"
        )
    if account is not None:
        perform(asks, PlaceHold(account_id=account, reason=HOLD), key="demo-hold")


def _scope(firm: Firm, role: str) -> Scope:
    return identity.for_person(UUID(next(one.id for one in firm.people if one.role == role)), via="demo")
