"""Rule profiles: under which regimes an entity of ours writes to a jurisdiction, and what follows for approvals, samples and keeping."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar, Final
from uuid import UUID

from pydantic import Field, StringConstraints, field_validator

from remit import settings
from remit.actions import Action, Change, Check, Conflict, Refused, Target, handler
from remit.db.sessions import ReadSession, WriteSession, read
from remit.domains.supervision.rules import CATEGORIES
from remit.evidence import conduct_regimes, conduct_rules
from remit.evidence.conduct_regimes import JURISDICTIONS, jurisdiction_of
from remit.kit.ids import new_id
from remit.scope import Scope

Entity = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=2, max_length=120, pattern=r"^[^\n\r]+$")
]
Disclosure = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=3, max_length=300, pattern=r"^[^\n\r]+$")
]
_COLUMNS: Final = """r.id, r.entity, r.jurisdiction, r.number, r.regimes, r.approval_of, r.two_people, r.disclosures,
    r.sample_rate::float AS sample_rate, r.new_template_count, r.due_days, r.retention_years, r.sha256, m.name AS made_by_name,
    a.name AS approved_by_name, r.made_at, r.ended_at"""
_FROM: Final = "FROM remit.rule_profiles r JOIN remit.people m ON m.id = r.made_by JOIN remit.people a ON a.id = r.approved_by"
_ALL: Final = f"SELECT {_COLUMNS} {_FROM} ORDER BY r.entity, r.jurisdiction, r.number DESC"
_LIVE: Final = f"SELECT {_COLUMNS} {_FROM} WHERE r.ended_at IS NULL ORDER BY r.entity, r.jurisdiction"
_COUNTRY: Final = """
SELECT coalesce(nullif(c.country, ''), nullif(a.country, ''), c.jurisdiction, '') FROM remit.contacts c JOIN remit.accounts a ON a.id = c.account_id
WHERE c.id = :id
"""
_INSERT: Final = """
INSERT INTO remit.rule_profiles (id, entity, jurisdiction, number, regimes, approval_of, two_people, disclosures, sample_rate,
    new_template_count, due_days, retention_years, sha256, made_by, approved_by, made_at)
VALUES (:id, :entity, :jurisdiction, :number, :regimes, :approval_of, :two_people, :disclosures, :sample_rate,
    :new_template_count, :due_days, :retention_years, :sha256, :by, :second, :at)
"""


class SetRuleProfile(Action):
    """The rules under which an entity of ours writes to readers of one jurisdiction. `after_number`: the version it replaces; 0 for the first."""

    event: ClassVar[str] = "supervision:profile:set"
    entity: Entity
    jurisdiction: str
    after_number: int = Field(0, ge=0)
    regimes: tuple[str, ...] = Field(min_length=1, max_length=4)
    approval_of: tuple[str, ...] = Field((), max_length=len(CATEGORIES))
    two_people: bool = False
    disclosures: tuple[Disclosure, ...] = Field((), max_length=5)
    sample_rate: float = Field(0.05, ge=0, le=1)
    new_template_count: int = Field(20, ge=0, le=1000)
    due_days: int = Field(5, ge=1, le=90)
    retention_years: int = Field(ge=1, le=100)

    @field_validator("jurisdiction", "regimes", "approval_of")
    @classmethod
    def _known(cls, value: Any, info: Any) -> Any:
        known = {"jurisdiction": JURISDICTIONS, "regimes": conduct_rules.PROFILES, "approval_of": CATEGORIES}
        given = (value,) if isinstance(value, str) else value
        if wrong := [one for one in given if one not in known[info.field_name]]:
            raise ValueError(f"{wrong[0]!r} is none of {', '.join(known[info.field_name])}")
        return value if isinstance(value, str) else tuple(dict.fromkeys(value))


@dataclass(frozen=True, slots=True)
class Profile:
    """One version of a profile; in force while `ended_at` is None. `sample_rate`: 0 to 1."""

    id: UUID
    entity: str
    jurisdiction: str
    number: int
    regimes: Sequence[str]
    approval_of: Sequence[str]
    two_people: bool
    disclosures: Sequence[str]
    sample_rate: float
    new_template_count: int
    due_days: int
    retention_years: int
    sha256: str
    made_by_name: str
    approved_by_name: str
    made_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What the profiles in force ask together for one jurisdiction: the stricter of any two counts."""

    regimes: frozenset[str]
    approval_of: frozenset[str]
    two_people: bool
    disclosures: tuple[str, ...]
    sample_rate: float
    new_template_count: int
    due_days: int
    retention_years: int


USUAL: Final = Asked(frozenset(), frozenset(), False, (), 0.05, 20, 5, 5)
"""What is asked while no profile says anything: one in twenty, the first twenty of a template, five days."""


def load_profiles(s: ReadSession, *, ended: bool = False) -> list[Profile]:
    """The profiles in force, or all there ever were, by entity and jurisdiction, newest first."""
    rows = s.rows(_ALL if ended else _LIVE)
    return [Profile(**row._mapping) for row in rows]


