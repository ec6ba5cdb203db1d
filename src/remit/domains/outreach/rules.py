"""The conditions under which a message may leave, and what a draft is worth. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from typing import Final
from uuid import UUID

from remit.actions import Check
from remit.evidence.claims import Context
from remit.evidence.facts import KINDS, Fact
from remit.evidence.support import Sentence, Support

MAX_SUBJECT: Final = 150
MAX_BODY: Final = 20_000
CONTACT_PAUSE: Final = timedelta(days=5)

_SLOT: Final = re.compile(
    r"\{[^}\n]{0,80}\}|\[\[|\]\]|\[[A-Za-z][^\]\n]{0,40}\]|<[A-Za-z_][^>\n]{0,40}>|\b(X{3,}|TBD|TK|lorem ipsum)\b",
    re.IGNORECASE,
)
_ADDRESS: Final = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\"]+")
COMPOSING_WORDS_PER_MINUTE: Final = 19.0
"""Words a minute when composing at a keyboard: Karat et al., CHI 1999 (19 composing, 33 copying)."""
READING_WORDS_PER_MINUTE: Final = 238.0
"""Words a minute of silent reading, English non-fiction: Brysbaert, Journal of Memory and Language 109 (2019)."""
MINUTES_BASIS: Final = (
    "the writer's words that were kept ÷ 19 a minute (composing, Karat et al. 1999) less all that it wrote ÷ 238 a minute "
    "(reading it, Brysbaert 2019); finding the facts is not counted"
)
HAND: Final = "by hand"
"""The writer of a draft that a person typed: nobody was saved any of it."""
KEPT_RUN: Final = 3
"""Words in a row that count as kept: single words meet by chance."""


def _claims(count: int) -> str:
    return "One of its claims" if count == 1 else f"{count} of its claims"


def _standing(count: int) -> str:
    if count == 0:
        return "It claims nothing that would need a fact."
    return "Its one claim stands on live facts." if count == 1 else f"All {count} claims stand on live facts."


def check_claims(sentences: Sequence[Sentence], heading: Support) -> Iterator[Check]:
    """Every claim of the text, and whatever the subject line names, stands on live facts."""
    bad = [one for one in sentences if one.support.state not in ("supported", "not_a_claim")]
    said = sum(one.support.state == "supported" for one in sentences)
    told = "; ".join(f"“{_short(one.text)}”: {one.support.reason}" for one in bad[:3])
    more = f" (and {len(bad) - 3} more)" if len(bad) > 3 else ""
    yield Check(
        "claims-supported",
        not bad,
        f"{_claims(len(bad))} cannot be sent: {told}{more}" if bad else _standing(said),
    )
    passed = heading.state in ("supported", "not_a_claim")
    yield Check(
        "subject-supported", passed, heading.reason if passed else f"The subject line: {heading.reason}"
    )


def check_personal(sentences: Iterable[Sentence], facts: Sequence[Fact], most: int) -> Check:
    """At most `most` facts about the reader as a person: more reads as if they had been watched (S5-R2)."""
    known = {fact.id: fact for fact in facts}
    used = [known[found] for found in fact_ids(sentences) if found in known]
    personal = [fact for fact in used if fact.expectability == "personal"]
    unusual = sum(fact.expectability == "unusual" for fact in used)
    if len(personal) > most:
        told = ", ".join(f"“{_short(fact.value, 40)}”" for fact in personal)
        return Check(
            "personal-facts",
            False,
            f"It says {len(personal)} things about the reader as a person ({told}); at most {most}.",
        )
    note = f" {unusual} that the reader may not expect us to know: name the source." if unusual else ""
    return Check(
        "personal-facts", True, f"{len(personal)} of at most {most} facts about the reader as a person.{note}"
    )


def _short(text: str, limit: int = 90) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def check_form(subject: str, body: str) -> Iterator[Check]:
    """It has a subject and a text, on the right number of lines, with nothing left to fill in."""
    yield Check.that(
        "subject-form",
        0 < len(subject.strip()) <= MAX_SUBJECT and not _controls(subject, ""),
        f"The subject needs 1 to {MAX_SUBJECT} characters on one line.",
        "The subject is one line of fitting length.",
    )
    yield Check.that(
        "body-form",
        0 < len(body.strip()) <= MAX_BODY and not _controls(body, "\n"),
        f"The text needs 1 to {MAX_BODY:,} characters without control characters.",
        "The text is of fitting length and plain.",
    )
    slot = _SLOT.search(subject) or _SLOT.search(body)
    yield Check(
        "no-slots-left",
        slot is None,
        f"There is a place left to fill in: {slot.group()}" if slot else "Nothing is left to fill in.",
    )


def _controls(text: str, allowed: str) -> bool:
    """Control, bidirectional and other invisible characters (zero-width joiners belong to some scripts)."""
    return any(
        unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp")
        and char not in allowed
        and char not in "\u200c\u200d"
        for char in text
    )


def check_recipient(stored: str | None, named: str | None) -> Check:
    """The message goes to the address that the contact's record holds, and to no other."""
    if not stored or not _ADDRESS.fullmatch(stored.strip()):
        return Check("recipient-address", False, "The contact has no usable e-mail address on record.")
    same = named is None or named.strip().lower() == stored.strip().lower()
    return Check(
        "recipient-address",
        same,
        f"It goes to {stored.strip()}, the address on record."
        if same
        else "The recipient is not the contact's address on record.",
    )


