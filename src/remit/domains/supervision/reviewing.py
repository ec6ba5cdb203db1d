"""ReviewItem: somebody of compliance has read what was drawn, and says what they found in it, or that it is clear."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from remit import settings
from remit.actions import Action, Change, Check, Conflict, NotFound, Refused, Target, handler
from remit.actions.seeded import reading_of
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.supervision import rules
from remit.evidence import conduct_rules
from remit.kit.ids import new_id

OWN_RULE: Final = "own-judgement"
"""What no rule of conduct says and yet should not stand there."""
_FIND: Final = """
SELECT i.id, i.account_id, i.access_id, i.subject, i.body, i.state, i.version, a.name AS account
FROM remit.review_items i JOIN remit.accounts a ON a.id = i.account_id WHERE i.id = :id
"""
_DONE: Final = """
UPDATE remit.review_items SET state = :state, reviewed_by = :by, reviewed_at = :at, seconds = :seconds, note = :note, version = version + 1
WHERE id = :id AND version = :expected AND state = 'open'
"""
_FINDING: Final = """
INSERT INTO remit.findings (id, item_id, account_id, access_id, person_id, severity, rule_id, quote, note, found_by, found_at)
VALUES (:id, :item, :account, :access, NULL, :severity, :rule, :quote, :note, :by, :at)
"""


class Found(BaseModel):
    """One thing found: how bad, against which rule, the words as they stand there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    severity: Literal["low", "medium", "high"]
    rule_id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,40}$")]
    quote: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=600)]
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""


class ReviewItem(Action):
    """The verdict on one item: what was found in it; nothing means that it is clear. `seconds`: how long it was open before the reader."""

    event: ClassVar[str] = "supervision:item:review"
    item_id: UUID
    expected_version: int
    findings: tuple[Found, ...] = Field((), max_length=20)
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""
    seconds: int | None = Field(None, ge=0, le=86_400)


def rules_named() -> dict[str, str]:
    """The rules that a finding may name, by id: what each says is wrong."""
    configured = settings.load()
    found = conduct_rules.current(configured.conduct_rules_file or conduct_rules.DEFAULT_FILE)
    return {OWN_RULE: "The reviewer’s own judgement", **{one.id: one.says for one in found}}


def _item(s: ReadSession, action: ReviewItem) -> Target:
    row = _row(s, action.item_id)
    return Target("review_item", row.id, row.account_id, row.access_id, version=row.version, title=f"Review of a message to {row.account}")  # fmt: skip


def _row(s: ReadSession, item_id: UUID) -> Any:
    row = s.row(_FIND, {"id": item_id})
    if row is None:
        raise NotFound("item of the review queue")
    return row


def _read_it(s: ReadSession, action: ReviewItem, _target: Target) -> Sequence[Check]:
    """What is found stands there, against a rule that there is; whoever does not catch what is seeded clears nothing."""
    row = _row(s, action.item_id)
    outside = rules.quotes_outside(f"{row.subject}\n{row.body}", [one.quote for one in action.findings])
    known = rules_named()
    unknown = [one.rule_id for one in action.findings if one.rule_id not in known]
    checks = [
        Check.that(
            "finding-quotes", not outside, f"“{outside[0][:80]}” does not stand in the message; quote its words." if outside else "",
            "Every quote stands in the message.",
        ),
        Check.that(
            "finding-rules", not unknown, f"There is no rule {', '.join(unknown)}; {OWN_RULE} is for what no rule says.", "Every rule that is named there is.",
        ),
    ]  # fmt: skip
    if not action.findings:
        reading = reading_of(s, s.scope.person_id)
        checks.append(
            Check.that(
                "approving-power", reading.may_approve,
                f"You may find, not clear: of the seeded drafts you answered last, {reading.told()}. Fresh catches bring it back, or somebody of"
                " compliance, the board or the VP.",
                f"Seeded drafts: {reading.told()}.",
            )
        )  # fmt: skip
    return checks


@handler(ReviewItem, target=_item, checks=[_read_it])
def review_item(tx: WriteSession, action: ReviewItem, target: Target) -> Change:
    """Close the item with its findings; only now is it known whose message it was."""
    for one in action.findings:
        tx.execute(
            _FINDING,
            {
                "id": new_id(), "item": action.item_id, "account": target.account_id, "access": target.access_id, "severity": one.severity,
                "rule": one.rule_id, "quote": one.quote, "note": one.note, "by": tx.maker_id, "at": tx.now,
            },
        )  # fmt: skip
    state = "finding" if action.findings else "clear"
    values = {"id": action.item_id, "expected": action.expected_version, "state": state, "by": tx.maker_id, "at": tx.now,
              "seconds": action.seconds, "note": action.note}  # fmt: skip
    if tx.execute(_DONE, values).rowcount == 0:
        row = _row(tx, action.item_id)
        if row.state != "open":
            raise Refused("This was reviewed already.", code="item_closed")
        raise Conflict("item", expected=action.expected_version, found=row.version)
    author = tx.scalar(
        "SELECT author_id FROM remit.review_origins WHERE item_id = :id", {"id": action.item_id}
    )
    if author == tx.maker_id:
        raise Refused("You wrote this message; somebody else reviews it.", code="own_message")
    after = {"state": state, "findings": [one.model_dump() for one in action.findings], "seconds": action.seconds}  # fmt: skip
    return Change("review_item", action.item_id, {"state": "open"}, after, result={"state": state, "findings": len(action.findings)})  # fmt: skip
