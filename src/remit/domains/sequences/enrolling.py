"""EnrolContacts: one contact, or a list, into a live sequence. Who may not be written to is left out, with the reason."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Final
from uuid import UUID

from pydantic import Field
from sqlalchemy import Row

from remit.actions import (
    Action,
    Change,
    Check,
    One,
    Performed,
    Refused,
    Target,
    attributes_of,
    handler,
    perform_each,
)
from remit.db.sessions import ReadSession, WriteSession, read
from remit.domains.consent.rules import Consent, check_consent
from remit.domains.library import queries as library
from remit.domains.library.entered import CannotRender, given_values
from remit.domains.library.fitting import check_fits, fits, who_of
from remit.domains.library.model import SEQUENCE
from remit.domains.library.queries import Version
from remit.domains.sequences import rules, standing
from remit.kit import clock
from remit.kit.ids import new_id
from remit.kit.text import counted
from remit.scope import Scope

MOST_AT_ONCE: Final = 500
_NEWS: Final = standing.NEWS.format(since=":since")
_SELECT: Final = f"""
SELECT c.id, btrim(c.first_name || ' ' || c.last_name) AS name, nullif(btrim(c.email), '') AS email, a.name AS account, a.id AS account_id, a.access_id,
    a.owner_id AS account_owner_id, c.owner_id AS contact_owner_id, a.segment, a.key_account, o.name AS owner_name,
    c.title, c.persona, c.country, a.country AS account_country, c.jurisdiction, k.state AS consent_state, k.basis, k.valid_until_on,
    coalesce(remit.must_not_contact(btrim(c.email), c.account_id), false) AS listed,
    EXISTS (SELECT FROM remit.opportunities d WHERE d.account_id = a.id AND d.closed_at IS NULL) AS open_deal,
    (SELECT v.title FROM remit.enrolments e JOIN remit.template_versions v ON v.id = e.version_id
     WHERE e.contact_id = c.id AND e.state IN ('active', 'paused') LIMIT 1) AS running,
    (SELECT max(e.enrolled_at) FROM remit.enrolments e WHERE e.contact_id = c.id AND e.template_id = :template) AS before_at,
    {standing.HALTED} AS halted, {_NEWS} AS news
FROM remit.contacts c JOIN remit.accounts a ON a.id = c.account_id LEFT JOIN remit.people o ON o.id = coalesce(a.owner_id, c.owner_id)
LEFT JOIN LATERAL (SELECT state, basis, valid_until_on FROM remit.consents WHERE contact_id = c.id AND channel = 'email'
    ORDER BY at DESC, id DESC LIMIT 1) k ON true
WHERE c.id = ANY (CAST(:ids AS uuid[]))
"""
_TEXTS: Final = "SELECT template_version_id AS id FROM remit.sequence_texts WHERE version_id = :version AND step = :step ORDER BY number"
_INSERT: Final = """
INSERT INTO remit.enrolments (id, account_id, access_id, contact_id, template_id, version_id, owner_id, account_owner_id, contact_owner_id, entered,
    step, due_at, enrolled_at)
