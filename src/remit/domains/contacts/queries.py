"""Reads about contacts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from remit.actions.errors import NotFound
from remit.db.sessions import ReadSession, read
from remit.domains.consent.rules import Consent, check_consent
from remit.kit import clock
from remit.scope import Scope


@dataclass(frozen=True, slots=True)
class Contact:
    """A person at an account. `may_email`: nothing forbids to write; `why_not` says what does."""

    id: UUID
    account_id: UUID
    account: str
    first_name: str
    last_name: str
    title: str | None
    persona: str | None
    email: str | None
    phone: str | None
    country: str | None
    time_zone: str | None
    consent: str | None
    may_email: bool
    why_not: str
    version: int

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()


_SELECT: Final = """
SELECT c.*, a.name AS account, s.state AS consent, s.basis, s.valid_until_on,
    a.country AS account_country, remit.must_not_contact(coalesce(c.email, ''), c.account_id) AS barred
FROM remit.contacts c JOIN remit.accounts a ON a.id = c.account_id
LEFT JOIN LATERAL (SELECT state, basis, valid_until_on FROM remit.consents s WHERE s.contact_id = c.id AND s.channel = 'email'
                   ORDER BY s.at DESC, s.id DESC LIMIT 1) s ON true
"""


def list_contacts(scope: Scope, account_id: UUID) -> list[Contact]:
    """The contacts of one account by name; empty when there are none or the account may not be seen."""
    with read(scope) as s:
        return load_contacts(s, account_id)


def load_contacts(session: ReadSession, account_id: UUID) -> list[Contact]:
    """As list_contacts, inside an open session."""
    rows = session.rows(
        _SELECT + " WHERE c.account_id = :id ORDER BY c.last_name, c.first_name, c.id LIMIT 200",
        {"id": account_id},
    )
    return _contacts(rows)


def get_contact(scope: Scope, contact_id: UUID) -> Contact:
    """One contact. Raises NotFound, also where it may not be seen."""
    with read(scope) as s:
        found = _contacts(s.rows(_SELECT + " WHERE c.id = :id", {"id": contact_id}))
    if not found:
        raise NotFound("contact")
    return found[0]


def _contacts(rows: Sequence[Row[Any]]) -> list[Contact]:
    return [_contact(row) for row in rows]


def _contact(row: Row[Any]) -> Contact:
    why = ""
    if not row.email:
        why = "no e-mail address"
    elif row.barred:
        why = "do not contact"
    else:
        said = Consent(row.consent, row.basis or "", row.valid_until_on) if row.consent else None
        country = row.country or row.account_country or row.jurisdiction
        allowed, reason = check_consent(said, country, clock.now().date())
        why = "" if allowed else reason.rstrip(".")
    return Contact(
        row.id, row.account_id, row.account, row.first_name, row.last_name, row.title, row.persona, row.email, row.phone,
        row.country, row.time_zone, row.consent, not why, why, row.version,
    )  # fmt: skip
