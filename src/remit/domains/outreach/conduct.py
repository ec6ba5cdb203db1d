"""The rules of conduct as checks of one message: what `evidence.conduct` judges, with what the records say of the sending."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from remit import settings
from remit.actions import Check
from remit.db.sessions import ReadSession
from remit.domains.supervision.profiles import load_profiles, regimes_of
from remit.evidence import conduct_rules
from remit.evidence.conduct import Finding, Sending, judge
from remit.evidence.support import Sentence

# whoever of us wrote; a message that was recalled or failed never reached anybody
_WRITTEN: Final = """
SELECT m.contact_id, greatest(m.at, e.released_at) AS at FROM remit.messages m LEFT JOIN remit.effects e ON e.id = m.effect_id
WHERE m.account_id = :account AND m.direction = 'out' AND greatest(m.at, e.released_at) > :since AND coalesce(e.state, '') NOT IN ('recalled', 'failed')
"""
_FURTHEST: Final = timedelta(days=366)


def check_conduct(
    s: ReadSession,
    row: Row[Any],
    subject: str,
    sentences: Sequence[Sentence],
    address: str,
    now: datetime,
    *,
    reply: bool = False,
    contacts: frozenset[UUID] = frozenset(),
) -> list[Check]:
    """A check for every rule that applies and that no other check carries out already.

    `row` is that of the pair (contact, account, sender), `address` the sender's, `contacts` all of the reader's mailbox. A warning passes, and says what to look at.
    """
    configured = settings.load()
    written = s.rows(_WRITTEN, {"account": row.account_id, "since": now - _FURTHEST})
    country = row.country or row.account_country or row.jurisdiction or ""
    sending = Sending(
        subject, now, country, row.time_zone or "", reply=reply,
        sender_name=row.sender_name, sender_address=address,
        says_how_to_stop=True,  # delivery adds the line to every message
        contacted_at=[one.at for one in written if one.contact_id in contacts or one.contact_id == row.contact_id], written_at=[one.at for one in written],
    )  # fmt: skip
    rules = conduct_rules.current(configured.conduct_rules_file or conduct_rules.DEFAULT_FILE)
    found = judge(rules, regimes_of(load_profiles(s), country), sending, sentences)
    return [_check(one) for one in found if not one.rule.check]


def check_wording(s: ReadSession, sentences: Sequence[Sentence], country: str, now: datetime) -> list[Check]:
    """The rules of conduct that look at words alone, for what goes to a buyer in another form than a message."""
    configured = settings.load()
    every = conduct_rules.current(configured.conduct_rules_file or conduct_rules.DEFAULT_FILE)
    worded = [rule for rule in every if rule.look == "words" and not rule.check]
    regimes = regimes_of(load_profiles(s), country)
    return [_check(one) for one in judge(worded, regimes, Sending("", now, country), sentences)]


def _check(found: Finding) -> Check:
    return Check(f"conduct-{found.rule.id}", not found.stops, found.sentence())
