"""DrawSamples: which sent messages are reviewed. A key that nobody knows before the month is over decides, not a person.

The key of a month comes from a secret of this installation. Its SHA-256 is on the record before the month begins (for the first one:
before the first draw); when the month is over the key itself is shown, and anybody can work out every number again.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy import Row

from remit import settings
from remit.actions import Action, Change, Target, handler
from remit.db.secrets import read_or_make
from remit.db.sessions import ReadSession, WriteSession, read
from remit.domains.supervision import rules
from remit.domains.supervision.profiles import USUAL, Profile, asked_of, load_profiles
from remit.evidence.conduct import LOOK_AGAIN
from remit.evidence.conduct_regimes import jurisdiction_of
from remit.kit.ids import new_id
from remit.scope import Scope

KEY_FILE: Final = "sampling.key"
FIRST_LOOK: Final = timedelta(days=30)
"""How far the very first draw looks back."""
SETTLED: Final = timedelta(minutes=5)
"""A receipt may be written a moment after its instant; the last minutes wait for the next draw."""
MOST: Final = 20_000

# a model is named as provider:model where it wrote.
# what reached its reader, by when it did: through us (a receipt, a month after it was written at most), or as a message that was there before
_SENT: Final = """
WITH sent AS MATERIALIZED (
    SELECT m.id, m.account_id, m.access_id, m.contact_id, m.draft_id, coalesce(r.at, m.at) AS at
    FROM remit.messages m LEFT JOIN remit.receipts r ON r.effect_id = m.effect_id
    WHERE m.direction = 'out' AND m.account_id IS NOT NULL AND m.access_id IS NOT NULL AND (m.effect_id IS NULL OR r.at IS NOT NULL)
      AND m.at > CAST(:since AS timestamptz) - interval '31 days' AND coalesce(r.at, m.at) > :since AND coalesce(r.at, m.at) <= :until
    ORDER BY coalesce(r.at, m.at), m.id LIMIT :most),
nth AS MATERIALIZED (
    SELECT o.id, row_number() OVER (PARTITION BY e.template_version_id ORDER BY o.at, o.id)::int AS nth
    FROM remit.messages o JOIN remit.drafts e ON e.id = o.draft_id
    WHERE o.direction = 'out' AND e.template_version_id IN (SELECT x.template_version_id FROM sent JOIN remit.drafts x ON x.id = sent.draft_id)),
found AS MATERIALIZED (
    SELECT f.person_id, count(*)::int AS findings FROM remit.findings f WHERE f.person_id IS NOT NULL AND f.found_at > :findings_since
      AND NOT EXISTS (SELECT FROM remit.seeded_drafts z WHERE z.item_id = f.item_id) GROUP BY f.person_id)
SELECT s.id, s.account_id, s.access_id, s.at, d.author_id, d.template_version_id, coalesce(a.key_account, false) AS key_account,
    coalesce(v.category, CASE WHEN d.kind = 'outreach' AND d.reply_to_id IS NULL THEN 'first_contact' ELSE 'correspondence' END) AS category,
    coalesce(c.country, a.country, '') AS country, coalesce(d.writer LIKE '%:%', false) AS by_machine,
    EXISTS (SELECT FROM jsonb_array_elements(d.checks) k WHERE starts_with(k ->> 'reason', :warns)) AS warned,
    coalesce(f.findings, 0) AS findings, coalesce(n.nth, 0) AS nth
FROM sent s JOIN remit.accounts a ON a.id = s.account_id LEFT JOIN remit.drafts d ON d.id = s.draft_id LEFT JOIN nth n ON n.id = s.id
LEFT JOIN found f ON f.person_id = d.author_id
LEFT JOIN remit.contacts c ON c.id = s.contact_id LEFT JOIN remit.template_versions v ON v.id = d.template_version_id
ORDER BY s.at, s.id
"""
_ITEM: Final = """
INSERT INTO remit.review_items (id, account_id, access_id, category, jurisdiction, subject, body, sent_at, why, rate, drawn_at, due_on)
SELECT :item, m.account_id, m.access_id, :category, :jurisdiction, m.subject, m.body, :sent_at, :why, :rate, :at, :due
FROM remit.messages m WHERE m.id = :message
"""
_ORIGIN: Final = """
INSERT INTO remit.review_origins (item_id, account_id, access_id, message_id, author_id, template_version_id, period, drawn)
VALUES (:item, :account, :access, :message, :author, :version, :period, :drawn)
"""
_SEAL: Final = """
INSERT INTO remit.sampling_periods (period, commitment, sealed_at, drawn_until) VALUES (:period, :commitment, :at, :from) ON CONFLICT DO NOTHING
"""


class DrawSamples(Action):
    """Draw what was delivered since the last time; seal the key of the month and of the next one, show that of a month that is over."""

    event: ClassVar[str] = "supervision:samples:draw"


@dataclass(frozen=True, slots=True)
class Period:
    """A month of sampling: the hash of its key, since when it was on record, and the key once the month is over."""

    period: str
    commitment: str
    sealed_at: datetime
    drawn_until: datetime
    revealed: str | None
    revealed_at: datetime | None


def key_of(period: str) -> bytes:
    """The key that draws the messages of a month ("2026-11")."""
    secret = read_or_make(settings.load().home, KEY_FILE)
    return hmac.digest(secret.encode(), f"sampling:{period}".encode(), hashlib.sha256)


def commitment_of(key: bytes) -> str:
    """What is on record of a key before it is used."""
    return hashlib.sha256(key.hex().encode()).hexdigest()


def period_of(at: datetime) -> str:
    """The month of an instant, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m")


def begins(period: str) -> datetime:
    """The first instant of a month."""
    return datetime.strptime(period, "%Y-%m").replace(tzinfo=UTC)


