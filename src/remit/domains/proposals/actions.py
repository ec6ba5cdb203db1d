"""Verbs that draw a proposal up: draft, edit, withdraw. Amounts are never taken from whoever asks: the price book gives them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final
from uuid import UUID

from pydantic import Field, StringConstraints

from remit.actions import Change, Check, Refused, Target, attributes_of, handler
from remit.actions.rows import change_row
from remit.actions.suggestions import void_for_object
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.proposals import building, queries, rules
from remit.domains.proposals.model import Document
from remit.domains.proposals.terms import Terms
from remit.domains.proposals.working import Timed, note_work, proposal_target
from remit.kit import clock
from remit.kit.ids import new_id

Title = Annotated[str, StringConstraints(strip_whitespace=True, max_length=160)]
Body = Annotated[str, StringConstraints(max_length=8_000)]
Key = Annotated[str, StringConstraints(max_length=80)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]
_INSERT: Final = """
INSERT INTO remit.proposals (id, account_id, access_id, opportunity_id, contact_id, author_id, title, terms, terms_sha256, document, sha256,
    complexity, expires_on, list_minor, amount_minor, amount_currency, discount_bp, requested_at, created_at, updated_at)
VALUES (:id, :account, :access, :deal, :contact, :author, :title, CAST(:terms AS jsonb), :terms_sha256, '{}', '', :complexity, :expires_on,
    :list_minor, :amount_minor, :currency, :discount_bp, :requested_at, :now, :now) RETURNING number
