"""Compliance approves a category of templates as it stands, and takes the approval back (S1-R3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, ClassVar, Final
from uuid import UUID

from pydantic import Field, StringConstraints, field_validator

from remit.actions import Action, Change, Check, Conflict, NotFound, Refused, Target, handler
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.supervision import rules
from remit.domains.supervision.categories import load_approvals, load_standing
from remit.domains.supervision.rules import CATEGORIES
from remit.kit import clock
from remit.kit.ids import new_id

Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]

_INSERT: Final = """
INSERT INTO remit.category_approvals (id, category, rules_sha256, version_ids, expires_on, note, approved_by, second_by, at)
VALUES (:id, :category, :rules, :versions, :expires, :note, :by, :second, :at)
"""
_END: Final = """
UPDATE remit.category_approvals SET ended_at = :at, ended_by = :by, ended_why = :why, version = version + 1
WHERE category = :category AND ended_at IS NULL
"""


class ApproveCategory(Action):
    """Compliance approves a category as it stands: the live versions named here, under the rules of this hash, until a day."""

    event: ClassVar[str] = "supervision:category:approve"
    category: str
    rules_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    version_ids: tuple[UUID, ...] = Field(min_length=1, max_length=2000)
    expires_on: date
    note: Note = ""

    @field_validator("category")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in CATEGORIES:
            raise ValueError(f"{value!r} is none of {', '.join(CATEGORIES)}")
        return value


class WithdrawCategory(Action):
    """Take the approval of a category back: where a profile asks for it, its templates are out of use at once."""

    event: ClassVar[str] = "supervision:category:withdraw"
    approval_id: UUID
    expected_version: int
    reason: Reason


def _as_it_stands(s: ReadSession, action: ApproveCategory) -> Target:
    standing = load_standing(s, clock.today())
    two = any(one.two_people and action.category in one.approval_of for one in standing.profiles)
    return Target(
        "template_category", title=f"Approval of the category {CATEGORIES[action.category]} until {action.expires_on}",
        context={"oversight": "change" if two else "none"}, subjects=_makers(s, action.version_ids),
    )  # fmt: skip


def _makers(s: ReadSession, ids: Sequence[UUID]) -> tuple[UUID, ...]:
    rows = s.rows("SELECT DISTINCT made_by FROM remit.template_versions WHERE id = ANY(:ids)", {"ids": list(ids)})  # fmt: skip
    return tuple(row.made_by for row in rows)


def _looked_at(s: ReadSession, action: ApproveCategory, target: Target) -> Sequence[Check]:
    """It is the category of this moment that is approved, by somebody who wrote none of it, for a time that ends."""
    today = clock.today()
    standing = load_standing(s, today)
    found = next(one for one in standing.categories if one.key == action.category)
    same = set(found.live_ids) == set(action.version_ids) and standing.rules_sha256 == action.rules_sha256
    latest = today + timedelta(days=rules.LONGEST_DAYS)
    return [
        Check.that(
            "category-as-seen", same, "Its templates, the profiles or the rules of conduct are not those that you looked at; look again.",
            "It is the category as it stands now.",
        ),
        Check.that(
            "category-expires", today < action.expires_on <= latest,
            f"An approval ends after today and within {rules.LONGEST_DAYS} days, by {latest}.", f"It ends on {action.expires_on}.",
        ),
        Check.that(
            "category-not-own", s.scope.person_id not in target.subjects, "You wrote one of its templates; somebody else in compliance approves the category.",
            "Others wrote its templates.",
        ),
    ]  # fmt: skip


@handler(ApproveCategory, target=_as_it_stands, checks=[_looked_at])
def approve_category(tx: WriteSession, action: ApproveCategory, _target: Target) -> Change:
    """Live from here on; the approval before it ends."""
    approval_id = new_id()
    before = next((one for one in load_approvals(tx) if one.category == action.category), None)
    _end(tx, action.category, "approved anew")
    tx.execute(
        _INSERT,
        {
            "id": approval_id, "category": action.category, "rules": action.rules_sha256, "versions": list(action.version_ids),
            "expires": action.expires_on, "note": action.note, "by": tx.maker_id, "second": tx.approver_id, "at": tx.now,
        },
    )  # fmt: skip
    after = {"category": action.category, "versions": len(action.version_ids), "expires_on": str(action.expires_on), "rules_sha256": action.rules_sha256}  # fmt: skip
    return Change(
        "category_approval", approval_id, {"approval_id": str(before.id)} if before else {}, after, result={"approval_id": str(approval_id)}
    )  # fmt: skip


def _end(tx: WriteSession, category: str, why: str) -> None:
    tx.execute(_END, {"category": category, "at": tx.now, "by": tx.maker_id, "why": why})


def _approval(s: ReadSession, action: WithdrawCategory) -> Target:
    row = s.row("SELECT id, version, category FROM remit.category_approvals WHERE id = :id", {"id": action.approval_id})  # fmt: skip
    if row is None:
        raise NotFound("approval")
    return Target("category_approval", row.id, version=row.version, title=f"Withdraw the approval of {CATEGORIES[row.category]}")  # fmt: skip


@handler(WithdrawCategory, target=_approval)
def withdraw_category(tx: WriteSession, action: WithdrawCategory, target: Target) -> Change:
    """Ended from here on, with the reason."""
    row = tx.row(
        "SELECT category, version, ended_at FROM remit.category_approvals WHERE id = :id FOR UPDATE",
        {"id": target.id},
    )
    if row is None or row.ended_at is not None:
        raise Refused("This approval has ended already.", code="approval_ended")
    if row.version != action.expected_version:
        raise Conflict("approval", expected=action.expected_version, found=row.version)
    _end(tx, row.category, action.reason)
    return Change("category_approval", target.id, {"live": True}, {"live": False, "reason": action.reason})
