"""The verbs of facts. A fact is never overwritten: a correction is a new row that the old one points to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Final
from uuid import UUID

from pydantic import Field

from remit.actions import Action, Change, Check, Conflict, NotFound, Target, attributes_of, handler
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.accounts.targets import check_of_account
from remit.domains.documents.queries import load_document
from remit.domains.documents.rules import stands_in
from remit.domains.facts import rules
from remit.domains.facts.declared import Told, check_public, find_secrets
from remit.domains.facts.queries import get_fact, load_fact
from remit.evidence.facts import Expectability, Fact, Sayable, Sensitivity, expectability_of, plain_line
from remit.kit import clock
from remit.kit.ids import new_id
from remit.scope import Scope

_INSERT: Final = """
INSERT INTO remit.facts (id, account_id, access_id, contact_id, opportunity_id, kind, subject, value, value_number, value_unit,
    value_minor, value_currency, source_name, locator, quote, as_of_on, valid_until_on, sensitivity, sayable, expectability, topic, recorded_by, document_id)
VALUES (:id, :account_id, :access_id, :contact_id, :opportunity_id, :fact_kind, :subject, :value, :value_number, :value_unit,
    :value_minor, :value_currency, :source_name, :locator, :quote, :as_of_on, :valid_until_on, :sensitivity, :sayable, :expectability, :topic, :by, :document_id)
"""
_COPY: Final = """
INSERT INTO remit.facts (id, account_id, access_id, contact_id, opportunity_id, kind, subject, value, value_number, value_unit,
    value_minor, value_currency, source_name, locator, quote, as_of_on, valid_until_on, sensitivity, sayable, expectability, topic, recorded_by, document_id)
SELECT :id, account_id, access_id, contact_id, opportunity_id, kind, subject, :value, :value_number, value_unit,
    :value_minor, :value_currency, :source_name, :locator, :quote, :as_of_on, :valid_until_on, sensitivity, sayable, expectability, topic, :by, :document_id
FROM remit.facts WHERE id = :old
"""
_CLOSE: Final = """
UPDATE remit.facts SET state = :state, replaced_by = :new, updated_at = :at, version = version + 1
WHERE id = :id AND version = :expected AND state = 'live'
"""


class RecordFact(Action):
    """A statement with its source. Without `account_id` it is about us (capability, proof)."""

    event: ClassVar[str] = "fact:record"
    account_id: UUID | None = None
    contact_id: UUID | None = None
    opportunity_id: UUID | None = None
    fact_kind: str = Field(max_length=40)
    subject: str = Field("", max_length=200)
    topic: str = Field("", max_length=80)
    """What a capability or a competitor's fact is about: both are set side by side by it."""
    value: str = Field(max_length=2000)
    value_number: Decimal | None = None
    value_unit: str | None = Field(None, max_length=40)
    value_minor: int | None = None
    value_currency: str | None = Field(None, pattern=r"^[A-Z]{3}$")
    source_name: str = Field(max_length=300)
    locator: str = Field("", max_length=500)
    quote: str = Field("", max_length=4000)
    as_of_on: date
    valid_until_on: date | None = None
    sensitivity: Sensitivity = "internal"
    sayable: Sayable = "internal_only"
    expectability: Expectability | None = None
    """None: personal when it is about one contact and they did not tell us, else expected."""
    document_id: UUID | None = None
    """The document on record that it was read from; the quote must stand there."""

    def declared(self) -> Told:
        """What it declares, as `find_secrets` reads it before and `check_public` asks for it at the door."""
        return Told(self.sensitivity, self.account_id, self.document_id, self.subject, self.value, self.quote)


class CorrectFact(Action):
    """A better value for a fact: the old one is closed and points to the new one."""

    event: ClassVar[str] = "fact:correct"
    fact_id: UUID
    expected_version: int
    value: str = Field(max_length=2000)
    value_number: Decimal | None = None
    value_minor: int | None = None
    value_currency: str | None = Field(None, pattern=r"^[A-Z]{3}$")
    source_name: str = Field(max_length=300)
    locator: str = Field("", max_length=500)
    quote: str = Field("", max_length=4000)
    as_of_on: date
    valid_until_on: date | None = None
    document_id: UUID | None = None
    """The document that the better value was read from, perhaps the old one's; None: it has another source."""


class WithdrawFact(Action):
    """A fact that must not be used any more, and why."""

    event: ClassVar[str] = "fact:withdraw"
    fact_id: UUID
    expected_version: int
    reason: str = Field(min_length=1, max_length=1000)


def _account_target(s: ReadSession, action: RecordFact) -> Target:
    check_of_account(s, action.account_id, contact_id=action.contact_id, opportunity_id=action.opportunity_id)
    if action.account_id is None:
        return Target("fact", None, title=f"Fact: {action.fact_kind}")
    row = s.row(
        "SELECT id, access_id, name, segment, key_account, owner_id FROM remit.accounts WHERE id = :id",
        {"id": action.account_id},
    )
    if row is None:
        raise NotFound("account")
    return Target(
        "account", row.id, row.id, row.access_id, row.segment, title=row.name,
        attributes=attributes_of(row.owner_id, row.key_account, row.segment),
    )  # fmt: skip


