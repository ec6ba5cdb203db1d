"""What ends a run, what only holds it up, and who may begin one. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, Protocol
from uuid import UUID

from remit.actions import Check
from remit.domains.library.steps import Event

STATES: Final[Mapping[str, str]] = {
    "active": "running", "paused": "paused", "stopped": "stopped", "finished": "finished",
}  # fmt: skip
AGAIN_DAYS: Final = 90
"""Days after which a contact may be in the same sequence again."""
NEWS_DAYS: Final = 30
"""Days of bad news about an account in which nobody there is enrolled."""
# What makes a timed message to a firm wrong: said in the title or the first lines of a document that was added
BAD_NEWS: Final = (
    r"\m(wind(s|ing)? down|liquidat(es?|ed|ing|ion)|insolven\w+|bankrupt\w*|receivership|lay[- ]?offs?|lays? off|job cuts|redundanc\w+|"
    r"(halts?|suspends?|suspended|gates?|gated) (redemptions?|withdrawals?|trading)|redemption requests?|closes? (its|the) (fund|doors|desk)|"
    r"fraud\w*|indict\w+|charged with|lawsuit|sued|fined|penalt(y|ies)|enforcement action|investigat(ed|ion|es)|raid(ed)?|"
    r"cyber ?attack|data breach|ransomware|death of|dies|died|passed away|margin call|collapse[sd]?|sharp loss(es)?|heavy loss(es)?)\M"
)
BAD_FACTS: Final = ("bad_news", "layoffs", "redemptions", "investigation", "closure")
"""Kinds of facts that say so in one word; the writer never says them."""

What = Literal["", "stop", "pause", "event"]


class Standing(Protocol):
    """What the records say of a running enrolment now: a row of `standing.SELECT`."""

    @property
    def gone(self) -> bool: ...
    @property
    def owner_left(self) -> str | None: ...
    @property
    def reassigned(self) -> bool: ...
    @property
    def withdrawn(self) -> bool: ...
    @property
    def listed(self) -> bool: ...
    @property
    def bounced(self) -> bool: ...
    @property
    def replied_at(self) -> datetime | None: ...
    @property
    def met_at(self) -> datetime | None: ...
    @property
    def news(self) -> str | None: ...
    @property
    def halted(self) -> str | None: ...
    @property
    def heard(self) -> str: ...
    @property
    def plan_state(self) -> str: ...
    @property
    def plan_why(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Found:
    """What stands in the way of going on. `what`: "" nothing · stop for good · pause until a person resumes · an event of the plan."""

    what: What = ""
    code: str = ""
    why: str = ""
    event: Event | None = None


def look(now: Standing) -> Found:
    """The first thing that ends or holds up a run; what nobody may override comes first."""
    return next(_reasons(now), Found())


def _reasons(now: Standing) -> Iterator[Found]:
    if now.gone:
        yield Found("stop", "contact_gone", "the contact is not in the records any more")
    if now.owner_left:
        yield Found(
            "stop", "owner_left", f"{now.owner_left} is no longer active; nothing goes out in their name"
        )
    if now.reassigned:
        yield Found("stop", "reassigned", "the contact or the account has another owner now")
    if now.withdrawn:
        yield Found("stop", "opt_out", "the contact asked not to be written to")
    if now.bounced and not now.heard:
        yield Found("event", "bounce", "an e-mail came back: the address does not work", "bounce")
    if now.listed:
        yield Found(
            "stop", "do_not_contact", "the address, its domain or the account is on the do-not-contact list"
        )
    if now.news:
        yield Found("stop", "bad_news", f"bad news about the account: {now.news}")
    if now.replied_at and not now.heard:
        yield Found("event", "reply", f"the contact wrote on {now.replied_at:%Y-%m-%d}", "reply")
    if now.met_at and not now.heard:
        yield Found("event", "meeting", "a meeting with the contact was put in the calendar", "meeting")
    if now.halted:
        yield Found("pause", "halted", f"halted: {now.halted}")
    if now.plan_state not in ("live", "superseded"):
        yield Found(
            "pause",
            "plan_out_of_use",
            f"this version of the sequence is out of use{f': {now.plan_why}' if now.plan_why else ''}",
        )


class Candidate(Protocol):
    """A contact who is to be enrolled, with what the records say: a row of `enrolling.SELECT`."""

    @property
    def email(self) -> str | None: ...
    @property
    def account(self) -> str: ...
    @property
    def account_owner_id(self) -> UUID | None: ...
    @property
    def contact_owner_id(self) -> UUID | None: ...
    @property
    def owner_name(self) -> str | None: ...
    @property
    def open_deal(self) -> bool: ...
    @property
    def listed(self) -> bool: ...
    @property
    def running(self) -> str | None: ...
    @property
    def before_at(self) -> datetime | None: ...
    @property
    def news(self) -> str | None: ...
    @property
    def halted(self) -> str | None: ...


def check_candidate(
    one: Candidate, consent: tuple[bool, str], me: UUID, roles: frozenset[str], now: datetime
) -> Iterator[Check]:
    """Whether this contact may be enrolled by this person now."""
    yield Check.that(
        "recipient-address", bool(one.email), "there is no e-mail address on record", "There is an address."
    )
    yield Check.that(
        "consent", consent[0], consent[1].rstrip(".").replace("The contact", "the contact", 1), consent[1]
    )
    yield Check.that(
        "do-not-contact", not one.listed, "the address, its domain or the account is on the do-not-contact list", "Not listed.",
    )  # fmt: skip
    yield Check.that("own-contact", *_mine(one, me, roles))
    yield Check.that(
        "one-sequence",
        one.running is None,
        f"the contact is in “{one.running}” already",
        "In no other sequence.",
    )
    again = one.before_at + timedelta(days=AGAIN_DAYS) if one.before_at else None
    yield Check.that(
        "not-again", again is None or again <= now,
        f"the contact was in this sequence; it may run again from {again:%Y-%m-%d}" if again else "", "Not in it before.",
    )  # fmt: skip
    yield Check.that(
        "no-bad-news", not one.news, f"bad news about the account: {one.news}", "No bad news on record."
    )
    yield Check.that("not-halted", not one.halted, f"halted: {one.halted}", "Nothing is halted here.")


def _mine(one: Candidate, me: UUID, roles: frozenset[str]) -> tuple[bool, str, str]:
    """The owner of the account or contact; anybody where nobody owns it; an SDR as long as nobody negotiates there."""
    owners = {one.account_owner_id, one.contact_owner_id} - {None}
    if not owners or me in owners:
        return True, "", "The contact is yours or nobody's."
    if "sdr" in roles and not one.open_deal:
        return True, "", "An SDR opens where no deal is open."
    whose = one.owner_name or "somebody else"
    if "sdr" in roles:
        return False, f"a deal is open at {one.account}: {whose} leads it and enrols there", ""
    return False, f"{one.account} belongs to {whose}, who enrols there", ""
