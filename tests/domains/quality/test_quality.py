"""Faults in the records are found, counted per rep, mended and dismissed; nobody sees those of other territories."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

import remit.wiring  # noqa: F401
from remit.actions import Conflict, NotFound, Performed, Refused, perform
from remit.db.location import Location
from remit.domains.quality import queries
from remit.domains.quality.actions import DismissQualityIssue, FixQualityIssue, RefreshQuality
from remit.kit.ids import new_id
from tests.support.cast import Cast, make_cast


@pytest.fixture(scope="module")
def cast(database: Location) -> Cast:
    made = make_cast(database)
    made.sql(
        "UPDATE remit.accounts SET website = 'pine.example' WHERE name IN ('Pine Capital', 'Oak Capital')"
    )
    deals = {
        "bare": {"stage": "discovery"},
        "late": {
            "stage": "proposal",
            "amount_minor": 1,
            "close_on": "2020-01-01",
            "opened_on": "2019-01-01",
            "next_step": "Call",
        },
        "odd": {"stage": "won", "outcome": "won"},
        "back": {
            "stage": "lost",
            "outcome": "lost",
            "close_on": "2020-01-01",
            "opened_on": "2021-01-01",
            "closed_at": "2020-01-01",
        },
    }
    for name, values in deals.items():
        columns = ", ".join(values)
        made.sql(
            f"""INSERT INTO remit.opportunities (id, account_id, access_id, name, owner_id, {columns})
            VALUES (:id, :account, 101, :name, :owner, {", ".join(":" + column for column in values)})""",
            id=new_id(), account=made.accounts["pine"], name=name, owner=made.people["alice"], **values,
        )  # fmt: skip
    for email in ("a@pine.example", "A@pine.example", None):
        made.sql(
            "INSERT INTO remit.contacts (id, account_id, access_id, last_name, email) VALUES (:id, :account, 101, 'X', :email)",
            id=new_id(), account=made.accounts["pine"], email=email,
        )  # fmt: skip
    for value in ("$1bn", "$2bn"):
        made.sql(
            """INSERT INTO remit.facts (id, account_id, access_id, kind, value, source_name, as_of_on, valid_until_on, sensitivity, sayable)
            VALUES (:id, :account, 101, 'aum', :value, 'x', '2024-01-01', '2024-06-01', 'internal', 'internal_only')""",
            id=new_id(), account=made.accounts["pine"], value=value,
        )  # fmt: skip
    return made


def _refresh(cast: Cast) -> Performed:
    done = perform(cast.scope("olga"), RefreshQuality())
    assert isinstance(done, Performed)
    return done


def test_each_kind_of_fault_is_found_once(cast: Cast) -> None:
    _refresh(cast)
    page = queries.list_issues(cast.scope("alice"), size=500)
    found = {(issue.kind, issue.object_type, issue.field) for issue in page.rows}
    assert {
        ("missing", "opportunity", "amount"),
        ("missing", "opportunity", "close_on"),
        ("missing", "opportunity", "next_step"),
        ("missing", "contact", "email"),
        ("stale", "opportunity", "close_on"),
        ("stale", "opportunity", "activity"),
        ("stale", "fact", "aum"),
        ("contradiction", "opportunity", "closed_at"),
        ("contradiction", "opportunity", "close_on"),
        ("contradiction", "fact", "aum"),
        ("duplicate", "contact", "email"),
        ("duplicate", "account", "name"),
    } <= found
    assert len({issue.id for issue in page.rows}) == len(page.rows)
    again = _refresh(cast)
    assert (again.result["opened"], again.result["closed"]) == (0, 0)


def test_a_rep_sees_own_territory_only(cast: Cast) -> None:
    _refresh(cast)
    assert queries.list_issues(cast.scope("alice")).rows
    seen = {issue.account_id for issue in queries.list_issues(cast.scope("charlie"), size=500).rows}
    assert seen <= {cast.accounts["palm"]}
    assert any(count.id == cast.people["alice"] for count in queries.count_by_rep(cast.scope("olga")))
    assert {count.id for count in queries.count_by_account(cast.scope("charlie"))} <= {cast.accounts["palm"]}
    assert "Wall" not in " ".join(
        issue.detail for issue in queries.list_issues(cast.scope("alice"), size=500).rows
    )


def test_pages_by_key(cast: Cast) -> None:
    _refresh(cast)
    scope, seen, cursor = cast.scope("alice"), [], None
    while True:
        page = queries.list_issues(scope, cursor=cursor, size=3)
        seen += [issue.id for issue in page.rows]
        cursor = page.next
        if cursor is None:
            break
    assert seen == [issue.id for issue in queries.list_issues(scope, size=500).rows]


def test_what_is_mended_closes_and_what_returns_opens_again(cast: Cast) -> None:
    _refresh(cast)
    where = "object_type = 'opportunity' AND field = 'amount'"
    cast.sql("UPDATE remit.opportunities SET amount_minor = 5 WHERE name = 'bare'")
    _refresh(cast)
    assert cast.sql(f"SELECT state FROM remit.quality_issues WHERE {where}") == [("fixed",)]
    cast.sql("UPDATE remit.opportunities SET amount_minor = NULL WHERE name = 'bare'")
    _refresh(cast)
    assert cast.sql(f"SELECT state FROM remit.quality_issues WHERE {where}") == [("open",)]


def test_dismissed_stays_dismissed_and_a_second_hand_is_told(cast: Cast) -> None:
    _refresh(cast)
    issue = next(i for i in queries.list_issues(cast.scope("alice"), size=500).rows if i.field == "next_step")
    act = DismissQualityIssue(issue_id=issue.id, expected_version=issue.version, reason="not needed here")
    with pytest.raises(NotFound):
        perform(cast.scope("charlie"), act)
    with pytest.raises(Refused):
        perform(cast.scope("robo"), act)
    perform(cast.scope("alice"), act)
    with pytest.raises(Conflict):
        perform(cast.scope("alice"), FixQualityIssue(issue_id=issue.id, expected_version=issue.version))
    _refresh(cast)
    assert cast.sql("SELECT state FROM remit.quality_issues WHERE id = :id", id=issue.id) == [("dismissed",)]


def test_reps_may_not_start_it_over_the_whole_firm(cast: Cast) -> None:
    with pytest.raises(Refused):
        perform(cast.scope("alice"), RefreshQuality())


def test_an_active_deal_is_not_quiet(cast: Cast) -> None:
    quiet = "object_type = 'opportunity' AND field = 'activity' AND state = 'open'"
    _refresh(cast)
    before = cast.sql(f"SELECT count(*) FROM remit.quality_issues WHERE {quiet}")[0][0]
    (deal,) = cast.sql("SELECT id FROM remit.opportunities WHERE name = 'late'")
    cast.sql(
        "INSERT INTO remit.activities (id, at, account_id, access_id, kind, opportunity_id) VALUES (:id, :at, :account, 101, 'call', :deal)",
        id=new_id(), at=datetime.now(UTC) - timedelta(days=3), account=cast.accounts["pine"], deal=deal[0],
    )  # fmt: skip
    _refresh(cast)
    assert cast.sql(f"SELECT count(*) FROM remit.quality_issues WHERE {quiet}")[0][0] == before - 1


def test_leads_with_one_address_are_one_line_that_opens_them(cast: Cast) -> None:
    for n, (email, access) in enumerate(
        [("d@x.example", 101), ("D@x.example", 101), ("d@x.example", 101), ("d@x.example", 102), ("e@x.example", 101)]
    ):  # fmt: skip
        cast.sql(
            "INSERT INTO remit.leads (id, access_id, last_name, firm_name, email) VALUES (:id, :access, :name, 'Firm', :email)",
            id=new_id(), access=access, name=f"Lead {n}", email=email,
        )  # fmt: skip
    _refresh(cast)
    for person, expected in (("alice", ["Lead 0", "Lead 1", "Lead 2"]), ("charlie", [])):
        issues = queries.list_issues(cast.scope(person), size=500).rows
        groups = [issue for issue in issues if issue.object_type == "lead"]
        assert [one.detail for one in groups] == (
            ["3 leads have the same e-mail address."] if expected else []
        )
        for one in groups:
            assert [lead.name for lead in queries.list_repeated_leads(cast.scope(person), one.id)] == expected
            with pytest.raises(NotFound):
                queries.list_repeated_leads(cast.scope("charlie"), one.id)


def test_everybody_reads_when_the_records_were_last_looked_through(cast: Cast) -> None:
    done = _refresh(cast)
    for person in ("alice", "charlie", "olga"):
        looked = queries.find_last_look(cast.scope(person))
        assert looked is not None and looked.open == done.result["open"] and looked.at.tzinfo is not None
