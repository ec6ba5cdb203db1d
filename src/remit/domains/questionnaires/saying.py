"""What a person may say on a line or in an answer of the library: held against facts, approved wording, rules of conduct and names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from remit import settings
from remit.actions import Check
from remit.db.sessions import ReadSession
from remit.domains.facts.queries import load_facts
from remit.domains.outreach.conduct import check_wording
from remit.domains.questionnaires import answers
from remit.evidence.claims import Context, split
from remit.evidence.support import Sentence, Support, check_text
from remit.kit.text import shorten

# a client named in an answer would be told to all others; names of one short word say too little to look for
_NAMED: Final = """
SELECT a.name FROM remit.accounts a WHERE length(a.name) > 5 AND position(lower(a.name) IN lower(:text)) > 0
    AND a.id IS DISTINCT FROM CAST(:but AS uuid) ORDER BY length(a.name) DESC LIMIT 1
"""
_ACCOUNT: Final = "SELECT name, coalesce(country, '') AS country FROM remit.accounts WHERE id = :id"
_HELD: Final = frozenset({"supported", "not_a_claim"})
_WORDING: Final = Support("supported", "It stands so in an approved answer.")
_UNSUPPORTED: Final = Support("unsupported", "An answer that somebody else approves.")


def names_client(s: ReadSession, text: str, but: UUID | None = None) -> str:
    """The first account, of those that the session sees and other than `but`, whose name stands in a text; "" for none."""
    return str(s.scalar(_NAMED, {"text": text, "but": but}) or "")


def check_line(s: ReadSession, account_id: UUID, text: str, now: datetime) -> list[Check]:
    """What a person writes on a line of a buyer's questionnaire: as a message to that buyer, and approved answers count as wording."""
    row = s.row(_ACCOUNT, {"id": account_id})
    name, country = (row.name, row.country) if row is not None else ("", "")
    facts = load_facts(s, account_id, ours=True)
    context = Context(now.date(), account_id, name, settings.load().mail_firm_name)
    wording = [
        " ".join(each.answer.split()) for each in answers.load_live(s) if not each.stale_on(now.date())
    ]
    sentences = list(_worded(check_text(text, facts, context), wording))
    bad = [one for one in sentences if one.support.state not in _HELD]
    told = "; ".join(f"“{shorten(one.text, 90)}”: {one.support.reason}" for one in bad[:3])
    named = names_client(s, text, but=account_id)
    return [
        Check.that(
            "claims-supported", not bad,
            f"No record says this: {told} Record the fact with its source, or propose it as an answer of the library: once a second"
            " person has approved it, it can be said here.",
            "Every sentence stands on a live fact or an approved answer.",
        ),
        Check.that(
            "answer-names-nobody", not named, f"It names {named}, another account: write it without the name.", "It names no other account.",
        ),
        *check_wording(s, sentences, country, now),
    ]  # fmt: skip


def check_quote(s: ReadSession, account_id: UUID, text: str, now: datetime) -> list[Check]:
    """Words of a paper that a person confirms for a buyer: the rules of conduct of the buyer's country, and names of other accounts."""
    row = s.row(_ACCOUNT, {"id": account_id})
    words, named = " ".join(text.split()), names_client(s, text, but=account_id)
    return [
        Check.that(
            "answer-names-nobody", not named, f"It names {named}, another account: write it without the name.", "It names no other account.",
        ),
        *check_wording(s, _unsupported(words), row.country if row is not None else "", now),
    ]  # fmt: skip


def check_answer(s: ReadSession, text: str, now: datetime) -> list[Check]:
    """The rules of conduct on an answer of the library, which goes to any buyer: those of every country. Who approves it stands for it."""
    return check_wording(s, _unsupported(text), "", now)


def _unsupported(text: str) -> list[Sentence]:
    return [Sentence(text[start:end], start, end, "claim", _UNSUPPORTED) for start, end in split(text)]


def _worded(found: Iterable[Sentence], wording: Sequence[str]) -> Iterator[Sentence]:
    for one in found:
        plain = " ".join(one.text.split())
        approved = one.support.state not in _HELD and any(plain in each for each in wording)
        yield Sentence(one.text, one.start, one.end, one.kind, _WORDING) if approved else one