"""


class DraftProposal(Timed):
    """Draw up a proposal at a deal, for the contact named (else the deal's main contact)."""

    event: ClassVar[str] = "proposal:draft"
    opportunity_id: UUID
    contact_id: UUID | None = None
    title: Title = ""
    terms: Terms


class EditProposal(Timed):
    """Draw it up again from other parameters or with texts of one's own. What was approved stays as a version."""

    event: ClassVar[str] = "proposal:edit"
    proposal_id: UUID
    expected_version: int
    contact_id: UUID | None = None
    title: Title = ""
    terms: Terms
    bodies: dict[Key, Body] = Field(default_factory=dict, max_length=40)


class WithdrawProposal(Timed):
    """Take it back: nothing of it is handed over any more."""

    event: ClassVar[str] = "proposal:withdraw"
    proposal_id: UUID
    expected_version: int
    reason: Reason


def _deal(session: ReadSession, action: DraftProposal) -> Target:
    deal = building.load_deal(session, action.opportunity_id)
    return Target(
        "opportunity", deal.id, deal.account_id, deal.access_id, deal.segment, title=f"Proposal for {deal.account}",
        attributes=attributes_of(deal.owner_id, deal.key_account, deal.segment),
    )  # fmt: skip


def _proposal(session: ReadSession, action: EditProposal | WithdrawProposal) -> Target:
    return proposal_target(session, action.proposal_id)


def _new_fits(session: ReadSession, action: DraftProposal, _target: Target) -> list[Check]:
    deal = building.load_deal(session, action.opportunity_id)
    return [
        Check.that("deal-open", deal.closed_at is None, "The deal is closed; a proposal needs an open one.", "The deal is open."),
        rules.check_dates(action.terms.expires_on, clock.today()),
        building.check_named(session, deal.account_id, action.terms),
    ]  # fmt: skip


def _fits(session: ReadSession, action: EditProposal, target: Target) -> list[Check]:
    assert target.account_id is not None
    return [
        rules.check_dates(action.terms.expires_on, clock.today()),
        building.check_named(session, target.account_id, action.terms),
    ]


@handler(DraftProposal, target=_deal, checks=[_new_fits])
def draft_proposal(tx: WriteSession, action: DraftProposal, target: Target) -> Change:
    """Price it, write it, keep it, with the time it took."""
    deal = building.load_deal(tx, action.opportunity_id)
    contact_id = building.load_reader_id(tx, deal, action.contact_id)
    desk = building.set_out(tx, deal.id, contact_id, tx.scope.person_id, action.terms, tx.now)
    proposal_id = new_id()
    worked = rules.stretch(tx.scope.person_id, action.opened_at, tx.now)
    made = building.document(desk, action.terms, 0, 1, title=action.title)
    number = tx.scalar(
        _INSERT,
        {
            "id": proposal_id, "account": deal.account_id, "access": deal.access_id, "deal": deal.id, "contact": contact_id,
            "author": tx.scope.person_id, "requested_at": worked.began_at, "now": tx.now, "currency": made.currency, **_columns(action.terms, made),
        },
    )  # fmt: skip
    final = building.document(desk, action.terms, int(number), 1, title=action.title)
    tx.execute(
        "UPDATE remit.proposals SET document = CAST(:document AS jsonb), sha256 = :sha256 WHERE id = :id",
        {"id": proposal_id, "document": json.dumps(final.plain()), "sha256": final.sha256},
    )
    note_work(tx, proposal_id, target, action, "draft")
    return Change(
        "proposal", proposal_id, after=_after(final, action.terms), evidence_ids=final.fact_ids(),
        result={"proposal_id": str(proposal_id), "number": number, "sha256": final.sha256, "version": 1},
    )  # fmt: skip


@handler(EditProposal, target=_proposal, checks=[_fits])
def edit_proposal(tx: WriteSession, action: EditProposal, target: Target) -> Change:
    """Price and write it anew; whatever waits for its approval is void, for this is another payload now."""
    before = queries.load_proposal(tx, action.proposal_id)
    if before.state == "withdrawn":
        raise Refused("This proposal was withdrawn; draw up a new one.", code="proposal_closed")
    deal = building.load_deal(tx, before.opportunity_id)
    contact_id = building.load_reader_id(tx, deal, action.contact_id or before.contact_id)
    desk = building.set_out(tx, deal.id, contact_id, before.author_id, action.terms, tx.now)
    revision = before.approved_number + 1
    made = building.document(
        desk, action.terms, before.number, revision, title=action.title, bodies=action.bodies
    )
    columns = _columns(action.terms, made)
    if before.issued_at is not None:
        columns["complexity"] = (
            before.complexity
        )  # its minutes were taken with it, and are compared by it (S1-G4)
    values = {
        **{name: columns[name] for name in columns if name not in ("terms", "list_minor", "amount_minor")},
        "contact_id": contact_id, "state": "draft", "edited": before.edited or any(one.edited for one in made.sections),
        "list_minor": columns["list_minor"], "amount_minor": columns["amount_minor"], "amount_currency": made.currency,
        "sha256": made.sha256,
    }  # fmt: skip
    change_row(tx, "proposals", before.id, action.expected_version, values, what="proposal")
    tx.execute(
        "UPDATE remit.proposals SET terms = CAST(:terms AS jsonb), document = CAST(:document AS jsonb) WHERE id = :id",
        {"id": before.id, "terms": columns["terms"], "document": json.dumps(made.plain())},
    )
    void_for_object(tx, "proposal", before.id, "the proposal was changed")
    note_work(tx, before.id, target, action, "edit")
    was = {"sha256": before.sha256, "state": before.state, "discount_bp": before.discount_bp}
    return Change(
        "proposal", before.id, was, _after(made, action.terms), evidence_ids=made.fact_ids(),
        result={"proposal_id": str(before.id), "sha256": made.sha256, "version": action.expected_version + 1},
    )  # fmt: skip


@handler(WithdrawProposal, target=_proposal)
def withdraw_proposal(tx: WriteSession, action: WithdrawProposal, target: Target) -> Change:
    """Withdrawn for good."""
    before = queries.load_proposal(tx, action.proposal_id)
    if before.state == "withdrawn":
        raise Refused("This proposal was withdrawn already.", code="proposal_closed")
    change_row(tx, "proposals", before.id, action.expected_version, {"state": "withdrawn"}, what="proposal")
    void_for_object(tx, "proposal", before.id, "the proposal was withdrawn")
    note_work(tx, before.id, target, action, "withdraw")
    return Change(
        "proposal", target.id, {"state": before.state}, {"state": "withdrawn", "reason": action.reason}
    )


def _columns(terms: Terms, made: Document) -> dict[str, Any]:
    return {
        "title": made.title, "terms": terms.model_dump_json(), "terms_sha256": terms.sha256, "complexity": terms.complexity,
        "expires_on": terms.expires_on, "list_minor": made.list_term_minor, "amount_minor": made.term_minor, "discount_bp": terms.highest_bp,
    }  # fmt: skip


def _after(made: Document, terms: Terms) -> Mapping[str, Any]:
    return {
        "title": made.title, "state": "draft", "sha256": made.sha256, "terms_sha256": terms.sha256, "amount": str(made.money(made.term_minor)),
        "discount_bp": terms.highest_bp, "price_ids": [one.price_id for one in made.lines], "expires_on": terms.expires_on.isoformat(),
    }  # fmt: skip
