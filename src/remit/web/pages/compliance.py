"""Compliance: template categories with their approvals, and the rule profiles that ask for them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Form
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from remit.domains.supervision import categories, profiles, rules
from remit.domains.supervision.approving import ApproveCategory, WithdrawCategory
from remit.domains.supervision.profiles import SetRuleProfile
from remit.domains.supervision.rules import CATEGORIES
from remit.evidence import conduct_regimes, conduct_rules
from remit.evidence.conduct_regimes import JURISDICTIONS
from remit.kit import clock
from remit.policy.powers import list_powers
from remit.web import feedback, render
from remit.web.allowed import asked, may
from remit.web.doing import act
from remit.web.nav import NavEntry
from remit.web.sessions import CurrentViewer, require

router = APIRouter()
READERS: Final = frozenset(
    {"sdr", "ae", "se", "manager", "vp", "enablement", "compliance", "governance", "operations"}
)
NAV = NavEntry("Compliance", "/compliance", "shield", 65, roles=READERS)
DAYS: Final = 180
"""For how long an approval is offered."""


@router.get("/compliance")
def overview(request: Request, viewer: CurrentViewer) -> Response:
    """The categories as they stand today."""
    require(viewer, *READERS)
    standing = categories.get_standing(viewer.scope, clock.today())
    used = standing.in_use
    return render.page(
        request, "compliance/categories.html", standing=standing, used=used, covered=sum(not one.why_not for one in used),
        today=clock.today(), soon=rules.SOON_DAYS, days=categories.USE_DAYS,
    )  # fmt: skip


@router.get("/compliance/categories/{key}")
def category(request: Request, viewer: CurrentViewer, key: str) -> Response:
    """One category: what an approval would be of, and all that there were."""
    require(viewer, *READERS)
    found, standing, approvals = categories.get_category(viewer.scope, key)
    two = any(one.two_people and key in one.approval_of for one in standing.profiles)
    answer = asked(viewer.scope, "ApproveCategory", "template_category", context={"oversight": "change" if two else "none"})  # fmt: skip
    return render.page(
        request, "compliance/category.html", one=found, standing=standing, approvals=approvals, two=two,
        may_approve=answer.outcome != "forbid" and bool(found.live_ids), may_withdraw=may(viewer.scope, "WithdrawCategory"),
        until=date.fromordinal(clock.today().toordinal() + DAYS), latest=date.fromordinal(clock.today().toordinal() + rules.LONGEST_DAYS),
        versions=dict(zip(found.live_ids, found.live_names, strict=True)),
    )  # fmt: skip


@router.post("/compliance/categories/{key}/approve")
def approve(
    request: Request, viewer: CurrentViewer, key: str, rules_sha256: Annotated[str, Form(max_length=64)],
    until: Annotated[date, Form()], version: Annotated[list[UUID] | None, Form(max_length=2000)] = None,
    note: Annotated[str, Form(max_length=500)] = "",
) -> Response:  # fmt: skip
    """Approve the category as the form shows it."""
    where = f"/compliance/categories/{key}"
    try:
        action = ApproveCategory(
            category=key, rules_sha256=rules_sha256, version_ids=tuple(version or ()), expires_on=until, note=note
        )  # fmt: skip
    except ValidationError as error:
        return feedback.go(request, where, told(error), "refused")
    return act(request, viewer, action, where, "Approved. Its templates may be used until that day.")


@router.post("/compliance/approvals/{approval_id}/withdraw")
def withdraw(
    request: Request, viewer: CurrentViewer, approval_id: UUID, version: Annotated[int, Form()],
    reason: Annotated[str, Form(max_length=500)], key: Annotated[str, Form(max_length=40)],
) -> Response:  # fmt: skip
    """Take an approval back."""
    where = f"/compliance/categories/{key}" if key in CATEGORIES else "/compliance"
    action = WithdrawCategory(approval_id=approval_id, expected_version=version, reason=reason)
    return act(request, viewer, action, where, "Withdrawn.")


@router.get("/compliance/profiles")
def overview_of_profiles(request: Request, viewer: CurrentViewer, entity: str = "") -> Response:  # fmt: skip
    """Under which rules our entities write, and the form for a new version. `entity`: the profile to change."""
    require(viewer, *READERS)
    found = profiles.list_profiles(viewer.scope, ended=True)
    live = [one for one in found if one.ended_at is None]
    changing = next((one for one in live if str(one.id) == entity), None)
    return render.page(
        request, "compliance/profiles.html", live=live, ended=[one for one in found if one.ended_at is not None], changing=changing,
        regimes=conduct_regimes.current(), rules=_rules_by_regime(), jurisdictions=JURISDICTIONS, categories=CATEGORIES,
        may_set=asked(viewer.scope, "SetRuleProfile", "rule_profile").outcome != "forbid", powers=list_powers(),
    )  # fmt: skip


def _rules_by_regime() -> dict[str, list[conduct_rules.Rule]]:
    """The rules of conduct that hold under each regime."""
    found = conduct_rules.current()
    return {
        name: [one for one in found if not one.profiles or name in one.profiles]
        for name in conduct_rules.PROFILES
    }


@router.post("/compliance/profiles")
def set_profile(
    request: Request, viewer: CurrentViewer, entity: Annotated[str, Form(max_length=120)], jurisdiction: Annotated[str, Form(max_length=10)],
    after_number: Annotated[int, Form()] = 0, regimes: Annotated[list[str] | None, Form(max_length=4)] = None,
    approval_of: Annotated[list[str] | None, Form(max_length=20)] = None, two_people: Annotated[str, Form(max_length=3)] = "",
    disclosures: Annotated[str, Form(max_length=2000)] = "", sample_percent: Annotated[float, Form(ge=0, le=100)] = 5,
    new_template_count: Annotated[int, Form()] = 20, due_days: Annotated[int, Form()] = 5, retention_years: Annotated[int, Form()] = 5,
) -> Response:  # fmt: skip
    """Ask for a profile; a second person approves it."""
    given: dict[str, Any] = {
        "entity": entity, "jurisdiction": jurisdiction, "after_number": after_number, "regimes": tuple(regimes or ()),
        "approval_of": tuple(approval_of or ()), "two_people": bool(two_people), "sample_rate": sample_percent / 100,
        "disclosures": tuple(line.strip() for line in disclosures.splitlines() if line.strip()),
        "new_template_count": new_template_count, "due_days": due_days, "retention_years": retention_years,
    }  # fmt: skip
    try:
        action = SetRuleProfile.model_validate(given)
    except ValidationError as error:
        return feedback.go(request, "/compliance/profiles", told(error), "refused")
    return act(request, viewer, action, "/compliance/profiles", "In force.")


def told(error: ValidationError) -> str:
    """What is wrong with what a form gave, in a sentence."""
    first = error.errors(include_url=False, include_input=False)[0]
    place = str(first["loc"][0]).replace("_", " ") if first["loc"] else "the form"
    return f"{place}: {first['msg'].removeprefix('Value error, ')}.".capitalize()
