"""SeedDrafts: texts that are wrong on purpose, put among what waits for approval and among what was drawn for review.

A seeded draft is a suggestion, or an item of the queue, and nothing else: there is no draft, no message and no effect behind it, and the
database lets none come about. The record says how many were put and a hash of which; what they were is told when they are answered.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final
from uuid import UUID

from pydantic import Field

from remit import settings
from remit.actions import Action, Change, NotFound, Target, attributes_of, handler, stages
from remit.actions.asking import Asked, put_seeded
from remit.actions.attempt import NeedsApproval
from remit.actions.errors import Refused
from remit.db.sessions import ReadSession, WriteSession
from remit.domains.outreach.material import Material, gather
from remit.domains.outreach.send import SendEmail, effect_key, sha256
from remit.domains.supervision.defects import with_defect
from remit.domains.supervision.profiles import load_profiles
from remit.domains.supervision.sampling import SETTLED, load_sent, weighed
from remit.evidence.support import check_text
from remit.identity import SYSTEM_ID
from remit.kit.ids import id_at, new_id
from remit.llm.embedded.outreach import NothingToSay, compose
from remit.policy import remits
from remit.policy.model import Decision
from remit.scope import Actor

TRIES: Final = 6
SPREAD: Final = timedelta(minutes=90)
"""A seeded suggestion says that it was made at some moment of the last so many minutes."""
NEWEST: Final = 10
"""An item of the queue seems to be as fresh as one of so many that left last."""
FRESH: Final = timedelta(days=3)
"""An item of the queue says that it was drawn with the last that were, if that is not longer ago."""
LATELY: Final = timedelta(days=60)
"""Whoever got e-mails of sequences in so many days is used to e-mails in their own name that they did not begin."""
_PROPOSES: Final = remits.Standing("approve", False, "a person decides")

# who decides about outreach, with their agent; how many were put before them in a week
_APPROVERS: Final = """
SELECT p.id, p.name, g.id AS agent_id, g.name AS agent_name, (SELECT count(*) FROM remit.seeded_drafts z JOIN remit.suggestions s ON s.id = z.suggestion_id
    WHERE coalesce(s.on_behalf_of, s.proposed_by) = p.id AND z.made_at > :since)::int AS put,
    EXISTS (SELECT FROM remit.drafts d WHERE d.author_id = p.id AND d.enrolment_step_id IS NOT NULL AND d.created_at > :lately) AS by_sequence
FROM remit.people p LEFT JOIN LATERAL (SELECT a.id, a.name FROM remit.people a WHERE a.owner_id = p.id AND a.kind = 'agent' AND a.active
    ORDER BY a.created_at, a.id LIMIT 1) g ON true
WHERE p.kind = 'person' AND p.active AND p.email IS NOT NULL
  AND EXISTS (SELECT FROM remit.person_roles r WHERE r.person_id = p.id AND r.role IN ('sdr', 'ae', 'se', 'manager', 'vp'))
  AND EXISTS (SELECT FROM remit.accounts a WHERE a.owner_id = p.id) AND (CAST(:only AS uuid[]) IS NULL OR p.id = ANY(:only))
