"""Verbs on contacts."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, StringConstraints

from remit.actions import Action, Change, NotFound, Refused, Target, handler
from remit.actions.rows import change_row
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.accounts.targets import account_target
from remit.kit.ids import new_id

Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
# one plain address and nothing else: no second recipient, no header, no display name
Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^[^\s@,;:<>()\[\]\\\"\x00-\x1f]+@[^\s@,;:<>()\[\]\\\"\x00-\x1f]+\.[^\s@,;:<>.()\[\]\\\"\x00-\x1f]+$"),
]  # fmt: skip


def _known_zone(name: str) -> str:
    if name and name not in available_timezones():
        raise ValueError("this is not a time zone; write one such as Europe/London")
    return name


Zone = Annotated[Short, AfterValidator(_known_zone)]

_INSERT = """
INSERT INTO remit.contacts (id, account_id, access_id, first_name, last_name, title, persona, email, phone, country,
    time_zone, owner_id)
VALUES (:id, :account_id, :access_id, :first_name, :last_name, :title, :persona, :email, :phone, :country,
    :time_zone, :owner_id)
"""


class CreateContact(Action):
    """A new contact at an account."""

    event: ClassVar[str] = "contact:create"
    account_id: UUID
    first_name: Short = ""
    last_name: Short
    title: Short | None = None
    persona: Short | None = None
    email: Email | None = None
    phone: Short | None = None
    country: Short | None = None
    time_zone: Zone | None = None


class UpdateContact(Action):
    """Change what is known of a contact. Only the fields that are given change."""

    event: ClassVar[str] = "contact:update"
    contact_id: UUID
    expected_version: int
    first_name: Short | None = None
    last_name: Short | None = None
    title: Short | None = None
    persona: Short | None = None
    email: Email | None = None
    phone: Short | None = None
    country: Short | None = None
    time_zone: Zone | None = None

    def changes(self) -> dict[str, Any]:
        """The given fields as columns."""
        return self.model_dump(exclude={"contact_id", "expected_version"}, exclude_none=True)


def _account(session: ReadSession, action: CreateContact) -> Target:
    return account_target(session, action.account_id)


def _account_of_contact(session: ReadSession, action: UpdateContact) -> Target:
    row = session.row("SELECT account_id FROM remit.contacts WHERE id = :id", {"id": action.contact_id})
    if row is None:
        raise NotFound("contact")
    return account_target(session, row.account_id)


@handler(CreateContact, target=_account)
def create_contact(tx: WriteSession, action: CreateContact, target: Target) -> Change:
    """Write the contact."""
    contact_id = new_id()
    values = action.model_dump()
    tx.execute(
        _INSERT, {**values, "id": contact_id, "access_id": target.access_id, "owner_id": tx.scope.person_id}
    )
    return Change("contact", contact_id, after=values, result={"contact_id": str(contact_id)})


@handler(UpdateContact, target=_account_of_contact)
def update_contact(tx: WriteSession, action: UpdateContact, target: Target) -> Change:
    """Change the given fields."""
    values = action.changes()
    if not values:
        raise Refused("Nothing to change was given.", code="nothing_to_change")
    before = change_row(tx, "contacts", action.contact_id, action.expected_version, values, what="contact")
    return Change(
        "contact", action.contact_id, before, values, result={"version": action.expected_version + 1}
    )
