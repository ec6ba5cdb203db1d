"""What a proposal must satisfy, and how long was worked on it: pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from remit.actions import Check
from remit.domains.outreach.material import Material
from remit.domains.outreach.rules import READING_WORDS_PER_MINUTE
from remit.domains.proposals.model import FINE, Document, shown_rate
from remit.domains.proposals.named import why_no_person
from remit.evidence.heading import check_heading
from remit.evidence.lexicon import OFFERS
from remit.kit.text import counted, shorten

LONGEST_OFFER: Final = timedelta(days=180)
LONGEST_STRETCH: Final = timedelta(hours=2)
"""A page that was opened longer ago than this before it was sent off was not worked on all the time: counted up to here."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Work of one person on a proposal. `elsewhere_minutes`: what they say they spent outside of Remit (a Word file, a spreadsheet)."""

    person_id: UUID
    began_at: datetime
    ended_at: datetime
    elsewhere_minutes: float = 0.0


def stretch(
    person_id: UUID, opened_at: datetime | None, now: datetime, elsewhere_minutes: float = 0.0
) -> Stretch:
    """From when the page was opened to now; LONGEST_STRETCH at most, nothing for a page of the future."""
    began = min(max(opened_at or now, now - LONGEST_STRETCH), now)
    return Stretch(person_id, began, now, elsewhere_minutes)


def active_minutes(work: Iterable[Stretch], words: int) -> float:
    """Minutes that people worked on it: overlapping stretches of one person once, and what they say they did elsewhere.

    Never less than it takes to read its `words` once: somebody who approves or sends it has to.
    """
    by_person: dict[UUID, list[Stretch]] = {}
    for one in work:
        by_person.setdefault(one.person_id, []).append(one)
    total = sum(_union(each) + sum(one.elsewhere_minutes for one in each) for each in by_person.values())
    return round(max(total, words / READING_WORDS_PER_MINUTE), 2)


def _union(work: Sequence[Stretch]) -> float:
    seconds, until = 0.0, None
    for one in sorted(work, key=lambda each: each.began_at):
        begin = one.began_at if until is None else max(one.began_at, until)
        if one.ended_at > begin:
            seconds += (one.ended_at - begin).total_seconds()
        until = one.ended_at if until is None else max(until, one.ended_at)
    return seconds / 60


def check_said(document: Document) -> list[Check]:
    """Every line stands on something, and there is something to read."""
    bad = [(section, one) for section, one in document.said() if one.standing not in FINE]
    told = "; ".join(f"“{shorten(one.text, 90)}” ({section.title}): {one.reason}" for section, one in bad[:3])
    return [
        Check.that(
            "claims-supported", not bad,
            f"{counted(len(bad), 'line stands', 'lines stand')} on no live fact and {counted(len(bad), 'is', 'are').split()[-1]} no approved wording. {told}"
            " Change the line, record the fact with its source, or take it out.",
            "Every line stands on live facts or approved wording.",
        ),
        Check.that(
            "proposal-said", bool(document.sections),
            "It has a price and no words. Approve proposal templates in the Library, or record what the account needs.",
            f"{counted(len(document.sections), 'section')}.",
        ),
    ]  # fmt: skip


def check_title(title: str, usual: str, material: Material) -> Check:
    """Its heading is read first: it claims, numbers and names nothing that no record says."""
    found = check_heading(title, material.facts, material.context)
    given = OFFERS.search(title)  # few words, each plain, and half the price is gone
    why = f"“{given.group()}” is said in the terms, not in a title." if given else found.reason
    return Check.that(
        "title-supported", title == usual or (not given and found.state in ("supported", "not_a_claim")),
        f"Its title, “{shorten(title, 90)}”: {why} Name the products and the reader's firm, or leave it empty: “{usual}”.",
        "Its title goes beyond no record.",
    )  # fmt: skip


def check_dates(expires_on: date, today: date) -> Check:
    """It can still be accepted, and not for ever."""
    late = expires_on > today + LONGEST_OFFER
    return Check.that(
        "proposal-expiry", today <= expires_on and not late,
        f"It holds until {expires_on.isoformat()}: " + (f"more than {LONGEST_OFFER.days} days; choose an earlier day." if late else "that day is past; choose a later one."),
        f"It holds until {expires_on.isoformat()}.",
    )  # fmt: skip


def check_names(led: bool, lead: str, led_by_us: bool, ours: str) -> Check:
    """Who leads the work is somebody on record: names stand in the text, and nothing else proves them. "" for a name: not found there."""
    wrong = []
    for named, name, whose in (
        (led, lead, "no contact of this account; enter the contact first, or choose another"),
        (led_by_us, ours, "no colleague at work here; choose another"),
    ):
        if named and not name:
            wrong.append(f"whoever was chosen is {whose}")
        elif why := why_no_person(name) if name else "":
            wrong.append(f"“{shorten(name, 60)}” is on record with more than a name ({why}); mend the record")
    return Check.that(
        "proposal-names", not wrong, f"Who leads the work: {'. '.join(wrong)}.", "Whoever leads the work is on record.",
    )  # fmt: skip


def check_prices(problems: Sequence[str]) -> Check:
    """No price was superseded. `problems`: sentences that name the live price."""
    return Check.that(
        "prices-live", not problems,
        " ".join(problems) + " Save the proposal again: it takes the price in force.",
        "Every price is the one in force.",
    )  # fmt: skip


def check_discount(discount_bp: int, agreed_sha256: str, terms_sha256: str) -> Check:
    """A discount was agreed to for exactly these terms (S1-H4)."""
    return Check.that(
        "discount-agreed", discount_bp == 0 or agreed_sha256 == terms_sha256,
        f"Nobody has agreed to the discount of {shown_rate(discount_bp)} on these terms. Ask for the discount first: within your band it is given"
        " at once, above it a manager, the deal desk, finance or the VP decides.",
        "No discount is given." if discount_bp == 0 else f"The discount of {shown_rate(discount_bp)} was agreed to for these terms.",
    )  # fmt: skip