def list_profiles(scope: Scope, *, ended: bool = False) -> list[Profile]:
    """As load_profiles."""
    with read(scope) as s:
        return load_profiles(s, ended=ended)


def asked_of(profiles: Sequence[Profile], jurisdiction: str) -> Asked | None:
    """What they ask for readers of a jurisdiction, all of them for one that is not known; None where none applies."""
    mine = [one for one in profiles if not jurisdiction or one.jurisdiction == jurisdiction]
    if not mine:
        return None
    return Asked(
        frozenset(name for one in mine for name in one.regimes),
        frozenset(name for one in mine for name in one.approval_of),
        any(one.two_people for one in mine),
        tuple(dict.fromkeys(text for one in mine for text in one.disclosures)) if jurisdiction else (),
        max(one.sample_rate for one in mine),
        max(one.new_template_count for one in mine),
        min(one.due_days for one in mine),
        max(one.retention_years for one in mine),
    )


def regimes_of(profiles: Sequence[Profile], country: str) -> frozenset[str]:
    """What we are to readers of a country: by the profiles that two people agreed to; by the setting, where none of them applies."""
    asked = asked_of(profiles, jurisdiction_of(country))
    return asked.regimes if asked else frozenset(settings.load().conduct_profiles.split())


def load_disclosures(s: ReadSession, contact_id: UUID) -> list[str]:
    """What has to stand under a message to this contact, by the profiles in force; nothing where their country is not known."""
    country = s.scalar(_COUNTRY, {"id": contact_id})
    where = jurisdiction_of(country or "")
    asked = asked_of(load_profiles(s), where) if where else None
    return list(asked.disclosures) if asked else []


def rules_version(profiles: Sequence[Profile]) -> str:
    """SHA-256 (hex) of the rules of conduct, the regimes and the profiles in force: what an approval of a category is of."""
    file = settings.load().conduct_rules_file or conduct_rules.DEFAULT_FILE
    parts = [conduct_regimes.rules_sha256(file), *sorted(one.sha256 for one in profiles)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _named(_s: ReadSession, action: SetRuleProfile) -> Target:
    where = JURISDICTIONS[action.jurisdiction]
    return Target("rule_profile", title=f"Rule profile of {action.entity} for {where}")


def _least(_s: ReadSession, action: SetRuleProfile, _target: Target) -> Sequence[Check]:
    """No profile asks for less than its regimes do."""
    known = conduct_regimes.current()
    mine = [known[name] for name in action.regimes]
    years = max(one.retention_years for one in mine)
    source = next(one.retention_source for one in mine if one.retention_years == years)
    needed = dict.fromkeys(name for one in mine for name in one.approval_of)
    missing = [CATEGORIES[name] for name in needed if name not in action.approval_of]
    return [
        Check.that(
            "profile-retention", action.retention_years >= years,
            f"Its regimes ask to keep what was written for {years} years ({source}); say {years} or more.", f"Kept for {action.retention_years} years, {years} are asked for.",
        ),
        Check.that(
            "profile-approvals", not missing, f"Its regimes ask that these categories are approved before use: {', '.join(missing)}. Tick them.",
            "The categories that its regimes name need an approval.",
        ),
    ]  # fmt: skip


@handler(SetRuleProfile, target=_named, checks=[_least])
def set_rule_profile(tx: WriteSession, action: SetRuleProfile, _target: Target) -> Change:
    """In force from here on; the version before it is kept, ended."""
    profile_id = new_id()
    where = {"entity": action.entity, "jurisdiction": action.jurisdiction}
    before = tx.row(
        "SELECT id, number, sha256 FROM remit.rule_profiles WHERE entity = :entity AND jurisdiction = :jurisdiction AND ended_at IS NULL FOR UPDATE",
        where,
    )
    number = before.number if before else 0
    if number != action.after_number:
        raise Conflict("rule profile", expected=action.after_number, found=number)
    if tx.approver_id is None:
        raise Refused("A rule profile needs a second person.", code="needs_approval")
    tx.execute(
        "UPDATE remit.rule_profiles SET ended_at = :at WHERE entity = :entity AND jurisdiction = :jurisdiction AND ended_at IS NULL",
        {**where, "at": tx.now},
    )
    said = action.model_dump(mode="json", exclude={"after_number"})
    digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
    tx.execute(
        _INSERT,
        {
            **where, "id": profile_id, "number": number + 1, "regimes": list(action.regimes), "approval_of": list(action.approval_of),
            "two_people": action.two_people, "disclosures": list(action.disclosures), "sample_rate": action.sample_rate,
            "new_template_count": action.new_template_count, "due_days": action.due_days, "retention_years": action.retention_years,
            "sha256": digest, "by": tx.maker_id, "second": tx.approver_id, "at": tx.now,
        },
    )  # fmt: skip
    earlier = {"number": number, "sha256": before.sha256} if before else {}
    return Change(
        "rule_profile", profile_id, earlier, {**said, "number": number + 1},
        result={"profile_id": str(profile_id), "number": number + 1},
    )  # fmt: skip
