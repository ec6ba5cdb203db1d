"""Keeping a comparison at an account, as it was seen."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from remit.actions import Action, Change, Refused, Target, handler
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.accounts.targets import account_target
from remit.domains.briefs.keeping import Kept, keep
from remit.domains.competition import markdown
from remit.domains.competition.queries import load_comparison


class SaveComparison(Action):
    """Keep a competitor beside a product as a note on an account: `sha256` is the hash that the page or command showed."""

    event: ClassVar[str] = "comparison:save"
    account_id: UUID
    competitor_id: UUID
    product_id: UUID
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


def _account(session: ReadSession, action: SaveComparison) -> Target:
    return account_target(session, action.account_id)


@handler(SaveComparison, target=_account)
def save_comparison(tx: WriteSession, action: SaveComparison, target: Target) -> Change:
    """Put it together again and keep it when it is what was seen."""
    found = load_comparison(
        tx, action.competitor_id, action.product_id, account_id=action.account_id, now=tx.now
    )
    if found.sha256 != action.sha256:
        raise Refused(
            "The records have changed since this comparison was shown. Look at it again, then save it.", code="brief_changed"
        )  # fmt: skip
    kept, title = found.kept(), f"{found.product.name} beside {found.competitor.name}"
    return keep(tx, target, Kept(
        "comparison", title, markdown.written(kept, private=True), kept.document(), kept.sha256, [fact.id for fact in kept.facts()],
        competitor_id=kept.competitor.id,
    ))  # fmt: skip