VALUES (:id, :account, :access, :contact, :template, :version, :owner, :account_owner, :contact_owner, CAST(:entered AS jsonb), :step, :due, :at)
"""

_WHERE: Final = """
SELECT c.id, btrim(c.first_name || ' ' || c.last_name) AS name, a.id AS account_id, a.access_id, a.segment, a.key_account, a.owner_id, a.name AS account
FROM remit.contacts c JOIN remit.accounts a ON a.id = c.account_id WHERE c.id = ANY (CAST(:ids AS uuid[])) ORDER BY c.id
"""
_FIND: Final = """
SELECT id, lower(email) AS email FROM remit.contacts WHERE lower(email) = ANY (CAST(:texts AS text[])) OR id::text = ANY (CAST(:texts AS text[]))
"""


class EnrolContacts(Action):
    """Begin the sequence for these contacts of one account, in the name of whoever enrols them."""

    event: ClassVar[str] = "sequence:enrol"
    version_id: UUID
    contact_ids: tuple[UUID, ...] = Field(min_length=1, max_length=MOST_AT_ONCE)
    entered: dict[Annotated[str, Field(max_length=30)], Annotated[str, Field(max_length=400)]] = Field(
        default_factory=dict, max_length=20
    )
    """What the texts ask for beside facts: the same for all of them (an event's name, for example)."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A contact with what speaks against enrolling them; nothing: they can be."""

    row: Row[Any]
    why: str

    @property
    def fit(self) -> bool:
        """Whether they can be enrolled."""
        return not self.why


def judge(s: ReadSession, version: Version, contact_ids: Sequence[UUID], now: datetime) -> list[Judged]:
    """Each of these contacts that the session sees, in the order asked, with the first reason against enrolling them."""
    first = _first_texts(s, version)
    rows = s.rows(
        _SELECT,
        {"ids": list(contact_ids), "template": version.template_id, "since": now - timedelta(days=rules.NEWS_DAYS), **standing.given()},
    )  # fmt: skip
    places = {each: place for place, each in enumerate(contact_ids)}
    return [
        Judged(
            row,
            next((check.reason for check in _checks(s, version, first, row, now) if not check.passed), ""),
        )
        for row in sorted(rows, key=lambda row: places[row.id])
    ]


def _first_texts(s: ReadSession, version: Version) -> list[Version]:
    """The texts that its first e-mail was approved with; none before that."""
    step = next(one for one in version.template.steps if one.kind == "email")
    found = s.rows(_TEXTS, {"version": version.id, "step": step.name})
    return [library.load_version(s, one.id) for one in found]


def _checks(
    s: ReadSession, version: Version, first: Sequence[Version], row: Row[Any], now: datetime
) -> Sequence[Check]:
    who = who_of(row, row.name)
    consent = Consent(row.consent_state, row.basis, row.valid_until_on) if row.consent_state else None
    allowed = check_consent(consent, row.country or row.account_country or row.jurisdiction, now.date())
    return [
        *rules.check_candidate(row, allowed, s.scope.person_id, s.scope.roles, now),
        *check_fits(version, who),
        Check.that(
            "first-text", not first or any(fits(one, who) for one in first),
            f"none of the {len(first)} texts of its first e-mail is for {who.title or 'this reader'} at a firm like {row.account}", "A text of its first e-mail is for them.",
        ),
    ]  # fmt: skip


def get_judged(scope: Scope, version: Version, contact_ids: Sequence[UUID]) -> list[Judged]:
    """As `judge`, to look at before anybody is enrolled."""
    with read(scope) as s:
        return judge(s, version, contact_ids, clock.now())


def _sequence(s: ReadSession, action: EnrolContacts) -> Target:
    """The contact, or the account whose contacts they are: policy and halts are asked about that account, and the act is on its record."""
    version = library.load_version(s, action.version_id)
    if version.channel != SEQUENCE:
        raise Refused(f"{version.key} is a template, not a sequence.", code="not_a_sequence")
    rows = s.rows(_WHERE, {"ids": list(action.contact_ids)})
    many = len(action.contact_ids)
    if len({row.account_id for row in rows}) > 1:
        raise Refused(
            "One act enrols contacts of one account: what may be done is asked of each account. `enrol` makes an act for each.",
            code="several_accounts",
        )
    if not rows:
        return Target("enrolment", title=f"{version.title}: {counted(many, 'contact')}")
    row = rows[0]
    who = row.name if many == 1 else counted(many, "contact")
    kind, target_id = ("contact", row.id) if many == 1 else ("account", row.account_id)
    return Target(
        kind, target_id, row.account_id, row.access_id, row.segment, "email", title=f"{version.title}: {who}, {row.account}",
        attributes=attributes_of(row.owner_id, row.key_account, row.segment),
    )  # fmt: skip


def _may_begin(s: ReadSession, action: EnrolContacts, _target: Target) -> Sequence[Check]:
    """The sequence is approved, what it asks for is filled in, and at least one of the contacts may be written to."""
    version = library.load_version(s, action.version_id)
    checks = [version.usable(clock.today())]
    try:
        given_values(version.template, action.entered)
    except CannotRender as error:
        checks.append(Check("sequence-values", False, error.message))
    found = judge(s, version, action.contact_ids, clock.now())
    against = [f"{one.row.name}: {one.why}" for one in found if not one.fit]
    told = "; ".join(against[:3]) or "none of them is a contact that you may see"
    checks.append(
        Check.that(
            "enrolment", any(one.fit for one in found), f"Nobody can be enrolled: {told}.", f"{len(found) - len(against)} can be enrolled.",
        )
    )  # fmt: skip
    return checks


@handler(
    EnrolContacts,
    target=_sequence,
    checks=[_may_begin],
    apart=lambda action: action.contact_ids,
    in_step=True,
)
def enrol_contacts(tx: WriteSession, action: EnrolContacts, _target: Target) -> Change:
    """A row for each who may be written to; the first step is due after its days."""
    version = library.load_version(tx, action.version_id)
    first = version.template.steps[0]
    found = judge(tx, version, tuple(dict.fromkeys(action.contact_ids)), tx.now)
    rows = [
        {
            "id": new_id(), "account": one.row.account_id, "access": one.row.access_id, "contact": one.row.id, "template": version.template_id,
            "version": version.id, "owner": tx.scope.person_id, "account_owner": one.row.account_owner_id, "contact_owner": one.row.contact_owner_id,
            "entered": json.dumps(action.entered), "step": first.name, "due": tx.now + timedelta(days=first.after_days), "at": tx.now,
        }
        for one in found
        if one.fit
    ]  # fmt: skip
    for one in rows:
        tx.write(_INSERT, one)
    left = [
        {"contact_id": str(one.row.id), "name": one.row.name, "why": one.why} for one in found if not one.fit
    ]
    unseen = len(set(action.contact_ids)) - len(found)
    result = {"enrolled": [str(row["id"]) for row in rows], "left_out": left, "not_found": unseen}
    after = {"sequence": version.key, "number": version.number, "enrolled": result["enrolled"]}
    return Change("enrolment", rows[0]["id"] if len(rows) == 1 else None, after=after, result=result)


def enrol(
    scope: Scope, version: Version, contact_ids: Sequence[UUID], entered: Mapping[str, str]
) -> dict[str, Any]:
    """Enrol contacts of any accounts, an act for each account; those at an account where it is refused are left out with rule and why.

    Gives `enrolled` (runs), `left_out` (contact_id, name, why), `waiting` (requests) and `not_found`, a count. Raises Refused when nobody
    could be enrolled.
    """
    ids = list(dict.fromkeys(contact_ids))
    with read(scope) as s:
        rows = s.rows(_WHERE, {"ids": ids})
    accounts: dict[UUID, list[Row[Any]]] = {}
    for row in sorted(rows, key=lambda row: ids.index(row.id)):
        accounts.setdefault(row.account_id, []).append(row)
    acts = [
        EnrolContacts(version_id=version.id, contact_ids=tuple(row.id for row in each), entered=dict(entered))
        for each in accounts.values()
    ]
    found: dict[str, Any] = {"enrolled": [], "left_out": [], "waiting": [], "not_found": len(ids) - len(rows)}
    refused: list[Refused] = []
    for each, answer in zip(accounts.values(), perform_each(scope, [One(act) for act in acts]), strict=True):
        if isinstance(answer, Performed):
            found["enrolled"] += answer.result["enrolled"]
            found["left_out"] += answer.result["left_out"]
        elif isinstance(answer, Refused):
            refused.append(answer)
            found["left_out"] += _left_out(scope, version, each, answer)
        else:
            found["waiting"].append(
                {
                    "suggestion_id": str(answer.suggestion_id),
                    "account": each[0].account,
                    "why": answer.sentence,
                }
            )
    if not (found["enrolled"] or found["waiting"]):
        raise _nobody(found, refused)
    return found


def _left_out(
    scope: Scope, version: Version, rows: Sequence[Row[Any]], error: Refused
) -> list[dict[str, str]]:
    """The contacts of one account where it was refused: each with what speaks against them, else with what was said of all of them."""
    rules_told = f" (rule {', '.join(error.rule_ids)})" if error.rule_ids else ""
    whole = f"{error.message.rstrip('.')}{rules_told}"
    against = {one.row.id: one.why for one in get_judged(scope, version, [row.id for row in rows])}
    failed = error.code == "check_failed"
    return [
        {"contact_id": str(row.id), "name": row.name, "why": (against.get(row.id) if failed else "") or whole}
        for row in rows
    ]


def _nobody(found: Mapping[str, Any], refused: Sequence[Refused]) -> Refused:
    """Nobody was enrolled: what was said where there was one account, else a few of the reasons."""
    if len(refused) == 1:
        return refused[0]
    told = "; ".join(f"{one['name']}: {one['why']}" for one in found["left_out"][:3])
    return Refused(
        f"Nobody can be enrolled: {told or 'none of them is a contact that you may see'}.",
        code="check_failed", details={"left_out": found["left_out"], "not_found": found["not_found"]},
    )  # fmt: skip


def find_contacts(scope: Scope, asked: Sequence[str]) -> tuple[list[UUID], list[str]]:
    """Contacts by id or e-mail address, in the order asked, and what names none that the scope sees (or several)."""
    texts = [one.replace("\x00", "").strip() for one in asked]
    with read(scope) as s:
        rows = s.rows(_FIND, {"texts": list(dict.fromkeys(one.lower() for one in texts))})
    known: dict[str, list[UUID]] = {}
    for row in rows:
        known.setdefault(str(row.id), []).append(row.id)
        known.setdefault(row.email, []).append(row.id)
    found, unknown = [], []
    for one in texts:
        ids = known.get(one.lower(), [])
        if len(ids) == 1:
            found.append(ids[0])
        else:
            unknown.append(one)
    return list(dict.fromkeys(found)), unknown
