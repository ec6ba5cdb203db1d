"""What a fact of ours may answer, and whether it says yes: pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from remit.domains.questionnaires import rules
from remit.evidence.facts import Fact

TODAY = date(2026, 11, 28)
FACT = Fact(
    id=UUID(int=1), kind="assurance", value="encrypts client data at rest", source_name="Policy", as_of_on=TODAY, subject="Northlake OMS"
)  # fmt: skip


@pytest.mark.parametrize(
    "other",
    [
        {"sayable": "internal_only"}, {"sayable": "told_by_them"}, {"sensitivity": "client_confidential"}, {"account_id": UUID(int=2)},
        {"state": "withdrawn"}, {"valid_until_on": TODAY - timedelta(days=1)}, {"as_of_on": TODAY + timedelta(days=1)},
    ],
)  # fmt: skip
def test_only_what_may_be_said_to_any_buyer_answers(other: dict[str, Any]) -> None:
    assert rules.may_answer(FACT, TODAY)
    assert not rules.may_answer(replace(FACT, **other), TODAY)


def test_a_denial_is_no_yes() -> None:
    assert rules.short_of(FACT) == "yes"
    for value in (
        "does not keep data in the EU",
        "isn't certified",
        "encrypts only backups",
        "planned for 2027",
    ):
        assert rules.short_of(replace(FACT, value=value)) == "", value
