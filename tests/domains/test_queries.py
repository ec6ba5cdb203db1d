"""Reads: what each person sees of accounts, contacts, deals and activities; paging by key."""

from __future__ import annotations

from datetime import date

import pytest

from remit.actions import NotFound, perform
from remit.domains.accounts import queries as accounts
from remit.domains.activities import queries as activities
from remit.domains.activities.actions import LogActivity
from remit.domains.contacts import queries as contacts
from remit.domains.contacts.actions import CreateContact
from remit.domains.opportunities import queries as deals
from remit.domains.opportunities.actions import CreateOpportunity
from remit.kit import clock
from remit.kit.money import Money
from tests.support.cast import Cast


@pytest.fixture(scope="module", autouse=True)
def records(cast: Cast) -> None:
    alice, pine = cast.scope("alice"), cast.accounts["pine"]
    perform(
        alice,
        CreateContact(
            account_id=pine, first_name="Ann", last_name="Poe", email="ann@pine.example", country="US"
        ),
    )
    perform(alice, CreateContact(account_id=pine, last_name="Zed"))
    for n in range(3):
        perform(
            alice,
            CreateOpportunity(
                account_id=pine, name=f"Deal {n}", amount_minor=100 * (n + 1), amount_currency="USD",
                close_on=date(2027, 1, 3 - n) if n else None,
            ),
        )  # fmt: skip
    perform(alice, LogActivity(account_id=pine, activity_kind="call", subject="Intro"))


def test_lists_page_by_key_and_show_only_what_one_may_see(cast: Cast) -> None:
    now, nothing = clock.now(), accounts.Filters()
    first = accounts.list_accounts(cast.scope("vera"), nothing, now=now, size=2)
    rest = accounts.list_accounts(cast.scope("vera"), nothing, now=now, size=2, after=first.next)
    assert [a.name for a in (*first.rows, *rest.rows)] == ["Oak Capital", "Palm Capital", "Pine Capital"]
    assert rest.next is None
    assert [a.name for a in accounts.list_accounts(cast.scope("charlie"), nothing, now=now).rows] == [
        "Palm Capital"
    ]


def test_an_account_row_sums_its_open_deals(cast: Cast) -> None:
    [pine] = accounts.list_accounts(cast.scope("bob"), accounts.Filters(text="PIN"), now=clock.now()).rows
    assert (pine.open_count, pine.open_amount, pine.owner) == (3, Money(600, "USD"), "Alice")
    assert pine.last_activity_at is not None


@pytest.mark.parametrize("text", ["%", "_", "'", "\\", "pine%", "'; DROP TABLE remit.accounts; --"])
def test_signs_in_a_search_are_plain_signs(cast: Cast, text: str) -> None:
    found = accounts.list_accounts(cast.scope("bob"), accounts.Filters(text=text), now=clock.now()).rows
    assert all(text.strip("%_'\\").lower() in one.name.lower() for one in found)


def test_one_account_and_its_people(cast: Cast) -> None:
    alice = cast.scope("alice")
    assert accounts.get_account(alice, cast.accounts["pine"]).territory == "North"
    with pytest.raises(NotFound):
        accounts.get_account(alice, cast.accounts["wall"])
    people = contacts.list_contacts(alice, cast.accounts["pine"])
    assert [(c.name, c.may_email, c.why_not) for c in people] == [
        ("Ann Poe", True, ""),
        ("Zed", False, "no e-mail address"),
    ]
    assert contacts.get_contact(alice, people[0].id).account == "Pine Capital"
    with pytest.raises(NotFound):
        contacts.get_contact(cast.scope("charlie"), people[0].id)


def test_deals_by_close_date_with_totals_and_history(cast: Cast) -> None:
    alice, now = cast.scope("alice"), clock.now()
    first = deals.list_deals(alice, deals.Filters(), now=now, size=2)
    rest = deals.list_deals(alice, deals.Filters(), now=now, size=2, after=first.next)
    assert [d.name for d in (*first.rows, *rest.rows)] == ["Deal 2", "Deal 1", "Deal 0"]
    [total] = deals.list_stage_totals(alice, deals.Filters())
    assert (total.stage, total.count, total.amount) == ("qualification", 3, Money(600, "USD"))
    detail = deals.get_deal(alice, first.rows[0].id, now=now)
    assert [(m.from_stage, m.to_stage, m.by) for m in detail.stages] == [(None, "qualification", "Alice")]
    with pytest.raises(NotFound):
        deals.get_deal(cast.scope("charlie"), first.rows[0].id, now=now)


def test_the_timeline_is_newest_first(cast: Cast) -> None:
    found = activities.list_of_account(cast.scope("bob"), cast.accounts["pine"], before=clock.now())
    assert [a.subject for a in found] == ["Intro"]
    assert activities.list_of_account(cast.scope("charlie"), cast.accounts["pine"], before=clock.now()) == []
