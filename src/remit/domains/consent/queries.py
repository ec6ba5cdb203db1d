"""Reading consent and the do-not-contact list."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from remit.db.sessions import ReadSession
from remit.domains.consent.rules import Consent
from remit.kit.addresses import spellings


def latest_consent(s: ReadSession, contact_ids: Sequence[UUID], channel: str) -> Consent | None:
    """The last word about a channel of whoever these contacts are; None when nothing was ever recorded."""
    row = s.row(
        """SELECT state, basis, valid_until_on FROM remit.consents
        WHERE contact_id = ANY(:contacts) AND channel = :channel ORDER BY at DESC, id DESC LIMIT 1""",
        {"contacts": list(contact_ids), "channel": channel},
    )
    return None if row is None else Consent(row.state, row.basis, row.valid_until_on)


def must_not_contact(s: ReadSession, address: str, account_id: UUID | None) -> bool:
    """Whether the firm's list forbids this address in any spelling, its domain or the account, whoever put it there."""
    return bool(
        s.scalar(
            "SELECT bool_or(remit.must_not_contact(one, CAST(:account AS uuid))) FROM unnest(CAST(:addresses AS text[])) AS one",
            {"addresses": spellings(address), "account": account_id},
        )
    )
