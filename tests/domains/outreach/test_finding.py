"""Who is meant by `--contact` and `--account`: an id, an address or a name; one answer for none and not permitted."""

from __future__ import annotations

import pytest

from remit.actions import NotFound
from remit.domains.outreach.queries import find_account, find_contact
from remit.kit.ids import new_id
from tests.support.cast import Cast


def test_an_account_by_id_and_by_name(cast: Cast) -> None:
    pine = cast.accounts["pine"]
    for who in (str(pine), "pine capital", " Pine Capital "):
        assert find_account(cast.scope("alice"), who) == pine


def test_a_contact_by_id_and_by_address(cast: Cast) -> None:
    contact = new_id()
    cast.sql(
        "INSERT INTO remit.contacts (id, account_id, access_id, last_name, email) VALUES (:id, :a, 101, 'Poe', 'poe@find.example')",
        id=contact, a=cast.accounts["pine"],
    )  # fmt: skip
    for who in (str(contact), "POE@find.example"):
        assert find_contact(cast.scope("alice"), who) == contact


@pytest.mark.parametrize(
    "who", ["", "nobody", "\x00", "'; --", "Wall Capital", "00000000-0000-7000-8000-000000000000"]
)
def test_none_and_not_permitted_answer_alike(cast: Cast, who: str) -> None:
    with pytest.raises(NotFound):
        find_account(cast.scope("alice"), who)
    with pytest.raises(NotFound):
        find_contact(cast.scope("alice"), who)
