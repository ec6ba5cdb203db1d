"""A desk with something to write about: contacts and facts for the cast's accounts, recorded through the door."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import remit.domains.outreach.send  # noqa: F401 - registers its verb
from remit.actions import Performed, perform
from remit.domains.facts.actions import RecordFact
from remit.kit import clock
from remit.kit.ids import new_id
from tests.support.cast import Cast

PRODUCTS = (
    ("capability", "Northlake OMS", "splits a block across prime brokers at order entry"),
    ("capability", "Northlake EMS", "routes baskets to several brokers from one screen"),
    ("capability", "Northlake Risk", "checks limits before an order leaves the desk"),
    ("firm", "name", "Northlake Systems"),
)


@dataclass(frozen=True)
class Desk:
    """The cast, one contact at each of pine (Alice's), oak (a key account), palm (Charlie's), wall (behind a barrier)."""

    cast: Cast
    contacts: dict[str, UUID]

    def fact(self, account: str | None, kind: str, value: str, by: str = "alice", **more: Any) -> UUID:
        """Record one fact through the door as a person who may."""
        given = {"source_name": "Form ADV", "as_of_on": clock.today() - timedelta(days=40), "sensitivity": "public",
                 "sayable": "public", "quote": value} | more  # fmt: skip
        action = RecordFact(
            account_id=self.cast.accounts[account] if account else None, fact_kind=kind, value=value, **given
        )
        done = perform(self.cast.scope(by), action)
        assert isinstance(done, Performed)
        return UUID(done.result["fact_id"])


def make_desk(cast: Cast) -> Desk:
    """Contacts and facts in the cast's database."""
    contacts: dict[str, UUID] = {}
    for account, first, last, title in (
        ("pine", "Elena", "Voss", "Chief Operating Officer"),
        ("oak", "Omar", "Aziz", "Head of Trading"),
        ("palm", "Pia", "Lund", "CTO"),
        ("wall", "Will", "Hart", "Chief Risk Officer"),
    ):
        contacts[account] = new_id()
        cast.sql(
            """INSERT INTO remit.contacts (id, account_id, access_id, first_name, last_name, title, email, country)
            VALUES (:id, :account, :access, :first, :last, :title, :email, 'US')""",
            id=contacts[account], account=cast.accounts[account], access=cast.access[account], first=first, last=last,
            title=title, email=f"{first}.{last}@{account}.example".lower(),
        )  # fmt: skip
    desk = Desk(cast, contacts)
    for kind, subject, value in PRODUCTS:
        cast.sql(
            """INSERT INTO remit.facts (id, kind, subject, value, source_name, locator, quote, as_of_on, valid_until_on, sensitivity, sayable)
            VALUES (:id, :kind, :subject, :value, 'Product sheet', 'p. 2', :value, :day, :until, 'public', 'public')""",
            id=new_id(), kind=kind, subject=subject, value=value, day=clock.today() - timedelta(days=90),
            until=clock.today() + timedelta(days=300),
        )  # fmt: skip
    for account, by in (("pine", "alice"), ("oak", "alice"), ("palm", "charlie"), ("wall", "bob")):
        for broker in ("Halden Prime", "Morrow Securities"):
            desk.fact(account, "prime_broker", broker, by, valid_until_on=date(2100, 1, 1))
    return desk
