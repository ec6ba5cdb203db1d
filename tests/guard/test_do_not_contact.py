"""An address is on the firm's list however it is written: who asked to be left alone is not reached by another spelling."""

from __future__ import annotations

import hashlib
from types import SimpleNamespace

import psycopg
import pytest

import remit.wiring  # noqa: F401
from remit.actions import Performed, perform
from remit.connectors.email import addresses
from remit.connectors.email.deliver import EmailDeliverer
from remit.db.location import Location, Role
from remit.db.sessions import read
from remit.domains.consent.actions import AddDoNotContact
from remit.domains.consent.queries import latest_consent, must_not_contact
from remit.domains.contacts.actions import UpdateContact
from remit.domains.imports import converted
from remit.domains.outreach.queries import get_draft
from remit.domains.outreach.writing import draft_outreach
from remit.identity import SYSTEM_ID, for_service
from remit.kit.ids import new_id
from tests.support.cast import make_cast
from tests.support.desk import Desk, make_desk

DOMAIN = (
    "Elena.Voss@PINE.example",
    "elena.voss@\uff50ine.example",
    "elena.voss@pi\u00adne.example",
    "elena.voss@pine\u3002example",
)
MAILBOX = ("Elena.Voss@pine.example", "elena.voss+news@pine.example", "elena.voss+a+b@\uff50ine.example")


@pytest.fixture(scope="module")
def desk(database: Location) -> Desk:
    return make_desk(make_cast(database))


@pytest.mark.parametrize(
    ("entry", "value", "spellings"),
    [("domain", "pine.example", DOMAIN), ("email", "elena.voss@pine.example", MAILBOX)],
)
def test_another_spelling_of_a_listed_address_is_listed(
    desk: Desk, entry: str, value: str, spellings: tuple[str, ...]
) -> None:
    desk.cast.sql("DELETE FROM remit.do_not_contact")
    listed = AddDoNotContact.model_validate({"entry": entry, "value": value, "reason": "asked"})
    assert isinstance(perform(desk.cast.scope("alice"), listed), Performed)
    with read(desk.cast.scope("alice")) as s:
        for one in spellings:
            assert addresses.parse(one).domain == "pine.example"
            assert must_not_contact(s, one, None), one
        for other in ("elena.voss@oak.example", "someone", "", "a@" + "x" * 70 + ".example"):
            assert not must_not_contact(s, other, None)


def test_a_contact_with_such_an_address_is_not_written_to(desk: Desk) -> None:
    desk.cast.sql("DELETE FROM remit.do_not_contact")
    alice = desk.cast.scope("alice")
    perform(alice, AddDoNotContact(entry="email", value="elena.voss@pine.example", reason="asked"))
    changed = UpdateContact(
        contact_id=desk.contacts["pine"], expected_version=1, email="elena.voss+2@\uff50ine.example"
    )
    assert isinstance(perform(alice, changed), Performed)
    draft = get_draft(alice, draft_outreach(alice, desk.contacts["pine"]))
    assert [one["id"] for one in draft.checks if not one["passed"]] == ["do-not-contact"]


@pytest.mark.parametrize("how", ["email", "domain", "hash"])
def test_a_lead_that_the_list_names_in_any_way_binds_the_contact_that_it_became(desk: Desk, how: str) -> None:
    """By its address, by its whole domain, or by the hash that stays of somebody who was erased; under the contact's other address, too."""
    cast, contact, lead = desk.cast, desk.contacts["pine"], new_id()
    cast.sql("DELETE FROM remit.do_not_contact")
    cast.sql("DELETE FROM remit.consents WHERE contact_id = :c", c=contact)
    cast.sql("UPDATE remit.contacts SET email = 'elena.new@pine.example' WHERE id = :c", c=contact)
    address = f"elena@{how}.example"
    value = {"email": address, "domain": f"{how}.example", "hash": f"sha256:{hashlib.sha256(address.encode()).hexdigest()}"}[how]  # fmt: skip
    cast.sql(
        "INSERT INTO remit.do_not_contact (id, kind, value, reason) VALUES (gen_random_uuid(), :kind, :value, 'asked')",
        kind="domain" if how == "domain" else "email", value=value,
    )  # fmt: skip
    cast.sql(
        "INSERT INTO remit.leads (id, access_id, last_name, email, contact_id) VALUES (:id, 103, 'Voss', :email, :contact)",
        id=lead, email=f"Elena+fair@{how}.example", contact=contact,
    )  # fmt: skip
    with psycopg.connect(**cast.location.conninfo(Role.WRITER)) as driver:
        driver.execute("SELECT set_config('remit.person_id', %s, true)", (str(SYSTEM_ID),))
        converted.carry(driver, [lead], "salesforce")
    alice = cast.scope("alice")
    with read(alice) as s:
        assert must_not_contact(s, "elena.new@pine.example", None)
        assert (latest := latest_consent(s, [contact], "email")) is not None and latest.state == "withdrawn"


