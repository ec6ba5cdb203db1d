"""The claim set keeps its bounds: 98 % of the false stopped, at most 5 % of the true refused."""

from __future__ import annotations

import pytest

from tests.evals import claims
from tests.evals.evidence.cases import load


@pytest.mark.parametrize("part", [None, "dev", "heldout", "blind", "mixed", "second", "third", "fourth"])
def test_false_claims_are_stopped_and_true_ones_pass(part: str | None) -> None:
    report = claims.run(part)
    print(f"\n{part or 'all'}: {report.more}")
    stopped, accepted = report.more["false_stopped"], report.more["true_accepted"]
    assert stopped["share"] >= 0.98, [one for one in report.failures if one["expected"] != "supported"]
    assert accepted["share"] >= (0.90 if part == "third" else 0.95), [
        one for one in report.failures if one["expected"] == "supported"
    ]


def test_the_set_is_as_large_and_varied_as_it_says() -> None:
    cases = load()
    assert sum(case.holds for case in cases) >= 200
    assert sum(not case.holds for case in cases) >= 200
    assert len({case.account for case in cases}) >= 40
    assert len({(case.account, case.text) for case in cases}) == len(cases)
    assert {case.why for case in cases if not case.holds} >= {
        "capability", "number", "roles", "year", "direction", "expired", "other", "negation", "unit", "quantifier", "not sayable",
    }  # fmt: skip
