"""What makes a fact fit to be recorded. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from remit.actions import Check
from remit.evidence.facts import KINDS, Sayable, Sensitivity, plain_line

_KIND = re.compile(r"[a-z][a-z0-9_]{1,39}")
_OWN_FACT_ROLES = frozenset({"enablement", "compliance"})


def speaks_for_us(roles: frozenset[str]) -> bool:
    """Whether somebody of these roles keeps what we say of ourselves and of competitors."""
    return bool(roles & _OWN_FACT_ROLES)


def check_statement(kind: str, value: str, source_name: str) -> Iterator[Check]:
    """A fact has a kind, says something and names its source."""
    yield Check.that(
        "fact-kind",
        bool(_KIND.fullmatch(kind)),
        f"“{kind[:40]}” is no kind of fact: small letters, digits and underscores, as in prime_broker.",
        "The kind of fact has a proper name.",
    )
    yield Check.that(
        "fact-value", bool(plain_line(value)), "Say what the fact is.", "It says what the fact is."
    )
    yield Check.that(
        "fact-source",
        bool(plain_line(source_name)),
        "Name the source; a fact without one cannot be used.",
        "It names its source.",
    )


def check_dates(as_of_on: date, valid_until_on: date | None, today: date) -> Iterator[Check]:
    """A fact is from today or before, and does not end before it begins."""
    yield Check.that(
        "fact-as-of",
        as_of_on <= today,
        f"{as_of_on} is in the future; give the day on which it was so.",
        "It was so today or before.",
    )
    yield Check.that(
        "fact-validity",
        valid_until_on is None or valid_until_on >= as_of_on,
        f"It cannot end on {valid_until_on}, before it was so ({as_of_on}).",
        "It ends after it began.",
    )


def check_use(sensitivity: Sensitivity, sayable: Sayable, of_account: bool) -> Iterator[Check]:
    """What may be said must not be confidential; what was told was told by an account."""
    yield Check.that(
        "fact-sayable",
        sayable == "internal_only" or sensitivity not in ("client_confidential", "personal"),
        "A confidential or personal fact is for internal use only: set sayable to internal_only.",
        "What may be said of it fits how confidential it is.",
    )
    yield Check.that(
        "fact-told",
        sayable != "told_by_them" or of_account,
        "Only an account's own fact can have been told by them: name the account.",
        "Who may hear it fits whose fact it is.",
    )


def check_owner(kind: str, of_account: bool, roles: frozenset[str]) -> Iterator[Check]:
    """What we say of ourselves is approved by enablement or compliance; everything else belongs to an account."""
    ours = kind in KINDS and KINDS[kind].ours
    yield Check.that(
        "fact-about",
        ours != of_account if kind in KINDS else True,
        f"A fact of kind {kind} is about {'us, not an account' if ours else 'an account: name it'}.",
        "It is about whom such facts are about.",
    )
    yield Check.that(
        "own-fact-approved",
        of_account or speaks_for_us(roles),
        "What we may say of ourselves is recorded by enablement or compliance; ask them.",
        "It is recorded by somebody who may say it.",
    )
