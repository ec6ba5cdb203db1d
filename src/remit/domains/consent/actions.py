"""The verbs of consent. Both lists only grow: a change of mind is a new row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from remit.actions import Action, Change, Check, NotFound, Refused, Target, attributes_of, handler
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.consent.rules import ConsentState
from remit.kit.addresses import on_the_wire
from remit.kit.ids import new_id

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_DOMAIN = re.compile(r"([a-z0-9-]+\.)+[a-z]{2,}")


class RecordConsent(Action):
    """What a contact said about a channel, or on what ground we may use it."""

    event: ClassVar[str] = "consent:record"
    contact_id: UUID
    channel: Literal["email", "phone"] = "email"
    state: ConsentState
    basis: str = Field(min_length=1, max_length=500)
    valid_until_on: date | None = None


class AddDoNotContact(Action):
    """Nobody of the firm may contact this address, domain, phone number or account any more."""

    event: ClassVar[str] = "do_not_contact:add"
    entry: Literal["email", "domain", "account", "phone"]
    value: str = Field(min_length=1, max_length=320)
    reason: str = Field(min_length=1, max_length=500)
    account_id: UUID | None = None


def _contact(s: ReadSession, action: RecordConsent) -> Target:
    row = s.row(
        """SELECT c.id, c.account_id, c.access_id, c.first_name, c.last_name, a.segment, a.key_account, a.owner_id
        FROM remit.contacts c JOIN remit.accounts a ON a.id = c.account_id WHERE c.id = :id""",
        {"id": action.contact_id},
    )
    if row is None:
        raise NotFound("contact")
    return Target(
        "contact", row.id, row.account_id, row.access_id, row.segment, action.channel,
        title=f"{row.first_name} {row.last_name}".strip(),
        attributes=attributes_of(row.owner_id, row.key_account, row.segment),
    )  # fmt: skip


def _entry(s: ReadSession, action: AddDoNotContact) -> Target:
    account_id = _uuid(action.value) if action.entry == "account" else action.account_id
    if account_id is None:
        return Target("do_not_contact", None, title=action.value)
    row = s.row("SELECT id, access_id, name FROM remit.accounts WHERE id = :id", {"id": account_id})
    if row is None:
        raise NotFound("account")
    return Target("do_not_contact", None, row.id, row.access_id, title=row.name)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refused("Name the account by its id.", code="value_invalid") from None


def _value(action: AddDoNotContact) -> str:
    value = action.value.strip()
    if action.entry == "email":
        return on_the_wire(value)
    return str(_uuid(value)) if action.entry == "account" else value.lower()


def _well_formed(_s: ReadSession, action: AddDoNotContact, _target: Target) -> Sequence[Check]:
    value = action.value.strip().lower()
    shape = {"email": _ADDRESS, "domain": _DOMAIN}.get(action.entry)
    fits = shape is None or bool(shape.fullmatch(value))
    return [
        Check(
            "entry-form", fits, f"“{action.value[:80]}” is no {action.entry} as it would stand in an address."
        )
    ]


@handler(RecordConsent, target=_contact)
def record_consent(tx: WriteSession, action: RecordConsent, target: Target) -> Change:
    """Add the contact's latest word."""
    consent_id = new_id()
    tx.execute(
        """INSERT INTO remit.consents (id, account_id, access_id, contact_id, channel, state, basis, at, valid_until_on)
        VALUES (:id, :account, :access, :contact, :channel, :state, :basis, :at, :until)""",
        {
            "id": consent_id, "account": target.account_id, "access": target.access_id, "contact": action.contact_id,
            "channel": action.channel, "state": action.state, "basis": action.basis, "at": tx.now,
            "until": action.valid_until_on,
        },
    )  # fmt: skip
    return Change(
        "contact", action.contact_id, after=action.payload(), result={"consent_id": str(consent_id)}
    )


@handler(AddDoNotContact, target=_entry, checks=[_well_formed])
def add_do_not_contact(tx: WriteSession, action: AddDoNotContact, target: Target) -> Change:
    """Put the entry on the list; one that stands there already, perhaps unseen by the asker, stays."""
    entry_id, value = new_id(), _value(action)
    tx.execute(
        """INSERT INTO remit.do_not_contact (id, account_id, access_id, kind, value, reason, by_id)
        SELECT :id, :account, :access, :kind, :value, :reason, :by
        WHERE NOT EXISTS (SELECT FROM remit.do_not_contact WHERE kind = :kind AND value = :value)
        ON CONFLICT (kind, value) DO NOTHING""",
        {
            "id": entry_id, "account": target.account_id, "access": target.access_id, "kind": action.entry,
            "value": value, "reason": action.reason, "by": tx.scope.person_id,
        },
    )  # fmt: skip
    return Change(
        "do_not_contact", entry_id, after={"entry": action.entry, "value": value, "reason": action.reason}
    )