def _after(period: str) -> str:
    return period_of(begins(period) + timedelta(days=32))


def list_periods(scope: Scope) -> list[Period]:
    """The months, newest first."""
    with read(scope) as s:
        return load_periods(s)


def load_periods(s: ReadSession) -> list[Period]:
    """As list_periods."""
    rows = s.rows("SELECT period, commitment, sealed_at, drawn_until, revealed, revealed_at FROM remit.sampling_periods ORDER BY period DESC")  # fmt: skip
    return [Period(**row._mapping) for row in rows]


def _firm(_s: ReadSession, _action: DrawSamples) -> Target:
    return Target("review_queue", title="the review queue")


@handler(DrawSamples, target=_firm, as_system=True)
def draw_samples(tx: WriteSession, _action: DrawSamples, _target: Target) -> Change:
    """Messages that fall under their rate become items of the queue; each message is looked at once."""
    tx.execute("SELECT pg_advisory_xact_lock(hashtext('remit.sampling'))")
    now = period_of(tx.now)
    sealed = _seal(tx, now)
    profiles, counts = load_profiles(tx), {"considered": 0, "drawn": 0}
    until = tx.now - SETTLED
    for one in reversed(load_periods(tx)):
        end = min(until, begins(_after(one.period)))
        if one.revealed is None and one.drawn_until < end:
            found = load_sent(tx, one.drawn_until, end)
            reached = end if len(found) < MOST else found[-1].at
            drawn = _draw(tx, one.period, found, profiles)
            counts = {"considered": counts["considered"] + len(found), "drawn": counts["drawn"] + drawn}
            tx.execute("UPDATE remit.sampling_periods SET drawn_until = :until WHERE period = :period", {"until": reached, "period": one.period})  # fmt: skip
    shown = _reveal(tx, until)
    return Change("review_queue", None, after={**counts, "sealed": sealed, "revealed": shown}, result=counts)


def load_sent(tx: WriteSession, since: datetime, until: datetime) -> Sequence[Row[Any]]:
    """What reached its reader in a time, with what weighs when it is drawn; MOST at most, by when it did."""
    given = {
        "since": since,
        "until": until,
        "warns": LOOK_AGAIN,
        "findings_since": tx.now - timedelta(days=90),
        "most": MOST,
    }
    return tx.rows(_SENT, given)


def weighed(row: Row[Any], profiles: Sequence[Profile]) -> tuple[str, float, list[str], int]:
    """(jurisdiction of the reader, the rate at which it is drawn, why, days to review it)."""
    where = jurisdiction_of(row.country)
    asked = asked_of(profiles, where) or asked_of(profiles, "") or USUAL
    sent = rules.Sent(row.category, row.key_account, row.nth, row.by_machine, row.warned, row.findings)
    rate, why = rules.rate_of(sent, asked.sample_rate, asked.new_template_count)
    return where, rate, why, asked.due_days


def _seal(tx: WriteSession, now: str) -> Mapping[str, str]:
    there = {one.period for one in load_periods(tx)}
    made = {}
    for period in (now, _after(now)):
        if period not in there:
            first = tx.now - FIRST_LOOK if not there and period == now else begins(period)
            made[period] = commitment_of(key_of(period))
            tx.execute(_SEAL, {"period": period, "commitment": made[period], "at": tx.now, "from": first})
    return made


def _reveal(tx: WriteSession, until: datetime) -> Mapping[str, str]:
    shown = {}
    for one in load_periods(tx):
        if one.revealed is None and begins(_after(one.period)) <= min(until, one.drawn_until):
            key = key_of(one.period)
            if commitment_of(key) != one.commitment:
                continue  # drawn with the secret of another machine; there it can be shown
            shown[one.period] = key.hex()
            tx.execute(
                "UPDATE remit.sampling_periods SET revealed = :key, revealed_at = :at WHERE period = :period",
                {"key": key.hex(), "at": tx.now, "period": one.period},
            )
    return shown


def _draw(tx: WriteSession, period: str, found: Sequence[Any], profiles: Sequence[Profile]) -> int:
    key, drawn = key_of(period), 0
    for row in found:
        where, rate, why, days = weighed(row, profiles)
        number = rules.drawn(key, row.id)
        if number >= rate:
            continue
        drawn += 1
        item = new_id()
        tx.execute(
            _ITEM,
            {
                "item": item, "message": row.id, "category": row.category, "jurisdiction": where, "sent_at": row.at, "why": why, "rate": rate,
                "at": tx.now, "due": tx.now.date() + timedelta(days=days),
            },
        )  # fmt: skip
        tx.execute(
            _ORIGIN,
            {
                "item": item, "account": row.account_id, "access": row.access_id, "message": row.id, "author": row.author_id,
                "version": row.template_version_id, "period": period, "drawn": number,
            },
        )  # fmt: skip
    return drawn


def verify(period: Period, numbers: Mapping[UUID, float]) -> list[UUID]:
    """The messages whose number is not what the key of the month, which is over, gives them."""
    if period.revealed is None:
        raise ValueError(f"the key of {period.period} is not shown yet")
    key = bytes.fromhex(period.revealed)
    if commitment_of(key) != period.commitment:
        return list(numbers)
    return [message for message, number in numbers.items() if abs(rules.drawn(key, message) - number) > 1e-6]


def list_wrong(scope: Scope, period: Period) -> list[UUID]:
    """The messages of a month that is over, in what the reader sees, whose number is not what its key gives them."""
    with read(scope) as s:
        rows = s.rows("SELECT message_id, drawn FROM remit.review_origins WHERE period = :period AND message_id IS NOT NULL", {"period": period.period})  # fmt: skip
    return verify(period, {row.message_id: row.drawn for row in rows})