def _fact_target(s: ReadSession, action: CorrectFact | WithdrawFact) -> Target:
    row = s.row(
        """SELECT f.id, f.account_id, f.access_id, f.version, f.kind, f.value, coalesce(a.segment, '') AS segment,
               coalesce(a.key_account, false) AS key_account, a.owner_id
        FROM remit.facts f LEFT JOIN remit.accounts a ON a.id = f.account_id WHERE f.id = :id""",
        {"id": action.fact_id},
    )
    if row is None:
        raise NotFound("fact")
    return Target(
        "fact", row.id, row.account_id, row.access_id, row.segment or "*", version=row.version,
        title=f"{row.kind}: {plain_line(row.value)[:80]}",
        attributes=attributes_of(row.owner_id, row.key_account, row.segment),
    )  # fmt: skip


def _corrected_to(action: CorrectFact, old: Fact) -> Told:
    return Told(old.sensitivity, old.account_id, action.document_id, old.subject, action.value, action.quote)


def _think_of_fact(scope: Scope, action: RecordFact) -> None:
    find_secrets(scope, action.declared())


def _think_of_correction(scope: Scope, action: CorrectFact) -> None:
    try:
        old = get_fact(scope, action.fact_id)
    except NotFound:
        return  # the door says so
    find_secrets(scope, _corrected_to(action, old))


def _fit(s: ReadSession, action: RecordFact, _target: Target) -> Sequence[Check]:
    of_account = action.account_id is not None
    return [
        *rules.check_statement(action.fact_kind, action.value, action.source_name),
        *rules.check_dates(action.as_of_on, action.valid_until_on, clock.today()),
        *rules.check_use(action.sensitivity, action.sayable, of_account),
        *rules.check_owner(action.fact_kind, of_account, s.scope.roles),
        *_cited(s, action, action.account_id),
        check_public(s, action.declared()),
    ]


def _cited(s: ReadSession, action: RecordFact | CorrectFact, account_id: UUID | None) -> Sequence[Check]:
    """What is said to be read from a document stands there, and the document is of the same account."""
    if action.document_id is None:
        return ()
    document = load_document(s, action.document_id)
    if document.head.account_id != account_id:
        raise NotFound("document of this account")
    return [
        Check.that(
            "fact-quote",
            stands_in(action.quote, document.text, action.locator),
            "The quote does not stand in the document at the place named; copy it from there, in one piece.",
            "Its quote stands in the document.",
        ),
        Check.that(
            "fact-document",
            document.head.state != "removed",
            "The document was removed; a new fact cannot rest on it.",
            "The document is on record.",
        ),
    ]


def _fit_correction(s: ReadSession, action: CorrectFact, target: Target) -> Sequence[Check]:
    old = load_fact(s, action.fact_id)
    return [
        *rules.check_statement(old.kind, action.value, action.source_name),
        *rules.check_dates(action.as_of_on, action.valid_until_on, clock.today()),
        *rules.check_owner(old.kind, target.account_id is not None, s.scope.roles),
        *_cited(s, action, target.account_id),
        check_public(s, _corrected_to(action, old)),
    ]


def _may_withdraw(s: ReadSession, action: WithdrawFact, target: Target) -> Sequence[Check]:
    old = load_fact(s, action.fact_id)
    return list(rules.check_owner(old.kind, target.account_id is not None, s.scope.roles))


def _lines(action: RecordFact | CorrectFact) -> dict[str, Any]:
    """The action's texts as single clean lines, ready for the statement."""
    given = action.model_dump()
    texts = {
        name: plain_line(given[name])
        for name in ("value", "source_name", "locator", "quote", "subject", "topic")
        if name in given
    }
    return given | texts


@handler(RecordFact, target=_account_target, checks=[_fit], think=_think_of_fact)
def record_fact(tx: WriteSession, action: RecordFact, target: Target) -> Change:
    """Store the fact."""
    fact_id, given = new_id(), _lines(action)
    given["expectability"] = action.expectability or expectability_of(
        action.sayable, action.contact_id is not None
    )
    tx.execute(_INSERT, given | {"id": fact_id, "access_id": target.access_id, "by": tx.scope.person_id})
    return Change(
        "fact", fact_id, after=action.payload(), result={"fact_id": str(fact_id)}, evidence_ids=[fact_id]
    )


@handler(CorrectFact, target=_fact_target, checks=[_fit_correction], think=_think_of_correction)
def correct_fact(tx: WriteSession, action: CorrectFact, target: Target) -> Change:
    """Store the better value and close the old row."""
    old, fresh, given = load_fact(tx, action.fact_id), new_id(), _lines(action)
    tx.execute(_COPY, given | {"id": fresh, "old": old.id, "by": tx.scope.person_id})
    _close(tx, old.id, "corrected", action.expected_version, target, fresh)
    before = {"fact_id": str(old.id), "value": old.value, "source_name": old.source_name}
    after = {"fact_id": str(fresh), "value": given["value"], "source_name": given["source_name"]}
    return Change("fact", old.id, before, after, result={"fact_id": str(fresh)}, evidence_ids=[old.id, fresh])


@handler(WithdrawFact, target=_fact_target, checks=[_may_withdraw])
def withdraw_fact(tx: WriteSession, action: WithdrawFact, target: Target) -> Change:
    """Close the fact; drafts that say it can no longer be sent."""
    _close(tx, action.fact_id, "withdrawn", action.expected_version, target, None)
    after = {"state": "withdrawn", "reason": action.reason}
    return Change("fact", action.fact_id, {"state": "live"}, after, evidence_ids=[action.fact_id])


def _close(
    tx: WriteSession, fact_id: UUID, state: str, expected: int, target: Target, new: UUID | None
) -> None:
    done = tx.execute(_CLOSE, {"state": state, "new": new, "at": tx.now, "id": fact_id, "expected": expected})
    if done.rowcount == 0:
        raise Conflict("fact", expected=expected, found=target.version or 0, yours={"state": state})
