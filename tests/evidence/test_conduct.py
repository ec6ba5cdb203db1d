"""The rules of conduct: each passes and fails as its own cases say, and applies to whom it is for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from remit.evidence.claims import split
from remit.evidence.conduct import Sending, applies, judge
from remit.evidence.conduct_rules import LOOKS, PROFILES, ConductRulesInvalid, Rule, current, read
from remit.evidence.support import Sentence, Support

AT = datetime(2026, 11, 24, 15, tzinfo=UTC)
SENDING = Sending(
    "A question",
    AT,
    "US",
    "America/New_York",
    sender_name="Daniel Reyes",
    sender_address="d@northlake.example",
)
RULES = {rule.id: rule for rule in current()}


def sentences(text: str, state: Any = "not_a_claim") -> list[Sentence]:
    return [Sentence(text[start:end], start, end, "claim", Support(state, "")) for start, end in split(text)]


def sending(case: dict[str, Any]) -> Sending:
    """A case of the file: what is different in the sending."""
    given = dict(case)
    at = given.get("at", AT)
    for name, field in (("contact_days_ago", "contacted_at"), ("account_days_ago", "written_at")):
        if name in given:
            given[field] = tuple(at - timedelta(days=days) for days in given.pop(name))
    return replace(SENDING, **given)


def passed(rule: Rule, case: Any) -> bool:
    text, made = (case, SENDING) if isinstance(case, str) else ("", sending(case))
    found = judge([rule], PROFILES, made, sentences(text))
    return all(one.passed for one in found)


@pytest.mark.parametrize("rule", current(), ids=lambda rule: rule.id)
def test_each_rule_has_cases_on_either_side_and_keeps_them(rule: Rule) -> None:
    assert rule.passes
    assert rule.fails
    assert [case for case in rule.passes if not passed(rule, case)] == []
    assert [case for case in rule.fails if passed(rule, case)] == []


def test_every_look_is_used_and_every_rule_names_its_source() -> None:
    assert {rule.look for rule in current()} == set(LOOKS)
    assert all(rule.source == "own" or any(char.isdigit() for char in rule.source) for rule in current())


def test_a_superlative_that_a_fact_supports_passes() -> None:
    text = "Northlake EMS is the fastest of six systems in the 2026 benchmark."
    rule = RULES["superlative"]
    assert not judge([rule], PROFILES, SENDING, sentences(text))[0].passed
    assert judge([rule], PROFILES, SENDING, sentences(text, "supported"))[0].passed


def test_a_rule_is_for_its_kind_of_firm_and_for_readers_in_its_countries() -> None:
    rule = RULES["testimonial"]
    assert applies(rule, ["us_adviser"], SENDING)
    assert not applies(rule, ["uk_firm"], SENDING)
    assert not applies(rule, ["us_adviser"], replace(SENDING, country="Germany"))
    assert applies(rule, ["us_adviser"], replace(SENDING, country=""))


def test_a_warning_is_told_and_does_not_stop() -> None:
    (found,) = judge([RULES["pressure"]], PROFILES, SENDING, sentences("This is your last chance."))
    assert (found.passed, found.stops) == (False, False)
    assert "last chance" in found.sentence()
    assert "FCA COBS 4.2.1R" in found.sentence()


def test_without_a_zone_the_country_counts_and_without_both_nobody_can_say() -> None:
    rule, night = RULES["quiet-hours-email"], replace(SENDING, at=datetime(2026, 11, 24, 13, tzinfo=UTC))
    # 8 am in New York is 5 am in Los Angeles
    assert judge([rule], PROFILES, night, [])[0].passed
    assert "Los_Angeles" in judge([rule], PROFILES, replace(night, time_zone=""), [])[0].why
    assert "Los_Angeles" in judge([rule], PROFILES, replace(night, time_zone="Mars/Base"), [])[0].why
    assert "not known" in judge([rule], PROFILES, replace(night, time_zone="", country=""), [])[0].why


def test_nothing_that_is_found_says_compliant() -> None:
    found = judge(current(), PROFILES, SENDING, sentences("How do you split blocks?"))
    assert all(one.passed for one in found)
    assert not any("complian" in one.sentence() for one in found if one.rule.id != "compliance-claim")


def test_a_file_that_cannot_be_used_says_all_that_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(
        '[[rule]]\nid = "Bad Id"\nseverity = "maybe"\nlook = "words"\npatterns = ["("]\nprofiles = ["bank"]\n'
    )
    with pytest.raises(ConductRulesInvalid) as invalid:
        read(path)
    told = " ".join(invalid.value.problems)
    for word in ("id needs", "source is missing", "severity is", "no profile bank", "is no pattern"):
        assert word in told
