"""Which facts that a message relied on no longer stand, and what stands in their place. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from remit.evidence.facts import Fact, superseded


def why_fallen(fact: Fact, day: date) -> str:
    """corrected · withdrawn · expired, or '' when the fact still stands on `day`."""
    if fact.state != "live":
        return fact.state
    return "expired" if fact.expired_on(day) else ""


def in_place_of(fallen: Fact, others: Iterable[Fact], day: date) -> Fact | None:
    """The live fact that says now what `fallen` said: same kind, subject and owner, newest; None when there is none.

    Several values may stand beside each other for kinds that are not single ('prime_broker'): then there is none,
    unless exactly one was recorded after the fallen one.
    """
    known = list(others)
    old = superseded(one for one in known if not one.expired_on(day))
    same = [
        one
        for one in known
        if (one.kind, one.subject.casefold(), one.account_id)
        == (fallen.kind, fallen.subject.casefold(), fallen.account_id)
        and one.id != fallen.id
        and one.id not in old
        and one.live_on(day)
        and one.as_of_on >= fallen.as_of_on
    ]
    return same[0] if len(same) == 1 else None