ORDER BY p.id
"""
_CONTACTS: Final = """
SELECT c.id, c.account_id, c.access_id, c.email, c.first_name, c.last_name, a.name AS account, a.segment, a.owner_id
FROM remit.contacts c JOIN remit.accounts a ON a.id = c.account_id
WHERE a.owner_id = :owner AND NOT a.key_account AND coalesce(c.email, '') <> '' AND NOT remit.must_not_contact(c.email, c.account_id)
ORDER BY md5(c.id::text || :salt) LIMIT :limit
"""
_REVIEWERS: Final = """
SELECT count(DISTINCT p.id)::int AS people FROM remit.people p JOIN remit.person_roles r ON r.person_id = p.id AND r.role = 'compliance'
WHERE p.active AND p.kind = 'person' AND (CAST(:only AS uuid[]) IS NULL OR p.id = ANY(:only))
"""
_QUEUE_PUT: Final = (
    "SELECT count(*)::int FROM remit.seeded_drafts WHERE item_id IS NOT NULL AND made_at > :since"
)
_BASE: Final = """
SELECT m.subject, m.body FROM remit.messages m
WHERE m.id = :id AND NOT EXISTS (SELECT FROM remit.review_origins o WHERE o.message_id = m.id)
"""
_DRAWN: Final = """
SELECT max(i.drawn_at) FROM remit.review_items i JOIN remit.review_origins o ON o.item_id = i.id WHERE o.message_id IS NOT NULL AND i.drawn_at > :since
"""
_ITEM: Final = """
INSERT INTO remit.review_items (id, account_id, access_id, category, jurisdiction, subject, body, sent_at, why, rate, drawn_at, due_on)
VALUES (:id, :account, :access, :category, :jurisdiction, :subject, :body, :sent_at, :why, :rate, :at, :due)
"""
_ORIGIN: Final = (
    "INSERT INTO remit.review_origins (item_id, account_id, access_id) VALUES (:id, :account, :access)"
)
_SEED: Final = """
INSERT INTO remit.seeded_drafts (id, suggestion_id, item_id, draft_id, account_id, access_id, defect, rule_id, quote, subject, body, made_at)
VALUES (:id, :suggestion, :item, :draft, :account, :access, :defect, :rule, :quote, :subject, :body, :at)
"""


class SeedDrafts(Action):
    """Put seeded drafts before everybody who approves or reviews, or those of `only`, up to `most` a week each (None: the setting)."""

    event: ClassVar[str] = "supervision:seeded:put"
    most: int | None = Field(None, ge=1, le=50)
    only: tuple[UUID, ...] = Field((), max_length=500)


def _firm(_s: ReadSession, _action: SeedDrafts) -> Target:
    return Target("review_queue", title="seeded drafts")


@handler(SeedDrafts, target=_firm, as_system=True)
def seed_drafts(tx: WriteSession, action: SeedDrafts, _target: Target) -> Change:
    """As many as are missing of the week's number."""
    tx.execute("SELECT pg_advisory_xact_lock(hashtext('remit.seeding'))")
    most = action.most if action.most is not None else settings.load().seeded_drafts_weekly
    only = list(action.only) or None
    since, salt = tx.now - timedelta(days=7), secrets.token_hex(16)
    made = [one for row in tx.rows(_APPROVERS, {"since": since, "only": only, "lately": tx.now - LATELY}) for one in _for_approver(tx, row, most - row.put, salt)]  # fmt: skip
    people = tx.scalar(_REVIEWERS, {"only": only}) or 0
    wanted = most * people - (tx.scalar(_QUEUE_PUT, {"since": since}) or 0)
    queue = list(_for_queue(tx, wanted, salt))
    # which they are can be checked later by whoever is shown the salt; the record itself gives nobody away
    digest = hashlib.sha256("\n".join([salt, *sorted(str(one) for one in (*made, *queue))]).encode()).hexdigest()  # fmt: skip
    result = {"approvals": len(made), "queue": len(queue)}
    return Change("review_queue", None, after={**result, "sealed": digest}, result=result)


def _for_approver(tx: WriteSession, row: Any, wanted: int, salt: str) -> Iterator[UUID]:
    """Suggestions for one person, each another of their contacts."""
    if wanted <= 0:
        return
    contacts = tx.rows(_CONTACTS, {"owner": row.id, "salt": salt, "limit": wanted * TRIES})
    had: list[str] = []
    for contact in contacts:
        if len(had) >= wanted:
            return
        written = _written(tx, contact, row.id)
        if written is None:
            continue
        subject, plain, material = written
        defect, quote, body = with_defect(plain, f"{salt}:{contact.id}".encode(), had)
        if not _stands(body, material):
            continue
        had.append(defect.key)
        back = int(hashlib.sha256(f"back:{salt}:{contact.id}".encode()).hexdigest()[:8], 16) % int(SPREAD.total_seconds())  # fmt: skip
        at = tx.now - timedelta(seconds=back, microseconds=secrets.randbelow(1_000_000))
        # an id holds the instant of its making: a draft's lies a moment before it is asked to be sent
        seeded_id, draft_id = new_id(), id_at(at - timedelta(microseconds=90_000 + secrets.randbelow(900_000)))  # fmt: skip
        suggestion_id = _suggest(tx, row, contact, draft_id, (subject, body), at)
        if suggestion_id is None:
            return
        _seed(tx, contact, seeded_id, draft_id, (subject, body, quote), (defect.key, defect.rule_id), suggestion_id=suggestion_id)  # fmt: skip
        yield seeded_id


def _written(tx: WriteSession, contact: Any, person_id: UUID) -> tuple[str, str, Material] | None:
    """What the embedded writer would write to the contact for this person; None where it has nothing to say."""
    try:
        material: Material = gather(tx, contact.id, person_id, tx.now)
        text = compose(material.reader, material.writer, material.facts, material.context)
    except (NothingToSay, NotFound):
        return None
    return text.subject, text.body, material


def _stands(body: str, material: Material) -> bool:
    """Whether the claim check lets the text through, as it has whatever else waits: who asks it learns nothing of which is seeded."""
    sentences = check_text(body, material.facts, material.context)
    return all(one.support.state in ("supported", "not_a_claim") for one in sentences)