def test_who_opted_out_as_a_lead_is_not_written_to_as_a_contact(desk: Desk) -> None:
    """Converted under another address; also where the lead stood behind a barrier, and when the conversion is told twice."""
    cast, contact = desk.cast, desk.contacts["pine"]
    cast.sql("DELETE FROM remit.do_not_contact")
    cast.sql("UPDATE remit.contacts SET email = 'elena.new@pine.example' WHERE id = :c", c=contact)
    cast.sql("DELETE FROM remit.consents WHERE contact_id = :c", c=contact)
    lead = new_id()
    cast.sql(
        "INSERT INTO remit.leads (id, access_id, last_name, email, contact_id, opted_out) VALUES (:id, 103, 'Voss', NULL, :contact, true)",
        id=lead, contact=contact,
    )  # fmt: skip
    with psycopg.connect(**cast.location.conninfo(Role.WRITER)) as driver:
        driver.execute("SELECT set_config('remit.person_id', %s, true)", (str(SYSTEM_ID),))
        for _ in range(2):
            converted.carry(driver, [lead], "salesforce")
    alice = cast.scope("alice")
    with read(alice) as s:
        assert must_not_contact(s, "Elena.New+1@pine.example", None)
    cast.sql("DELETE FROM remit.do_not_contact")  # nor under an address that is not on the list
    draft = get_draft(alice, draft_outreach(alice, contact))
    assert "consent" in [one["id"] for one in draft.checks if not one["passed"]]
    assert cast.sql("SELECT account_id, access_id FROM remit.leads WHERE id = :id", id=lead) == [(None, 103)]


def test_an_address_of_before_a_conversion_that_comes_on_the_list_later_binds_the_contact(desk: Desk) -> None:
    """At once, whoever lists it. Delivery sees the lead also where it was hidden or stands behind a barrier."""
    cast, contact, lead = desk.cast, desk.contacts["pine"], new_id()
    cast.sql("DELETE FROM remit.do_not_contact")
    cast.sql("DELETE FROM remit.consents WHERE contact_id = :c", c=contact)
    cast.sql("UPDATE remit.contacts SET email = 'elena.new@pine.example' WHERE id = :c", c=contact)
    cast.sql(
        """INSERT INTO remit.leads (id, account_id, access_id, last_name, email, contact_id)
        SELECT :id, account_id, access_id, 'Voss', 'E.Voss+fair@before.example', id FROM remit.contacts WHERE id = :contact""",
        id=lead, contact=contact,
    )  # fmt: skip
    alice = cast.scope("alice")
    with read(alice) as s:
        assert not must_not_contact(s, "elena.new@pine.example", None)
    listed = AddDoNotContact(entry="email", value="e.voss@before.example", reason="asked")
    assert isinstance(perform(cast.scope("charlie"), listed), Performed)  # of another territory
    draft = get_draft(alice, draft_outreach(alice, contact))
    assert "do-not-contact" in [one["id"] for one in draft.checks if not one["passed"]]
    cast.sql(
        "UPDATE remit.leads SET account_id = NULL, access_id = 103, gone_at = now() WHERE id = :id", id=lead
    )
    payload = {"to": "elena.new@pine.example", "contact_id": contact, "subject": "s", "body": "b"}
    effect = SimpleNamespace(
        id=new_id(),
        on_behalf_of=None,
        actor_id=cast.people["alice"],
        payload=payload,
        account_id=cast.accounts["pine"],
    )
    with read(for_service("delivery", via="worker")) as s:
        told = EmailDeliverer.guard(SimpleNamespace(), s, effect)  # type: ignore[arg-type]
    assert told == "The recipient is on the do-not-contact list."
