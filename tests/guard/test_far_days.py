"""A day that no calendar reaches is no day: one such row made the account's page fail for whoever lives west of Greenwich."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from remit.domains.activities.actions import LogActivity
from remit.domains.contacts.actions import CreateContact, UpdateContact
from remit.domains.followups.reading import named_zone
from remit.kit.ids import new_id

FAR = (
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "1799-12-31T23:59:59Z",
    "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59-12:00",
)


@pytest.mark.parametrize("instant", FAR)
@pytest.mark.parametrize("field", ["at", "due_at"])
def test_an_activity_is_of_a_time_that_a_page_can_show(field: str, instant: str) -> None:
    given: dict[str, Any] = {
        "account_id": new_id(), "activity_kind": "task", "subject": "Call", "due_at": "2026-12-01T09:00:00Z", field: instant
    }  # fmt: skip
    with pytest.raises(ValidationError, match="1900 to 2200"):
        LogActivity.model_validate(given)


@pytest.mark.parametrize("zone", ["../../etc/passwd", "Nowhere/None", "/etc/localtime", "a" * 290])
def test_a_contact_is_in_a_zone_that_there_is(zone: str) -> None:
    """A follow-up of the contact failed with it, for whoever wrote one."""
    with pytest.raises(ValidationError, match="not a time zone"):
        CreateContact(account_id=new_id(), last_name="Voss", time_zone=zone)
    with pytest.raises(ValidationError, match="not a time zone"):
        UpdateContact(contact_id=new_id(), expected_version=1, time_zone=zone)
    assert named_zone(zone) is None
    assert str(named_zone("Europe/London")) == "Europe/London"
