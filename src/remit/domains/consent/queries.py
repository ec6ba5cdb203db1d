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


def written_under(s: ReadSession, address: str) -> list[str]:
    """An address in every spelling, and those that whoever has it came with as a lead: who asked under one asked under all."""
    own = spellings(address)
    if not address:
        return own
    before = s.rows(
        """SELECT DISTINCT l.email FROM remit.contacts c JOIN remit.leads l ON l.contact_id = c.id
        WHERE c.email_key = ANY(CAST(:addresses AS text[])) AND l.email <> ''""",
        {"addresses": own},
    )
    return sorted({*own, *(each for row in before for each in spellings(row.email))})


def must_not_contact(s: ReadSession, address: str, account_id: UUID | None) -> bool:
    """Whether the firm's list forbids this address in any spelling, its domain or the account, whoever put it there.

    An address of before a conversion counts like the one of now, where the asker sees the lead.
    """
    return bool(
        s.scalar(
            "SELECT bool_or(remit.must_not_contact(one, CAST(:account AS uuid))) FROM unnest(CAST(:addresses AS text[])) AS one",
            {"addresses": written_under(s, address), "account": account_id},
        )
    )
