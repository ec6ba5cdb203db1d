"""The demo firm's supervision: profiles of its entities, categories approved by compliance (one not yet, one about to end), all through the door."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from remit import identity
from remit.actions import Action, Refused, Waiting, approve, perform
from remit.demo.firm import Firm
from remit.domains.library.model import CATEGORIES
from remit.domains.supervision import categories
from remit.domains.supervision.categories import ApproveCategory
from remit.domains.supervision.profiles import SetRuleProfile
from remit.evidence import conduct_regimes
from remit.kit import clock
from remit.scope import Scope

ENTITIES: Final = (
    ("Northlake Clearing LLC", "US", "us_broker_dealer", 0.05, False),
    ("Northlake Systems Ltd", "UK", "uk_firm", 0.08, True),
    ("Northlake Systems SA", "EU", "eu_firm", 0.05, False),
)
"""Entity, where its readers are, regime, share of messages drawn for review, whether a category takes two people."""
NOT_YET: Final = ("security",)
DAYS: Final = {"offer": 12}
USUAL_DAYS: Final = 180


def expected() -> dict[str, Any]:
    """What gate S1-G3 has to find: every category that ships is in use, those in NOT_YET nobody has approved."""
    share = (len(CATEGORIES) - len(NOT_YET)) / len(CATEGORIES)
    return {"value": share, "n": len(CATEGORIES), "state": "not_met", "not_approved": list(NOT_YET)}


def set_up(firm: Firm) -> None:
    """Set the profiles and approve the categories, each once. Raises Refused."""
    asks, agrees = (_scope(firm, role) for role in ("compliance", "governance"))
    known = conduct_regimes.current()
    for entity, place, regime, rate, two in ENTITIES:
        of = known[regime]
        action = SetRuleProfile(
            entity=entity, jurisdiction=place, regimes=(regime,), approval_of=of.approval_of, two_people=two,
            disclosures=tuple(text.replace("{entity}", entity) for text in (of.disclosure,) if text), sample_rate=rate,
            retention_years=of.retention_years,
        )  # fmt: skip
        _agreed(asks, agrees, action, f"demo-profile:{place}")
    standing = categories.get_standing(asks, clock.today())
    for one in standing.in_use:
        if one.key not in NOT_YET and one.approval is None:
            ends = firm.as_of + timedelta(days=DAYS.get(one.key, USUAL_DAYS))
            approval = ApproveCategory(
                category=one.key, rules_sha256=standing.rules_sha256, version_ids=tuple(one.live_ids), expires_on=ends,
                note="Read with the library's first edition",
            )  # fmt: skip
            _agreed(asks, agrees, approval, f"demo-category:{one.key}")


def _scope(firm: Firm, role: str) -> Scope:
    return identity.for_person(UUID(next(one.id for one in firm.people if one.role == role)), via="demo")


def _agreed(asks: Scope, agrees: Scope, action: Action, key: str) -> None:
    answer = perform(asks, action, key=key)
    if isinstance(answer, Waiting):
        approve(agrees, answer.suggestion_id, answer.payload_hash)
    elif isinstance(action, SetRuleProfile) and not answer.repeated:
        raise Refused("A rule profile was set by one person alone; policy should ask for two.")
