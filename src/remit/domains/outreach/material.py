"""Everything a message is written from and checked against, read in one session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from remit import settings
from remit.actions import Check, NotFound
from remit.db.sessions import ReadSession
from remit.domains.consent.queries import latest_consent, must_not_contact
from remit.domains.consent.rules import check_consent
from remit.domains.facts.queries import load_facts
from remit.domains.outreach import rules
from remit.domains.outreach.conduct import check_conduct
from remit.evidence.claims import Context
from remit.evidence.facts import Fact
from remit.evidence.lexicon import words
from remit.evidence.support import Sentence, Support, check_heading, check_text
from remit.llm.embedded.angles import PERSONAS, persona_of
from remit.llm.embedded.ideas import Reader
from remit.llm.embedded.outreach import Writer

_PAIR: Final = """
SELECT a.id AS account_id, a.access_id, a.name AS account_name, a.segment, a.key_account, a.owner_id, a.country AS account_country,
    c.id AS contact_id, c.first_name, c.last_name, c.title, c.persona, c.email, c.country, c.jurisdiction, c.time_zone,
    p.id AS sender_id, p.name AS sender_name, p.title AS sender_title, p.email AS sender_email
FROM remit.contacts c JOIN remit.accounts a ON a.id = c.account_id JOIN remit.people p ON p.id = :sender
WHERE c.id = :contact
"""
# a message that was recalled or failed never reached the contact
_LAST: Final = """
SELECT max(m.at) FROM remit.messages m
LEFT JOIN remit.effect_keys k ON k.idempotency_key = m.detail ->> 'effect_key'
LEFT JOIN remit.effects e ON e.id = k.effect_id AND e.created_at = k.created_at
WHERE m.account_id = :account AND m.contact_id = :contact AND m.direction = 'out' AND m.at > :since
  AND coalesce(e.state, '') NOT IN ('recalled', 'failed')
"""
_MONTH_FIRST: Final = frozenset({"US", "USA", "UNITED STATES"})


@dataclass(frozen=True, slots=True)
class Material:
    """A contact, their account, the sender, and all facts in every state. `facts` includes what we say of ourselves."""

    row: Row[Any]
    firm_name: str
    facts: list[Fact]
    context: Context
    reader: Reader
    writer: Writer

    @property
    def account_id(self) -> UUID:
        """The account that everything is about."""
        found: UUID = self.row.account_id
        return found


@dataclass(frozen=True, slots=True)
class Checked:
    """A text with what was found about it."""

    sentences: list[Sentence]
    heading: Support
    checks: list[Check]

    @property
    def sendable(self) -> bool:
        """True when every check passed."""
        return all(check.passed for check in self.checks)


def gather(s: ReadSession, contact_id: UUID, sender_id: UUID, now: datetime) -> Material:
    """Read what a message from `sender_id` to `contact_id` stands on. Raises NotFound."""
    row = s.row(_PAIR, {"contact": contact_id, "sender": sender_id})
    if row is None:
        raise NotFound("contact")
    facts = [
        fact
        for fact in load_facts(s, row.account_id, ours=True)
        if fact.contact_id in (None, contact_id) or fact.sayable != "told_by_them"
    ]
    firm_name = settings.load().mail_firm_name or _own_name(facts)
    writer = Writer(row.sender_name, row.sender_title, firm_name)
    names = {*words(f"{row.first_name} {row.last_name}"), *words(f"{row.sender_name} {row.sender_title}")}
    context = Context(
        now.date(), row.account_id, row.account_name, firm_name, frozenset(names), writer.signature()
    )
    reader = Reader(
        row.first_name, row.last_name, row.persona if row.persona in PERSONAS else persona_of(row.title or ""), row.account_name, row.segment,
        (row.country or row.account_country or "").strip().upper() in _MONTH_FIRST,
    )  # fmt: skip
    return Material(row, firm_name, facts, context, reader, writer)


def _own_name(facts: list[Fact]) -> str:
    return next(
        (
            fact.value
            for fact in facts
            if fact.kind == "firm" and fact.subject == "name" and fact.state == "live"
        ),
        "",
    )


def examine(
    s: ReadSession, material: Material, subject: str, body: str, now: datetime, to_address: str | None = None,
    *, correcting: bool = False,
) -> Checked:  # fmt: skip
    """Hold a text against the facts and the rules as they stand at `now`. A correction need not wait for its turn."""
    row, configured = material.row, settings.load()
    sentences = check_text(body, material.facts, material.context)
    heading = check_heading(subject, material.facts, material.context)
    address = (row.email or "").strip()
    allowed, why = check_consent(
        latest_consent(s, row.contact_id, "email"),
        row.country or row.account_country or row.jurisdiction,
        now.date(),
    )
    last_at = s.scalar(
        _LAST, {"account": row.account_id, "contact": row.contact_id, "since": now - rules.CONTACT_PAUSE}
    )
    checks = [
        *rules.check_claims(sentences, heading),
        rules.check_personal(sentences, material.facts, configured.personal_facts_max),
        *rules.check_form(subject, body),
        rules.check_recipient(address, to_address),
        rules.check_do_not_contact(must_not_contact(s, address, row.account_id)),
        Check("consent", allowed, why),
        rules.check_sender(
            row.sender_name, configured.mail_from_address or row.sender_email or "", configured.mail_transport == "smtp",
            configured.mail_postal_address,
        ),
        rules.check_pause(None if correcting else last_at, now),
        *check_conduct(s, row, subject, sentences, configured.mail_from_address or row.sender_email or "", now, reply=correcting),
    ]  # fmt: skip
    return Checked(sentences, heading, checks)
