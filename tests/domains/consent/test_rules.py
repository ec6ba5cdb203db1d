"""When an e-mail is allowed."""

from __future__ import annotations

from datetime import date

import pytest

from remit.domains.consent.rules import Consent, check_consent
from remit.evidence.conduct import Sending
from remit.kit import clock

DAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("consent", "country", "allowed"),
    [
        (None, "US", True),
        (None, "Germany", False),
        (None, "de", False),
        (None, None, False),
        (None, " ", False),
        (None, "United States", True),
        (None, "NA", True),
        (None, "DEU", False),
        (None, "CAN", False),
        (None, "Oesterreich", False),
        (None, "\uff24\uff25", False),
        (None, "D", False),  # what is no country is none that needs no consent
        (None, "XX", False),
        (None, "Federal Republic of Germany", False),
        (None, "Berlin, Germany", False),
        (Consent("granted", "form", None), "DE", True),
        (Consent("granted", "form", DAY), "DE", True),
        (Consent("granted", "form", date(2026, 11, 22)), "DE", False),
        (Consent("granted", "form", date(2026, 11, 22)), "GB", True),
        (Consent("granted", "form", None), None, True),
        (Consent("legitimate_interest", "test", None), "FR", True),
        (Consent("legitimate_interest", "test", None), "DE", False),
        (Consent("legitimate_interest", "test", None), None, True),
        (Consent("withdrawn", "asked", None), "US", False),
        (Consent("withdrawn", "asked", date(2020, 1, 1)), "US", False),
    ],
)
def test_consent_and_country_decide(consent: Consent | None, country: str | None, allowed: bool) -> None:
    found, why = check_consent(consent, country, DAY)
    assert found is allowed, why
    assert why.endswith((".", ")."))


@pytest.mark.parametrize(
    ("consent", "country", "answers_on", "allowed"),
    [
        (None, "DE", date(2026, 11, 20), True),
        (None, None, DAY, True),
        (None, "DE", date(2026, 10, 1), False),  # too long ago to be an answer
        (None, "DE", date(2026, 11, 24), False),  # dated in the future: not believed
        (Consent("withdrawn", "asked", None), "US", DAY, False),
    ],
)
def test_an_answer_is_asked_for_unless_consent_was_withdrawn(
    consent: Consent | None, country: str | None, answers_on: date, allowed: bool
) -> None:
    found, why = check_consent(consent, country, DAY, answers_on=answers_on)
    assert found is allowed, why


@pytest.mark.parametrize("country", ["DEU", "D", "XX", "Federal Republic of Germany"])
def test_what_is_no_country_gets_every_rule_of_conduct(country: str) -> None:
    assert Sending("Hello", clock.now(), country).code == ""
    assert Sending("Hello", clock.now(), " de ").code == "DE"