def _suggest(
    tx: WriteSession, row: Any, contact: Any, draft_id: UUID, text: tuple[str, str], at: datetime
) -> UUID | None:
    """A suggestion as a sequence of theirs, their agent, or Remit for them would make it. None where policy would let nobody approve it."""
    action = SendEmail(
        draft_id=draft_id, expected_version=1, contact_id=contact.id, to_address=contact.email.strip(), subject=text[0], body=text[1],
        body_sha256=sha256(text[1]),
    )  # fmt: skip
    target = Target(
        "draft", draft_id, contact.account_id, contact.access_id, contact.segment or "*", "email", 1,
        f"E-mail to {contact.first_name} {contact.last_name}, {contact.account}: {text[0]}",
        attributes=attributes_of(row.id, False, contact.segment), context={"with_proposal": False},
    )  # fmt: skip
    maker = stages.Maker(_asker(row), None if row.by_sequence else row.id, _roles(tx, row.id))
    decision = _decided(maker, action, target)
    if decision is None or decision.outcome != "needs_approval":
        return None
    return put_seeded(tx, Asked(NeedsApproval(maker, target, decision), action, key=effect_key(draft_id, 1)), at)  # fmt: skip


def _asker(row: Any) -> Actor:
    """By whom it seems to be asked for: as what that person gets otherwise."""
    if row.by_sequence:
        return Actor(row.id, "person", row.name)
    return Actor(row.agent_id, "agent", row.agent_name) if row.agent_id else Actor(SYSTEM_ID, "workflow", "Remit system")  # fmt: skip


def _decided(maker: stages.Maker, action: SendEmail, target: Target) -> Decision | None:
    try:
        return stages.ask_policy(maker, action, target, _PROPOSES, None, stages.Trail())
    except Refused:
        return None


def _roles(tx: WriteSession, person_id: UUID) -> frozenset[str]:
    return frozenset(row.role for row in tx.rows("SELECT role FROM remit.person_roles WHERE person_id = :id", {"id": person_id}))  # fmt: skip


def _for_queue(tx: WriteSession, wanted: int, salt: str) -> Iterator[UUID]:
    """Items of the review queue: a message of the last sixty days that was not drawn, with one sentence more; weighed and timed as what was drawn is."""
    if wanted <= 0:
        return
    profiles = load_profiles(tx)
    sent = load_sent(tx, tx.now - LATELY, tx.now - SETTLED)
    drawn_at = _last_draw(tx)
    newest = [row.at for row in sent if row.at <= drawn_at - SETTLED][-NEWEST:] or [row.at for row in sent[-NEWEST:]]  # fmt: skip
    had: list[str] = []
    for row in sorted(sent, key=lambda one: hashlib.sha256(f"{salt}:{one.id}".encode()).digest()):
        if len(had) == wanted:
            return
        base = tx.row(_BASE, {"id": row.id})
        where, rate, why, days = weighed(row, profiles)
        if base is None or rate == 0:
            continue
        key = f"{salt}:{row.id}".encode()
        defect, quote, body = with_defect(base.body, key, had)
        had.append(defect.key)
        seeded_id, item_id = new_id(), id_at(drawn_at + timedelta(microseconds=4_000 + secrets.randbelow(400_000)))  # fmt: skip
        number = int.from_bytes(hashlib.sha256(b"sent" + key).digest()[:8], "big")
        sent_at = newest[number % len(newest)] - timedelta(seconds=number % 1200)
        tx.execute(
            _ITEM,
            {
                "id": item_id, "account": row.account_id, "access": row.access_id, "category": row.category, "jurisdiction": where,
                "subject": base.subject, "body": body, "sent_at": sent_at, "why": why, "rate": rate, "at": drawn_at,
                "due": drawn_at.date() + timedelta(days=days),
            },
        )  # fmt: skip
        tx.execute(_ORIGIN, {"id": item_id, "account": row.account_id, "access": row.access_id})
        _seed(tx, row, seeded_id, new_id(), (base.subject, body, quote), (defect.key, defect.rule_id), item_id=item_id)  # fmt: skip
        yield seeded_id


def _last_draw(tx: WriteSession) -> datetime:
    """When something was drawn last: a seeded item says that it came then. Now, where that is not of the last days."""
    last: datetime | None = tx.scalar(_DRAWN, {"since": tx.now - FRESH})
    return last or tx.now


def _seed(
    tx: WriteSession, of: Any, seeded_id: UUID, draft_id: UUID, text: Sequence[str], wrong: Sequence[str], *,
    suggestion_id: UUID | None = None, item_id: UUID | None = None,
) -> None:  # fmt: skip
    subject, body, quote = text
    tx.execute(
        _SEED,
        {
            "id": seeded_id, "suggestion": suggestion_id, "item": item_id, "draft": draft_id, "account": of.account_id, "access": of.access_id,
            "defect": wrong[0], "rule": wrong[1], "quote": quote, "subject": subject, "body": body, "at": tx.now,
        },
    )  # fmt: skip
