"""A proposal, its versions and its hand-overs as they are read: plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from remit.domains.proposals.model import Document, of_plain
from remit.domains.proposals.terms import Terms
from remit.kit.money import Money

STATES: Final[Mapping[str, str]] = {
    "draft": "Draft", "approved": "Approved", "issued": "With the buyer", "withdrawn": "Withdrawn",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal as it stands. `approved_number`: its last approved version, 0 when there is none."""

    id: UUID
    number: int
    account_id: UUID
    access_id: int
    account: str
    key_account: bool
    segment: str
    opportunity_id: UUID
    deal: str
    contact_id: UUID
    author_id: UUID
    author: str
    title: str
    state: str
    terms: Terms
    terms_sha256: str
    document: Document
    sha256: str
    template_sha256: str
    complexity: str
    expires_on: date
    list_amount: Money
    amount: Money
    discount_bp: int
    discount_sha256: str
    discount_by: str
    discount_at: datetime | None
    edited: bool
    requested_at: datetime
    approved_by: str
    approved_at: datetime | None
    approved_number: int
    first_approved_at: datetime | None
    active_minutes: float | None
    issued_at: datetime | None
    updated_at: datetime
    version: int

    @property
    def reference(self) -> str:
        """What people call it."""
        return f"P-{self.number:05d}"

    @property
    def agreed(self) -> bool:
        """Whether its discount, if any, was agreed to for these terms."""
        return self.discount_bp == 0 or self.discount_sha256 == self.terms_sha256

    def expired_on(self, day: date) -> bool:
        """Whether it can be accepted no more on `day`."""
        return self.expires_on < day


@dataclass(frozen=True, slots=True)
class Approved:
    """A version that was approved, as it was then."""

    id: UUID
    number: int
    document: Document
    sha256: str
    template_sha256: str
    approved_by: str
    approved_at: datetime


@dataclass(frozen=True, slots=True)
class Issue:
    """One time that a file of it was taken to hand over, or left with an e-mail (`effect_id`, whose state is `sending`)."""

    id: UUID
    number: int
    format: str
    file_sha256: str
    contact: str
    by: str
    at: datetime
    effect_id: UUID | None = None
    sending: str = ""


def proposal_of(row: Row[Any]) -> Proposal:
    """The proposal in a row of `queries`."""
    values = dict(row._mapping)
    currency = values.pop("amount_currency")
    values["list_amount"] = Money(values.pop("list_minor"), currency)
    values["amount"] = Money(values.pop("amount_minor"), currency)
    values["terms"] = Terms.model_validate(values["terms"])
    values["document"] = of_plain(values["document"])
    return Proposal(**values)
