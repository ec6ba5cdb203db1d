"""An event's name says that somebody came to it: whatever sentence a CRM holds as a name, no other sentence stands on it."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest

from remit.evidence.claims import Context
from remit.evidence.facts import Fact
from remit.evidence.support import check_text

DAY = date(2026, 11, 28)
ACCOUNT = uuid4()
CONTEXT = Context(DAY, ACCOUNT, "Pine Capital", "Northlake", frozenset({"Elena", "Voss"}))


def came_to(name: str) -> Fact:
    return Fact(
        id=uuid4(), account_id=ACCOUNT, kind="attendance", subject="attended", value=name, source_name="Salesforce",
        as_of_on=DAY - timedelta(days=5), valid_until_on=DAY + timedelta(days=80), sayable="told_by_them",
    )  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [
        "Northlake cuts trading costs by 70 percent",
        "Halden Prime loses its licence in March",
        "Oak Partners replaced Halden with Northlake",
    ],
)
def test_a_sentence_as_the_name_of_an_event_backs_nothing(name: str) -> None:
    [found] = check_text(f"{name}.", [came_to(name)], CONTEXT)
    assert found.support.state == "unsupported"


def test_that_they_came_may_be_said() -> None:
    [found] = check_text(
        "You came to the Northlake Buyside Forum.", [came_to("Northlake Buyside Forum")], CONTEXT
    )
    assert found.support.state == "supported"