def check_do_not_contact(listed: bool) -> Check:
    """Nobody on the firm's list is written to."""
    return Check(
        "do-not-contact",
        not listed,
        "The address, its domain or the account is on the do-not-contact list."
        if listed
        else "Not on the do-not-contact list.",
    )


def check_sender(name: str, address: str, postal_needed: bool, postal: str, active: bool) -> Check:
    """A message says who sends it and, where it really leaves, from where; nobody is written for who has left."""
    if not active:
        return Check("sender-identity", False, f"{name} is no longer active; nothing goes out in their name.")
    if not name or not _ADDRESS.fullmatch(address.strip()):
        return Check(
            "sender-identity",
            False,
            "The sender has no e-mail address; an admin can add it or set mail_from_address.",
        )
    if postal_needed and not postal:
        return Check("sender-identity", False, "The firm's postal address is not set (mail_postal_address).")
    return Check("sender-identity", True, f"Sent by {name} from {address}.")


def check_pause(last_at: datetime | None, now: datetime, they_wrote_at: datetime | None = None) -> Check:
    """One message to a contact in five days, whoever of us writes; whoever wrote to us since then may be answered."""
    if they_wrote_at is not None and (last_at is None or they_wrote_at > last_at):
        return Check("contact-cap", True, "They wrote last; this answers them.")
    if last_at is None or now - last_at >= CONTACT_PAUSE:
        return Check("contact-cap", True, "Nobody of us wrote to this contact in the last five days.")
    free = last_at + CONTACT_PAUSE
    return Check(
        "contact-cap",
        False,
        f"This contact was written to on {last_at:%Y-%m-%d}; the next may go on {free:%Y-%m-%d %H:%M} UTC.",
    )


def personalisation(sentences: Iterable[Sentence], facts: Sequence[Fact], context: Context) -> float:
    """Share of the words between greeting and signature that stand in sentences backed by a fact about the reader's firm.

    0 for a text that could go to anybody. Questions and asks count as words, so padding lowers it.
    """
    theirs = {
        fact.id
        for fact in facts
        if fact.account_id is not None and not (fact.kind in KINDS and KINDS[fact.kind].ours)
    }
    counted = about = 0
    for one in sentences:
        if one.kind == "courtesy" or one.text in context.signature:
            continue
        words = len(one.text.split())
        counted += words
        about += words if theirs & set(one.support.fact_ids) else 0
    return round(about / counted, 3) if counted else 0.0


def minutes_saved(written: str, body: str) -> float:
    """Minutes that typing what the writer wrote and `body` kept would have taken, less reading all of it; see MINUTES_BASIS.

    0.0 where that is nothing: a text written by hand, or one of which hardly a run of words is left.
    """
    theirs, now = written[:MAX_BODY].split(), body[:MAX_BODY].split()
    runs = SequenceMatcher(None, theirs, now).get_matching_blocks()
    kept = sum(run.size for run in runs if run.size >= KEPT_RUN)
    return max(0.0, round(kept / COMPOSING_WORDS_PER_MINUTE - len(theirs) / READING_WORDS_PER_MINUTE, 1))


def saving_told(minutes: float) -> str:
    """The saving in whole minutes, "" below half of one: nobody is told of nothing."""
    if minutes < 0.5:
        return ""
    whole = max(1, round(minutes))
    return f"about {whole} minute{'s' if whole > 1 else ''}"


def fact_ids(sentences: Iterable[Sentence]) -> list[UUID]:
    """Every fact that a sentence stands on, once, in order."""
    return list(dict.fromkeys(found for one in sentences for found in one.support.fact_ids))
