"""What a free loss reason is counted as, over accounts: a kind, never its words."""

from __future__ import annotations

import pytest

from remit.domains.opportunities.rules import NO_LOSS, OTHER_LOSS, loss_kind


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("Stalled after the trial", "no decision"),
        ("Chose Bloomberg, installed base", "a competitor"),
        ("Kept their installed Charles River", OTHER_LOSS),
        ("They enterpriced themselves out", OTHER_LOSS),
        ("Too pricey", "price"),
        ("Pricing was over their band", "price"),
        ("Budget frozen", "budget"),
        ("", NO_LOSS),
    ],
)
def test_a_reason_is_counted_by_whole_words(reason: str, kind: str) -> None:
    assert loss_kind(reason) == kind
