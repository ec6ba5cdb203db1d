"""When an e-mail to a contact is allowed. Pure. The list of countries is where a firm starts; compliance owns it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from remit.kit.countries import is_country
from remit.kit.text import fold

ConsentState = Literal["granted", "withdrawn", "legitimate_interest"]

ANSWER_DAYS: Final = 30  # how long an answer counts as asked for
# Where a first e-mail to somebody at a firm needs that person's prior consent, with the law it follows from.
PRIOR_CONSENT: Final = {
    "DE": "UWG § 7(2)",
    "AT": "TKG 2021 § 174",
    "DK": "Marketing Practices Act § 10",
    "PL": "Electronic Communications Law art. 398",
    "CA": "CASL s. 6",
}
_CALLED: Final = {"DE": "Germany", "AT": "Austria", "DK": "Denmark", "PL": "Poland", "CA": "Canada"}
_NAMES: Final = {
    "germany": "DE", "deutschland": "DE", "deu": "DE", "austria": "AT", "osterreich": "AT", "oesterreich": "AT", "aut": "AT",
    "denmark": "DK", "danmark": "DK", "dnk": "DK", "poland": "PL", "polska": "PL", "pol": "PL", "canada": "CA", "can": "CA",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Consent:
    """The last thing a contact said about a channel."""

    state: ConsentState
    basis: str
    valid_until_on: date | None


def country_code(country: str | None) -> str:
    """A country as its two letters where a rule knows it, else as it is in capitals; '' for none, and for what is no country."""
    said = fold(country or "")
    return _NAMES.get(said) or (said.upper() if is_country(said) else "")


def check_consent(
    consent: Consent | None, country: str | None, on: date, *, answers_on: date | None = None
) -> tuple[bool, str]:
    """(allowed, why), from the contact's last word and the country whose law applies. Unknown country: not allowed.

    `answers_on`: the day on which the contact wrote what this answers. An answer is asked for, so no country's rule on
    unasked mail applies for `ANSWER_DAYS`; who has withdrawn consent since is not written to all the same.
    """
    if consent is not None and consent.state == "withdrawn":
        return False, "The contact has withdrawn consent to e-mail."
    standing = consent is not None and (consent.valid_until_on is None or consent.valid_until_on >= on)
    if consent is not None and consent.state == "granted" and standing:
        return True, f"The contact has agreed to e-mail ({consent.basis or 'recorded'})."
    if answers_on is not None and 0 <= (on - answers_on).days <= ANSWER_DAYS:
        return True, f"They wrote to us on {answers_on}; an answer to that needs no prior consent."
    code = country_code(country)
    if code in PRIOR_CONSENT:
        return (
            False,
            f"In {_CALLED[code]} an e-mail needs prior consent ({PRIOR_CONSENT[code]}); record it, or call.",
        )
    if consent is not None and standing:
        return True, f"Legitimate interest is recorded ({consent.basis or 'no basis given'})."
    if not code:
        return (
            False,
            f"The contact's country{f' (“{country.strip()[:40]}”)' if country and country.strip() else ''} is not known, so no rule can"
            " be applied; record it, or record consent.",
        )
    return True, f"No prior consent is needed in {country}; the message says how to stop."
